"""`/gureum/v1/traces`: the waterfall of a request."""

from typing import Any

from sqlalchemy.engine import Row

from gureum.kernel import clock
from gureum.kernel.faults import NotFound
from gureum.kernel.http import Call, Routes, TxKind
from gureum.kernel.policy import Rule
from gureum.kernel.trace import store
from gureum.web.hops import REQUEST, hops
from gureum.web.sources import sources

RULES = [
    Rule("gureum:trace", "rule:admin_required or project_id:%(project_id)s", "GET /v1/traces/{request}"),
]
routes = Routes()

Line = dict[str, Any]
"""A bar of the waterfall: times in microseconds, `offset` from the request's beginning, `depth` how far it is indented."""


@routes.get("/v1/traces/{request}", "gureum:trace", tx=TxKind.OWN)
def trace(call: Call, request: str) -> dict[str, Any]:
    """What became of a request, by its id or the one that its client gave it. Members see their project's, without hosts.

    Raises NotFound for one that is not known (any more), or is another project's.
    """
    call.database.write(sources.recorder.flush())
    found = call.database.read(lambda tx: _found(tx, request))
    if found is None or not call.may("gureum:trace", {"project_id": found[0].project_id}):
        raise NotFound(f"Request {request} could not be found.")
    row, works = found
    lines = _request_lines(row)
    for work in works:
        lines += _work_lines(work, row.at, operator=call.caller.is_admin)
    return {"trace": _head(row) | {"lines": lines, "servers": hops(lines)}}


def _found(tx: Any, request: str) -> tuple[Row[Any], list[Row[Any]]] | None:
    row = store.find_request(tx, request)
    return None if row is None else (row, store.works_of(tx, row.request_id))


def _head(row: Row[Any]) -> dict[str, Any]:
    return {
        "request_id": row.request_id,
        "global_request_id": row.global_request_id,
        "at": clock.iso_micros(row.at, "Z"),
        "micros": row.micros,
        "service": row.service,
        "method": row.method,
        "path": row.path,
        "status": row.status,
        "user_id": row.user_id,
        "project_id": row.project_id,
    }


def _request_lines(row: Row[Any]) -> list[Line]:
    title = f"{row.method} {row.path}"
    first = _line(REQUEST, "request", title, 0, row.micros, outcome=str(row.status))
    return [first, *_inner(REQUEST, None, row.spans, 0)]


def _work_lines(work: Row[Any], began: int, *, operator: bool) -> list[Line]:
    offset = work.at - began
    first = _line(work.name, work.kind, work.name, offset, work.micros, outcome=work.outcome, subject=work.subject)
    first["agent"] = work.agent if operator else None
    return [first, *_inner(work.name, work.subject, work.spans, offset)]


def _inner(within: str, subject: str | None, spans: list[list[Any]], begins: int) -> list[Line]:
    """A line for each span, indented below those that are around it."""
    found: list[Line] = []
    around: list[int] = []
    for part, name, offset, micros in spans:
        while around and offset >= around[-1]:
            around.pop()
        found.append(_line(within, part, name, begins + offset, micros, depth=len(around) + 1, subject=subject))
        around.append(offset + micros)
    return found


def _line(
    within: str,
    part: str,
    name: str,
    offset: int,
    micros: int,
    *,
    depth: int = 0,
    outcome: str = "",
    subject: str | None = None,
) -> Line:
    return {
        "within": within,
        "part": part,
        "name": name,
        "subject": subject,
        "offset": offset,
        "micros": micros,
        "depth": depth,
        "outcome": outcome,
        "agent": None,
    }
