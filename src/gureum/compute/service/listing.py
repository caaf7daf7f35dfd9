"""Lists of servers: who may look for what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gureum.compute.server import KNOWN_STATUSES, STATES_OF_STATUS, Server
from gureum.compute.service.access import SERVICE
from gureum.compute.store import server_lists as store
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, Invalid
from gureum.kernel.policy import policy
from gureum.kernel.store.query import Direction
from gureum.kernel.store.tx import Tx
from gureum.network.service import server_addresses

_FOR_ALL = frozenset(
    """reservation_id name status image flavor ip ip6 tags tags-any not-tags not-tags-any availability_zone config_drive
    key_name power_state task_state vm_state user_id locked""".split()  # noqa: SIM905
)
_FOR_ADMINISTRATORS = frozenset(
    """access_ip_v4 access_ip_v6 auto_disk_config description display_description display_name host hostname image_ref
    launch_index metadata node uuid""".split()  # noqa: SIM905
)
_TRUE = ("", "1", "t", "true", "on", "y", "yes")
_FALSE = ("0", "f", "false", "off", "n", "no")
_TASKS = {"reboot": ("active", "rebooting"), "hard_reboot": ("active", "rebooting_hard")}
"""Statuses that a task makes."""


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list as a client asked for it: every parameter with its values, paging apart."""

    query: Mapping[str, list[str]]
    detail: bool = False
    limit: int | None = None
    marker: str | None = None
    strict: bool = True
    """Whether a status that is none is refused, or answered with no servers."""


def find(tx: Tx, caller: Caller, asked: ListRequest) -> list[Server]:
    """The servers of a page. Raises Forbidden, Invalid."""
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


def _filters(caller: Caller, asked: ListRequest) -> dict[str, list[Any]]:
    all_filters = policy.allows(SERVICE, "os_compute_api:servers:allow_all_filters", caller)
    allowed = _FOR_ALL | _FOR_ADMINISTRATORS if all_filters else _FOR_ALL
    found: dict[str, list[Any]] = {}
    for name in allowed & asked.query.keys() - {"status", "ip", "ip6"}:
        found |= _filter(name, asked.query[name])
    if "status" in asked.query:
        found |= _status(asked.query["status"], asked.strict)
    return found | _scope(caller, asked)


def _filter(name: str, values: list[str]) -> dict[str, list[Any]]:
    last = values[-1]
    if name == "locked":
        return {"locked": [_boolean(last)]}
    if name in ("tags", "tags-any", "not-tags", "not-tags-any"):
        return {name: [tag for tag in last.split(",") if tag]}
    if name == "power_state":
        return {name: [int(last)]} if last.lstrip("-").isdigit() else {"nothing": []}
    if name == "config_drive":
        known = last.lower() in _TRUE or last.lower() in _FALSE
        return {name: [_boolean(last)]} if known else {"nothing": []}
    if name == "metadata":
        return {name: _metadata(last)}
    return {name: values}


def _metadata(text: str) -> list[tuple[str, str]]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    listed: list[Any] = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in listed):
        raise Invalid("Invalid filter 'metadata'.")
    return [(str(key), str(value)) for one in listed for key, value in one.items()]


def _status(values: list[str], strict: bool) -> dict[str, list[Any]]:
    words = [value.lower() for value in values]
    if not any(word in KNOWN_STATUSES for word in words):
        if strict:
            raise Invalid("Invalid status value")
        return {"nothing": []}
    states = [STATES_OF_STATUS[word] for word in words if word in STATES_OF_STATUS]
    tasks = [_TASKS[word] for word in words if word in _TASKS]
    if tasks and not states:
        return {"vm_state": ["active"], "task_state": [task for _, task in tasks]}
    return {"vm_state": states} if states else {"nothing": []}


def _scope(caller: Caller, asked: ListRequest) -> dict[str, list[Any]]:
    if _boolean(asked.query.get("all_tenants", ["0"])[-1]):
        rule = f"os_compute_api:servers:{'detail' if asked.detail else 'index'}:get_all_tenants"
        policy.demand(SERVICE, rule, caller)
        wanted = asked.query.get("tenant_id") or asked.query.get("project_id")
        return {"project_id": wanted} if wanted else {}
    if caller.project_id is None:
        return {"user_id": [caller.user_id]}
    return {"project_id": [caller.project_id]}


def _deleted(caller: Caller, asked: ListRequest) -> bool | None:
    administrator = policy.allows(SERVICE, "os_compute_api:servers:allow_all_filters", caller)
    if "deleted" in [word.lower() for word in asked.query.get("status", [])]:
        if not administrator:
            raise Forbidden("Only administrators may list deleted instances")
        return True
    if administrator and "deleted" in asked.query:
        return _boolean(asked.query["deleted"][-1])
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
    keys = asked.query.get("sort_key", [])
    directions = asked.query.get("sort_dir", [])
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
