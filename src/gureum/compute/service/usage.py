"""Simple usage: the hours of servers, by project."""

from dataclasses import dataclass, field
from itertools import groupby

from gureum.compute.store import usage as store
from gureum.compute.store.usage import Used
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.clock import SECOND, Micros
from gureum.kernel.faults import Invalid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

_RULES = "os_compute_api:os-simple-tenant-usage"
_HOUR = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant to another, both in microseconds."""

    start: Micros
    stop: Micros

    def hours(self, server: Used) -> float:
        """How many hours of the span a server lived."""
        end = self.stop if server.terminated_at is None else min(server.terminated_at, self.stop)
        return max(end - max(server.launched_at, self.start), 0) / _HOUR


@dataclass(frozen=True, slots=True)
class Usage:
    """What a project used in a span."""

    project_id: str
    span: Span
    servers: list[Used] = field(default_factory=list[Used])

    def total(self, amount: str | None = None) -> float:
        """The hours of all servers, each times its `amount` of something."""
        return sum(self.span.hours(one) * (1 if amount is None else getattr(one, amount)) for one in self.servers)


def span_of(start: Micros | None, stop: Micros | None) -> Span:
    """The span a client names; now, where it names none. Raises Invalid for one that ends before it begins."""
    now = clock.now()
    span = Span(now if start is None else start, now if stop is None else stop)
    if span.start > span.stop:
        raise Invalid("Invalid start time. The start time cannot occur after the end time.")
    return span


def search(tx: Tx, caller: Caller, span: Span, *, marker: str | None, limit: int | None) -> list[Usage]:
    """What every project used. A page has `limit` servers, so a project may go on on the next."""
    policy.demand("compute", f"{_RULES}:list", caller, {})
    found = store.search(tx, span.start, span.stop, project_id=None, marker=marker, limit=limit)
    return [
        Usage(project_id, span, list(several)) for project_id, several in groupby(found, lambda one: one.project_id)
    ]


def of_project(tx: Tx, caller: Caller, project_id: str, span: Span, *, marker: str | None, limit: int | None) -> Usage:
    """What a project used."""
    policy.demand("compute", f"{_RULES}:show", caller, {"project_id": project_id})
    found = store.search(tx, span.start, span.stop, project_id=project_id, marker=marker, limit=limit)
    return Usage(project_id, span, found)
