"""Quotas of the network service."""

from collections.abc import Mapping

import sqlalchemy as sa

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.quota import CLASS_DEFAULT, UNLIMITED, Quotas, limits
from gureum.kernel.store.tx import Tx
from gureum.network.service import access
from gureum.network.store.floating_ips import floating_ips
from gureum.network.store.networks import networks
from gureum.network.store.ports import ports
from gureum.network.store.routers import routers
from gureum.network.store.security_groups import groups, rules
from gureum.network.store.subnets import subnets

_TABLES = {
    "network": networks,
    "subnet": subnets,
    "port": ports,
    "router": routers,
    "floatingip": floating_ips,
    "security_group": groups,
    "security_group_rule": rules,
}
DEFAULTS = {
    "network": 100,
    "subnet": 100,
    "port": 500,
    "router": 10,
    "floatingip": 50,
    "security_group": 10,
    "security_group_rule": 100,
}
MOST = 2**31 - 1

quotas = Quotas("network", DEFAULTS)


def used(tx: Tx, project_id: str, resource: str) -> int:
    """How many a project has."""
    table = _TABLES[resource]
    return tx.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.project_id == project_id)) or 0


def check(tx: Tx, project_id: str, resource: str, amount: int = 1) -> None:
    """Make room for more of a resource. Raises OverQuota. What belongs to no project is not counted."""
    if project_id:
        quotas.check(tx, project_id, {resource: amount}, lambda name: used(tx, project_id, name))


def defaults(tx: Tx) -> dict[str, int]:
    """The limits of a project that has none of its own."""
    return quotas.of(tx, CLASS_DEFAULT)


def show(tx: Tx, caller: Caller, project_id: str) -> dict[str, int]:
    """A project's limits; one's own are open to all."""
    if project_id != caller.project_id:
        access.demand(caller, "get_quota", {"project_id": project_id})
    return quotas.of(tx, project_id)


def details(tx: Tx, caller: Caller, project_id: str) -> dict[str, dict[str, int]]:
    """A project's limits and usage."""
    found = show(tx, caller, project_id)
    return {name: {"limit": limit, "used": used(tx, project_id, name), "reserved": 0} for name, limit in found.items()}


def special(tx: Tx, caller: Caller) -> dict[str, dict[str, int]]:
    """The limits of every project that has some of its own."""
    access.demand(caller, "get_quota", {"project_id": caller.project_id})
    statement = sa.select(limits.c.project_id).where(limits.c.service == "network").distinct()
    if not access.allows(caller, "get_quota", {}):
        statement = statement.where(limits.c.project_id == caller.project_id)
    return {row.project_id: quotas.of(tx, row.project_id) for row in tx.all(statement.order_by(limits.c.project_id))}


def change(tx: Tx, caller: Caller, project_id: str, amounts: Mapping[str, int], force: bool = False) -> dict[str, int]:
    """Give a project limits of its own. Raises Invalid for one below what is used already, unless forced."""
    access.demand(caller, "update_quota", {"project_id": project_id})
    quotas.hold(tx, project_id)
    for name, limit in amounts.items():
        present = used(tx, project_id, name) if limit != UNLIMITED else 0
        if limit != UNLIMITED and limit < present and not force:
            raise Invalid(
                f"Quota limit {limit} for {name} must be greater than or equal to already used {present}",
                name="HTTPBadRequest",
            )
    quotas.set(tx, project_id, amounts)
    return quotas.of(tx, project_id)


def reset(tx: Tx, caller: Caller, project_id: str) -> None:
    """Give a project the defaults again. Raises NotFound when it has none of its own."""
    access.demand(caller, "delete_quota", {"project_id": project_id})
    own = sa.select(limits.c.resource).where(limits.c.service == "network", limits.c.project_id == project_id)
    if tx.one(own) is None:
        raise NotFound(f"Quota for project {project_id} could not be found.", name="TenantQuotaNotFound")
    quotas.reset(tx, project_id)
