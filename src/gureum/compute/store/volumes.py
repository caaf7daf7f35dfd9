"""Volumes of servers, as compute knows them: the device, the tag, what becomes of the volume when the server goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

volumes = sa.Table(
    "server_volumes",
    metadata,
    sa.Column("server_id", sa.String(36), primary_key=True),
    sa.Column("volume_id", sa.String(36), primary_key=True),
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    sa.Column("attachment_id", sa.String(36)),
    sa.Column("device", sa.String(255), nullable=False),
    sa.Column("tag", sa.String(60)),
    sa.Column("delete_on_termination", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("action_id", sa.Integer),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("boot_index", sa.Integer),
    sa.Column("made", sa.Boolean, nullable=False, server_default=sa.false()),
)

BOOTING = "booting"


@dataclass(frozen=True, slots=True)
class ServerVolume:
    """`state` is attaching, attached or detaching, or booting for those that a new server boots with; `action_id` is the instance
    action that made it so. `device` is /dev/vdb. The server boots from the one with `boot_index` 0; one that was `made` with the
    server has no attachment until it is there."""

    server_id: str
    volume_id: str
    id: str
    attachment_id: str | None
    device: str
    tag: str | None
    delete_on_termination: bool
    state: str
    action_id: int | None
    created_at: int
    boot_index: int | None = None
    made: bool = False

    @property
    def held(self) -> str:
        """The attachment of one that has one."""
        assert self.attachment_id is not None
        return self.attachment_id


_OF_SERVERS = (
    sa.select(volumes)
    .where(volumes.c.server_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(volumes.c.created_at, volumes.c.id)
)


def of_servers(tx: Tx, ids: Sequence[str]) -> dict[str, list[ServerVolume]]:
    """The volumes of several servers, oldest first."""
    found: dict[str, list[ServerVolume]] = {id: [] for id in ids}
    for row in tx.all(_OF_SERVERS, ids=ids):
        found[row.server_id].append(ServerVolume(**row._mapping))
    return found


def of(tx: Tx, server_id: str) -> list[ServerVolume]:
    """The volumes of one server, oldest first."""
    return of_servers(tx, [server_id])[server_id]


def holders(tx: Tx) -> set[str]:
    """The ids of servers that have volumes."""
    return {row.server_id for row in tx.all(sa.select(volumes.c.server_id).distinct())}


def find(tx: Tx, server_id: str, volume_id: str) -> ServerVolume | None:
    """A server's volume, or None."""
    return next((one for one in of(tx, server_id) if one.volume_id == volume_id), None)


def add(tx: Tx, one: ServerVolume) -> None:
    """Keep a volume of a server."""
    tx.insert(volumes, **{column.name: getattr(one, column.name) for column in volumes.columns})


def change(tx: Tx, one: ServerVolume, **values: Any) -> None:
    """Change columns of a server's volume."""
    tx.update(volumes, {"server_id": one.server_id, "volume_id": one.volume_id}, **values)


def remove(tx: Tx, one: ServerVolume) -> None:
    """The server has the volume no more."""
    tx.delete(volumes, server_id=one.server_id, volume_id=one.volume_id)


def remove_all(tx: Tx, server_id: str) -> None:
    """The server has no volumes any more."""
    tx.delete(volumes, server_id=server_id)
