"""Server groups: made, shown, deleted, and joined by new servers."""

from typing import Any

from gureum.compute.server_group import ServerGroup
from gureum.compute.service.access import SERVICE
from gureum.compute.service.quotas import QUOTAS
from gureum.compute.store import server_groups as store
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound, OverQuota
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

_RULE = "os_compute_api:os-server-groups"


def create(tx: Tx, caller: Caller, name: str, wanted: str, rules: dict[str, Any]) -> ServerGroup:
    """A new group of the caller's project. Raises Forbidden, Invalid, OverQuota."""
    policy.demand(SERVICE, f"{_RULE}:create", caller)
    if rules and wanted != "anti-affinity":
        raise Invalid("Only anti-affinity policy supports rules.")
    project_id = caller.project_id or ""
    try:
        QUOTAS.check(tx, project_id, {"server_groups": 1}, lambda _: store.count(tx, project_id))
    except OverQuota as fault:
        raise OverQuota("Quota exceeded, too many server groups.", **fault.about) from None
    rules = {key: int(value) for key, value in rules.items()}
    group = ServerGroup(new_uuid(), project_id, caller.user_id, name, wanted, rules, clock.now())
    store.add(tx, group)
    return group


def get(tx: Tx, caller: Caller, id: str, rule: str = "show") -> ServerGroup:
    """A group. Raises NotFound for one that the caller does not see, Forbidden."""
    group = store.find(tx, id)
    if group is None or not _sees(caller, group):
        raise NotFound(f"Instance group {id} could not be found.", name="InstanceGroupNotFound")
    policy.demand(SERVICE, f"{_RULE}:{rule}", caller, group.target)
    return group


def find(tx: Tx, caller: Caller, *, everybody: bool, limit: int, offset: int) -> list[ServerGroup]:
    """A part of the project's groups; of all projects' where an administrator asks for `everybody`. Raises Forbidden."""
    policy.demand(SERVICE, f"{_RULE}:index", caller)
    if everybody and caller.is_admin:
        policy.demand(SERVICE, f"{_RULE}:index:all_projects", caller)
        return store.of_project(tx, None, limit, offset)
    return store.of_project(tx, caller.project_id or "", limit, offset)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Delete a group; its servers stay. Raises NotFound, Forbidden."""
    store.remove(tx, get(tx, caller, id, "delete").id)


def join(tx: Tx, caller: Caller, id: str | None, count: int) -> str | None:
    """The group that `count` new servers are to be in. Raises Invalid for one that there is not, OverQuota."""
    if id is None:
        return None
    group = store.find(tx, id)
    if group is None or not _sees(caller, group):
        raise Invalid(f"Instance group {id} could not be found.", name="InstanceGroupNotFound")
    tx.lock("server group", id)
    limit = QUOTAS.of(tx, caller.project_id or "")["server_group_members"]
    if 0 <= limit < len(group.members) + count:
        raise OverQuota("Quota exceeded, too many servers in group", over=[], resource="server_group_members")
    return id


def _sees(caller: Caller, group: ServerGroup) -> bool:
    return group.project_id == caller.project_id or policy.allows(SERVICE, "context_is_admin", caller, {})
