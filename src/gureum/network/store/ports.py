"""Ports and the addresses they hold."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.network.faults import port_not_found
from gureum.network.port import FixedIp, Port
from gureum.network.store import standard
from gureum.network.subnet import Subnet

FIRST_REVISION = 1
_MOST_PLACE = 2**62

ports = sa.Table(
    "ports",
    metadata,
    *standard.standard_columns(),
    sa.Column("network_id", sa.String(36), sa.ForeignKey("networks.id"), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("mac_address", sa.String(17), nullable=False),
    sa.Column("admin_state_up", sa.Boolean, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("device_id", sa.String(255), nullable=False, index=True),
    sa.Column("device_owner", sa.String(255), nullable=False),
    sa.Column("host_id", sa.String(255), nullable=False, info={"operator": True}),
    sa.Column("vnic_type", sa.String(64), nullable=False),
    sa.Column("profile", sa.JSON, nullable=False, info={"operator": True}),
    sa.Column("port_security_enabled", sa.Boolean, nullable=False),
    sa.Column("security_groups", sa.JSON, nullable=False),
    sa.Column("allowed_address_pairs", sa.JSON, nullable=False),
    sa.Column("extra_dhcp_opts", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("hostname", sa.String(255), nullable=False),
    sa.Column("device_place", sa.Integer, nullable=False),
    sa.Column("device_tag", sa.String(60)),
    sa.Column("made_for_device", sa.Boolean, nullable=False),
    sa.UniqueConstraint("network_id", "mac_address"),
    info={"journal": "port"},
)

addresses = sa.Table(
    "port_addresses",
    metadata,
    sa.Column("subnet_id", sa.String(36), sa.ForeignKey("subnets.id"), primary_key=True),
    sa.Column("ip_address", sa.String(64), primary_key=True),
    sa.Column("port_id", sa.String(36), sa.ForeignKey("ports.id"), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("place", sa.BigInteger),
    sa.Index("ix_port_addresses_place", "subnet_id", "place"),
)
"""`place` is the address's distance from the subnet's first, so that the lowest free one is found by SQL."""


def with_addresses(tx: Tx, rows: Sequence[Row[Any]]) -> list[Port]:
    """The ports of rows, with their addresses: one query for all."""
    held = addresses_of(tx, [row.id for row in rows])
    names = ports.c.keys()
    return [Port(**{name: row._mapping[name] for name in names}, fixed_ips=tuple(held[row.id])) for row in rows]


def addresses_of(tx: Tx, port_ids: Iterable[str]) -> defaultdict[str, list[FixedIp]]:
    """The addresses of many ports."""
    found: defaultdict[str, list[FixedIp]] = defaultdict(list)
    wanted = list(port_ids)
    if wanted:
        statement = sa.select(addresses).where(addresses.c.port_id.in_(wanted)).order_by(addresses.c.position)
        for row in tx.all(statement):
            found[row.port_id].append(FixedIp(row.subnet_id, row.ip_address))
    return found


def find(tx: Tx, id: str) -> Port | None:
    """A port, or None."""
    row = tx.one(sa.select(ports).where(ports.c.id == id))
    return None if row is None else with_addresses(tx, [row])[0]


def get(tx: Tx, id: str) -> Port:
    """A port. Raises NotFound."""
    found = find(tx, id)
    if found is None:
        raise port_not_found(id)
    return found


def select(tx: Tx, *where: sa.ColumnElement[bool]) -> list[Port]:
    """The ports that a condition picks, oldest first."""
    return with_addresses(tx, tx.all(sa.select(ports).where(*where).order_by(ports.c.created_at, ports.c.id)))


def of_device(tx: Tx, device_id: str, *owners: str) -> list[Port]:
    """A device's ports in the order in which it got them; only those of some owners where any are named."""
    where = [ports.c.device_id == device_id]
    if owners:
        where.append(ports.c.device_owner.in_(owners))
    statement = sa.select(ports).where(*where).order_by(ports.c.device_place, ports.c.created_at, ports.c.id)
    return with_addresses(tx, tx.all(statement))


def with_address_in(tx: Tx, subnet_id: str) -> list[Port]:
    """The ports that hold an address of a subnet."""
    held = sa.select(addresses.c.port_id).where(addresses.c.subnet_id == subnet_id)
    return select(tx, ports.c.id.in_(held))


def holder(tx: Tx, subnet_id: str, address: str) -> str | None:
    """The port that holds an address."""
    return tx.scalar(
        sa.select(addresses.c.port_id).where(addresses.c.subnet_id == subnet_id, addresses.c.ip_address == address)
    )


def mac_taken(tx: Tx, network_id: str, mac: str) -> bool:
    """Whether a network has a port with this MAC."""
    return tx.one(sa.select(ports.c.id).where(ports.c.network_id == network_id, ports.c.mac_address == mac)) is not None


def free_place(tx: Tx, subnet_id: str, first: int, last: int) -> int | None:
    """The lowest free place of a subnet between two."""
    return standard.lowest_gap(tx, addresses.c.place, {"subnet_id": subnet_id}, first, min(last, _MOST_PLACE))


def add(tx: Tx, **values: Any) -> None:
    """Keep a new port, without addresses."""
    standard.add(tx, ports, values, FIRST_REVISION)


def hold(tx: Tx, port_id: str, fixed_ips: Sequence[FixedIp], subnets: dict[str, Subnet]) -> None:
    """Give a port exactly these addresses."""
    tx.execute(addresses.delete().where(addresses.c.port_id == port_id))
    for position, fixed in enumerate(fixed_ips):
        base = int(subnets[fixed.subnet_id].network.network_address)
        place = int(ipaddress.ip_address(fixed.ip_address)) - base
        tx.insert(
            addresses,
            subnet_id=fixed.subnet_id,
            ip_address=fixed.ip_address,
            port_id=port_id,
            position=position,
            place=place if place < _MOST_PLACE else None,
        )


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change a port's own columns."""
    standard.change(tx, ports, id, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a port and free its addresses."""
    tx.execute(addresses.delete().where(addresses.c.port_id == id))
    tx.delete(ports, id=id)
