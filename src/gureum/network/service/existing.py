"""What of networks should be outside, for whoever compares rows with the world."""

import sqlalchemy as sa

from gureum.kernel.existing import Existing, Stray
from gureum.kernel.store.tx import Tx
from gureum.network.flows import realise
from gureum.network.network import ON_THE_WIRE, TUNNEL_OVERHEAD
from gureum.network.store.networks import networks
from gureum.network.store.ports import ports
from gureum.network.store.routers import routers
from gureum.network.store.security_groups import groups


def existing(tx: Tx) -> Existing:
    """Networks, routers, security groups and the ports of guests must be there; other ports, and taps, may."""
    tables = {"network": networks, "port": ports, "router": routers, "security_group": groups}
    known = {kind: {row.id for row in tx.all(sa.select(table.c.id))} for kind, table in tables.items()}
    guests = tx.all(sa.select(ports.c.id).where(ports.c.device_owner.startswith("compute:")))
    return Existing(known | {"tap": known["port"]}, known | {"port": {row.id for row in guests}})


def discard(tx: Tx, kind: str, id: str, agent: str) -> bool:
    """Tell the switch how it is: that there is no such thing."""
    return restore(tx, kind, id)


def restore(tx: Tx, kind: str, id: str) -> bool:
    """Tell the switch how it shall be."""
    if kind == "port":
        network_id = tx.scalar(sa.select(ports.c.network_id).where(ports.c.id == id))
        realise.port(tx, id, network_id or "")
        return True
    tell = {"network": realise.network, "router": realise.router, "security_group": realise.group}.get(kind)
    if tell is not None:
        tell(tx, id)
    return tell is not None


def astray(tx: Tx) -> list[Stray]:
    """Constraints keep these rows together; what belongs to servers, compute knows."""
    return []


def settle(tx: Tx, kind: str, id: str) -> bool:
    """There is nothing to settle."""
    return False


def wider_than(tx: Tx, mtu: int) -> list[tuple[str, int]]:
    """The networks, with the MTU they promise, whose packets do not fit into tunnels between hosts that carry `mtu` bytes."""
    columns = networks.c.id, networks.c.mtu
    tunnelled = networks.c.network_type.not_in(ON_THE_WIRE), networks.c.network_type != "local"
    wide = sa.select(*columns).where(*tunnelled, networks.c.mtu + TUNNEL_OVERHEAD > mtu).order_by(networks.c.id)
    return [(row.id, row.mtu) for row in tx.all(wide)]
