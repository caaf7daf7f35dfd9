"""Security groups."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network import faults
from gureum.network.flows import realise
from gureum.network.security_group import DEFAULT, SecurityGroup
from gureum.network.service import access, default_groups, quotas
from gureum.network.store import ports
from gureum.network.store import security_groups as store
from gureum.network.store.standard import contains

Values = Mapping[str, Any]
ETHERTYPES = ("IPv4", "IPv6")


def target(group: SecurityGroup) -> dict[str, Any]:
    """A group as rules see it."""
    return {"project_id": group.project_id, "tenant_id": group.project_id, "shared": False}


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The groups that the caller may see."""
    return access.reach(caller, "get_security_group", [access.owned(caller, store.groups.c.project_id)])


def get(tx: Tx, caller: Caller, id: str) -> SecurityGroup:
    """A group. Raises NotFound, also for one that the caller may not see."""
    group = store.get(tx, id)
    if not access.allows(caller, "get_security_group", target(group)):
        raise faults.group_not_found(id)
    return group


def create(tx: Tx, caller: Caller, values: Values, given: Values | None = None) -> SecurityGroup:
    """A new group, which lets everything out. Raises Forbidden, OverQuota, Conflict for a second `default`."""
    project_id = str(values["project_id"])
    access.demand(caller, "create_security_group", {"project_id": project_id, "tenant_id": project_id}, given or {})
    default_groups.ensure(tx, project_id)
    if values.get("name") == DEFAULT:
        raise Conflict("Default security group already exists.", name="SecurityGroupDefaultAlreadyExists")
    quotas.check(tx, project_id, "security_group")
    quotas.check(tx, project_id, "security_group_rule", len(ETHERTYPES))
    id = new_uuid()
    store.add(
        tx,
        id=id,
        project_id=project_id,
        name=values.get("name", ""),
        description=values.get("description", ""),
        is_default=False,
    )
    for ethertype in ETHERTYPES:
        default_groups.add_rule(tx, id, project_id, "egress", ethertype)
    realise.group(tx, id)
    return store.get(tx, id)


def update(tx: Tx, caller: Caller, id: str, values: Values) -> SecurityGroup:
    """Change a group's name or description. Raises NotFound, Forbidden, Conflict for renaming `default`."""
    group = get(tx, caller, id)
    access.demand(caller, "update_security_group", target(group), values)
    if group.is_default and values.get("name", DEFAULT) != DEFAULT:
        raise Conflict("Updating default security group not allowed.", name="SecurityGroupCannotUpdateDefault")
    store.change(tx, id, **{name: values[name] for name in ("name", "description") if name in values})
    return store.get(tx, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Remove a group; rules of others that name it go too. Raises NotFound, Forbidden, Conflict while ports are in it."""
    group = get(tx, caller, id)
    access.demand(caller, "delete_security_group", target(group))
    tx.lock("security_group", id)
    if tx.one(sa.select(ports.ports.c.id).where(contains(ports.ports.c.security_groups, id)).limit(1)) is not None:
        raise Conflict(f"Security Group {id} in use.", name="SecurityGroupInUse")
    if group.is_default and not caller.is_admin:
        raise Conflict(
            "Insufficient rights for removing default security group.", name="SecurityGroupCannotRemoveDefault"
        )
    rules = store.rules
    naming = sa.select(rules).where(rules.c.remote_group_id == id, rules.c.security_group_id != id)
    for row in tx.all(naming):
        store.remove_rule(tx, row.id)
        realise.group(tx, row.security_group_id)
    store.remove(tx, id)
    realise.group(tx, id)
