"""The services that the control plane itself is: a row for each binary of each machine it ran on."""

import sqlalchemy as sa

from gureum.compute.compute_service import INTERNAL_ZONE, ComputeService
from gureum.kernel import clock
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

control_services = sa.Table(
    "control_services",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("uuid", sa.String(36), nullable=False, unique=True),
    sa.Column("binary", sa.String(32), nullable=False),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("binary", "host"),
)


def everyone(tx: Tx, here: str) -> list[ComputeService]:
    """All of them, oldest first. Those of the machine `here` live: they answer this."""
    rows = tx.all(sa.select(control_services).order_by(control_services.c.id))
    return [
        ComputeService(
            id=row.id * 2 - 1,
            uuid=row.uuid,
            binary=row.binary,
            host=row.host,
            zone=INTERNAL_ZONE,
            up=row.host == here,
            seen_at=clock.now() if row.host == here else row.started_at,
        )
        for row in rows
    ]


def started(tx: Tx, binary: str, host: str, uuid: str) -> None:
    """Record that a service began on a machine; `uuid` names it where it was not known."""
    now = clock.now()
    if not tx.update(control_services, {"binary": binary, "host": host}, started_at=now):
        tx.insert(control_services, uuid=uuid, binary=binary, host=host, started_at=now)


def remove(tx: Tx, uuid: str) -> None:
    """Forget a service."""
    tx.delete(control_services, uuid=uuid)
