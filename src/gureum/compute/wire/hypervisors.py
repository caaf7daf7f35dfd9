"""Hypervisors over the wire."""

import json
from collections.abc import Iterable
from typing import Any

from gureum.compute.compute_service import of_host
from gureum.compute.hypervisor import Hypervisor
from gureum.compute.wire import values
from gureum.kernel.http import Call, Change, History
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query

_SIZES = frozenset(
    [
        "cpu_info",
        "current_workload",
        "disk_available_least",
        "free_disk_gb",
        "free_ram_mb",
        "local_gb",
        "local_gb_used",
        "memory_mb",
        "memory_mb_used",
        "running_vms",
        "vcpus",
        "vcpus_used",
    ]
)


def _query(version: Version) -> values.Schema:
    known: dict[str, values.Schema] = {}
    strict: Version = (2, 53)
    if version >= (2, 33):
        known = {"limit": values.single(values.NATURAL), "marker": values.single(values.TEXT)}
    if version >= (2, 53):
        known["hypervisor_hostname_pattern"] = values.single(values.HOSTNAME)
        known["with_servers"] = values.single(values.BOOLEAN)
    return values.parameters(version, strict, **known)


def _item_query(version: Version) -> values.Schema:
    known = {"with_servers": values.single(values.BOOLEAN)} if version >= (2, 53) else {}
    return values.parameters(version, (2, 53), **known)


QUERY = Query(_query)
ITEM_QUERY = Query(_item_query)


def _cpu_as_text(item: dict[str, Any], _call: Call) -> None:
    if "cpu_info" in item:
        item["cpu_info"] = json.dumps(item["cpu_info"])


def _numbered(item: dict[str, Any], _call: Call) -> None:
    item["id"] = item["number"]


def _without_no_servers(item: dict[str, Any], _call: Call) -> None:
    if item.get("servers") == []:
        del item["servers"]


HISTORY = History(
    "hypervisor",
    "hypervisors",
    [
        Change((2, 1), "numbers are for those who knew no uuids", removes=frozenset({"number"})),
        Change((2, 28), "cpu_info is an object", down=_cpu_as_text),
        Change((2, 53), "hypervisors have uuids", down=_numbered),
        Change((2, 75), "no servers are an empty list", down=_without_no_servers),
        Change(
            (2, 88), "placement tells what is used; the uptime is shown", shows=frozenset({"uptime"}), removes=_SIZES
        ),
    ],
)


def brief(hypervisor: Hypervisor) -> dict[str, Any]:
    """A hypervisor in short. `number` is for the History."""
    host = hypervisor.host
    shown: dict[str, Any] = {
        "id": host.uuid,
        "number": host.id,
        "hypervisor_hostname": host.name,
        "state": "up" if host.alive else "down",
        "status": "enabled" if host.enabled else "disabled",
    }
    if hypervisor.servers is not None:
        shown["servers"] = [{"uuid": id, "name": name} for id, name in hypervisor.servers]
    return shown


def show(hypervisor: Hypervisor, version: Version) -> dict[str, Any]:
    """A hypervisor. The uptime is not known."""
    host, service = hypervisor.host, of_host(hypervisor.host)
    id = service.uuid if version >= (2, 53) else service.id
    shown = brief(hypervisor) | {
        "hypervisor_type": host.hypervisor,
        "hypervisor_version": host.hypervisor_version,
        "host_ip": host.address,
        "service": {"id": id, "host": host.name, "disabled_reason": host.disabled_reason},
        "uptime": None,
    }
    return shown | _sizes(hypervisor) | {"cpu_info": _cpu(hypervisor)}


def statistics(hypervisors: Iterable[Hypervisor]) -> dict[str, Any]:
    """The sums over the hypervisors that are up and enabled."""
    counted = [one for one in hypervisors if one.host.alive and one.host.enabled]
    names = sorted(_SIZES - {"cpu_info"})
    sizes = [_sizes(one) for one in counted]
    sums = {name: sum(one[name] for one in sizes) for name in names}
    return {"hypervisor_statistics": {"count": len(counted)} | sums}


def _sizes(hypervisor: Hypervisor) -> dict[str, int]:
    host = hypervisor.host
    return {
        "vcpus": host.vcpus,
        "memory_mb": host.memory_mib,
        "local_gb": host.disk_gib,
        "vcpus_used": hypervisor.vcpus_used,
        "memory_mb_used": hypervisor.memory_used,
        "local_gb_used": hypervisor.disk_used,
        "free_ram_mb": host.memory_mib - hypervisor.memory_used,
        "free_disk_gb": host.disk_gib - hypervisor.disk_used,
        "current_workload": hypervisor.busy,
        "running_vms": hypervisor.running,
        "disk_available_least": host.disk_gib - hypervisor.disk_used,
    }


def _cpu(hypervisor: Hypervisor) -> dict[str, Any]:
    host = hypervisor.host
    return {"arch": host.cpu_arch, "model": host.cpu_model, "features": host.features}
