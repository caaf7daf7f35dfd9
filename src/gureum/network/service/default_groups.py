"""The security group that every project has from the first moment it needs one."""

from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx
from gureum.network.flows import realise
from gureum.network.security_group import DEFAULT
from gureum.network.store import security_groups as store

_ETHERTYPES = ("IPv4", "IPv6")


def exists(tx: Tx, project_id: str) -> bool:
    """Whether a project has its default group already."""
    return store.default_of(tx, project_id) is not None


def ensure(tx: Tx, project_id: str) -> str:
    """The id of a project's default group; it is made when there is none."""
    tx.lock("default_group", project_id)
    found = store.default_of(tx, project_id)
    if found is not None:
        return found
    id = new_uuid()
    store.add(tx, id=id, project_id=project_id, name=DEFAULT, description="Default security group", is_default=True)
    for ethertype in _ETHERTYPES:
        add_rule(tx, id, project_id, "egress", ethertype)
        add_rule(tx, id, project_id, "ingress", ethertype, remote_group_id=id)
    realise.group(tx, id)
    return id


def add_rule(
    tx: Tx, group_id: str, project_id: str, direction: str, ethertype: str, remote_group_id: str | None = None
) -> None:
    """One of the rules that a group begins with: everything in that direction."""
    store.add_rule(
        tx,
        id=new_uuid(),
        project_id=project_id,
        security_group_id=group_id,
        description=None,
        direction=direction,
        ethertype=ethertype,
        protocol=None,
        port_range_min=None,
        port_range_max=None,
        remote_ip_prefix=None,
        remote_group_id=remote_group_id,
    )
