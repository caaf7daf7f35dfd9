"""Simple usage over the wire."""

from datetime import UTC, datetime
from typing import Any

from gureum.compute.service.usage import Span, Usage
from gureum.compute.store.usage import Used
from gureum.compute.wire import values
from gureum.kernel import clock
from gureum.kernel.clock import SECOND, Micros, iso_micros
from gureum.kernel.faults import Invalid
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query

_FORMATS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f")


def _query(version: Version, **more: values.Schema) -> values.Schema:
    known = {"start": values.many(values.TEXT), "end": values.many(values.TEXT), **more}
    if version >= (2, 40):
        known |= {"limit": values.many(values.NATURAL), "marker": values.many(values.TEXT)}
    return values.parameters(version, **known)


QUERY = Query(lambda version: _query(version, detailed=values.many(values.TEXT)))
ITEM_QUERY = Query(_query)


def instant(text: str | None) -> Micros | None:
    """A time in a query string; None where there is none. Raises Invalid."""
    if not text:
        return None
    for form in _FORMATS:
        try:
            when = datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return int(when.timestamp()) * SECOND + when.microsecond
    raise Invalid("Invalid datetime string: Datetime is in invalid format")


def show(usage: Usage, *, detailed: bool) -> dict[str, Any]:
    """What a project used; with its servers if they are wanted."""
    shown: dict[str, Any] = {"tenant_id": usage.project_id}
    if detailed:
        shown["server_usages"] = [_server(one, usage.span) for one in usage.servers]
    return shown | {
        "total_local_gb_usage": usage.total("disk_gib"),
        "total_vcpus_usage": usage.total("vcpus"),
        "total_memory_mb_usage": usage.total("memory_mib"),
        "total_hours": usage.total(),
        "start": iso_micros(usage.span.start),
        "stop": iso_micros(usage.span.stop),
    }


def _server(server: Used, span: Span) -> dict[str, Any]:
    end = clock.now() if server.terminated_at is None else server.terminated_at
    return {
        "hours": span.hours(server),
        "flavor": server.flavor_name,
        "instance_id": server.id,
        "name": server.name,
        "tenant_id": server.project_id,
        "memory_mb": server.memory_mib,
        "local_gb": server.disk_gib,
        "vcpus": server.vcpus,
        "started_at": values.moment(server.launched_at),
        "ended_at": values.moment(server.terminated_at),
        "state": server.vm_state if server.terminated_at is None else "terminated",
        "uptime": max(end - server.launched_at, 0) // SECOND,
    }
