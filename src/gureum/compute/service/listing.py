"""Lists of servers: who may look for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gureum.compute.server import KNOWN_STATUSES, REBUILDING, STATES_OF_STATUS, Server
from gureum.compute.service.access import SERVICE
from gureum.compute.store import server_lists as store
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, Invalid
from gureum.kernel.policy import policy
from gureum.kernel.store.query import Direction
from gureum.kernel.store.tx import Tx
from gureum.network.service import server_addresses

_NOT_COLUMNS = frozenset(
    "block_device_mapping info_cache metadata pci_devices security_groups services system_metadata".split()  # noqa: SIM905
)
"""Filters that the service names only to refuse them."""
_ELSEWHERE = frozenset(
    [
        "all_tenants",
        "changes-since",
        "changes-before",
        "deleted",
        "soft_deleted",
        "status",
        "ip",
        "ip6",
        "project_id",
        "tenant_id",
    ]
)
_TRUE = ("", "1", "t", "true", "on", "y", "yes")
_FALSE = ("0", "f", "false", "off", "n", "no")
_TASKS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "reboot": (["active"], ["rebooting"]),
    "hard_reboot": (["active"], ["rebooting_hard"]),
    "rebuild": (["active", "stopped", "error"], REBUILDING),
}
"""Statuses that a task makes."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list as a client asked for it: every filter with its values; who may not use all filters has those `open_to_all`."""

    query: Mapping[str, list[str]]
    open_to_all: frozenset[str]
    sort_keys: Sequence[str] = ()
    sort_directions: Sequence[str] = ()
    detail: bool = False
    limit: int | None = None
    marker: str | None = None
    strict: bool = True
    """Whether a status that is none is refused, or answered with no servers."""


def find(tx: Tx, caller: Caller, asked: ListRequest) -> list[Server]:
    """The servers of a page. Raises Forbidden, Invalid."""
    asked = replace(asked, query=_allowed(caller, asked))
    wish = store.Wish(
        filters=_filters(caller, asked),
        deleted=_deleted(caller, asked),
        since=_time(asked, "changes-since"),
        before=_time(asked, "changes-before"),
        addresses=[
            server_addresses.holders(asked.query[name][-1], version)
            for name, version in (("ip", 4), ("ip6", 6))
            if name in asked.query
        ],
        sorts=_sorts(caller, asked),
        marker=asked.marker,
        limit=asked.limit,
    )
    if wish.since is not None and wish.before is not None and wish.since > wish.before:
        raise Invalid("The value of changes-since must be less than or equal to changes-before.")
    found = store.find(tx, wish)
    if found is None:
        raise Invalid(f"marker [{asked.marker}] not found")
    return found


def _allowed(caller: Caller, asked: ListRequest) -> Mapping[str, list[str]]:
    """The filters that the caller may use. Raises Invalid for those that nobody may."""
    if not policy.allows(SERVICE, "os_compute_api:servers:allow_all_filters", caller):
        return {name: values for name, values in asked.query.items() if name in asked.open_to_all}
    for name in asked.query:
        if name in _NOT_COLUMNS or name.startswith("_"):
            raise Invalid(f"Invalid filter field: {name}.")
    return asked.query


def _filters(caller: Caller, asked: ListRequest) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name in asked.query.keys() - _ELSEWHERE:
        found |= _filter(name, asked.query[name][-1])
    if "status" in asked.query:
        found |= _status(asked.query["status"], asked.strict)
    return found | _scope(caller, asked)


def _filter(name: str, value: str) -> dict[str, list[Any]]:
    if name == "locked":
        return {"locked": [_boolean(value)]}
    if name in ("tags", "tags-any", "not-tags", "not-tags-any"):
        named = [tag for tag in value.split(",") if tag]
        return {name: named} if named else {}
    return {name: [value]}


def _status(values: list[str], strict: bool) -> dict[str, list[Any]]:
    words = [value.lower() for value in values]
    if not any(word in KNOWN_STATUSES for word in words):
        if strict:
            raise Invalid("Invalid status value")
        return {"nothing": []}
    states = [STATES_OF_STATUS[word] for word in words if word in STATES_OF_STATUS]
    tasks = [_TASKS[word] for word in words if word in _TASKS]
    if tasks and not states:
        found = {state for states, _ in tasks for state in states}
        return {"vm_state": sorted(found), "task_state": [task for _, those in tasks for task in those]}
    return {"vm_state": states} if states else {"nothing": []}


def _scope(caller: Caller, asked: ListRequest) -> dict[str, list[Any]]:
    if _boolean(asked.query.get("all_tenants", ["0"])[-1]):
        rule = f"os_compute_api:servers:{'detail' if asked.detail else 'index'}:get_all_tenants"
        policy.demand(SERVICE, rule, caller)
        wanted = asked.query.get("tenant_id") or asked.query.get("project_id")
        return {"project_id": wanted[-1:]} if wanted else {}
    if caller.project_id is None:
        return {"user_id": [caller.user_id]}
    return {"project_id": [caller.project_id]}


def _deleted(caller: Caller, asked: ListRequest) -> bool | None:
    if "deleted" in [word.lower() for word in asked.query.get("status", [])]:
        if not policy.allows(SERVICE, "os_compute_api:servers:allow_all_filters", caller):
            raise Forbidden("Only administrators may list deleted instances")
        return True
    if "deleted" in asked.query:
        return asked.query["deleted"][-1].strip().lower() in _TRUE[1:]
    if "changes-since" in asked.query or "changes-before" in asked.query:
        return None
    return False


def _boolean(text: str) -> bool:
    """Raises Invalid for what is neither yes nor no."""
    lowered = text.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    words = ", ".join(repr(word) for word in sorted([*_TRUE[1:], *_FALSE]))
    raise Invalid(f"Unrecognized value '{text}', acceptable values are: {words}")


def _time(asked: ListRequest, name: str) -> int | None:
    values = asked.query.get(name)
    return None if not values else clock.parse_iso(values[-1])


def _sorts(caller: Caller, asked: ListRequest) -> list[tuple[str, Direction]]:
    directions = asked.sort_directions
    keys = asked.sort_keys or (("created_at",) if directions else ())
    for key in keys:
        if key in ("host", "node") and not caller.is_admin:
            raise Forbidden("Only administrators can sort servers by host")
    found: list[tuple[str, Direction]] = []
    for place, key in enumerate(keys):
        given = directions[place] if place < len(directions) else (directions[0] if directions else "desc")
        if given not in ("asc", "desc"):
            raise Invalid(f"Unknown sort direction, must be one of: asc, desc (got {given})")
        found.append((key, "asc" if given == "asc" else "desc"))
    return found
