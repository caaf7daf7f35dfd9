"""Tags of servers."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from gureum.kernel.store.query import has_all
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

tags = sa.Table(
    "server_tags",
    metadata,
    sa.Column("server_id", sa.String(36), primary_key=True),
    sa.Column("tag", sa.String(60), primary_key=True),
    sa.Index("ix_server_tags_tag", "tag"),
)


_OF_SERVERS = (
    sa.select(tags)
    .where(tags.c.server_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(tags.c.server_id, tags.c.tag)
)


def of_servers(tx: Tx, ids: Sequence[str]) -> dict[str, list[str]]:
    """The tags of several servers, in the order of the alphabet."""
    found: dict[str, list[str]] = {id: [] for id in ids}
    for row in tx.all(_OF_SERVERS, ids=ids):
        found[row.server_id].append(row.tag)
    return found


def of(tx: Tx, server_id: str) -> list[str]:
    """The tags of one server."""
    return of_servers(tx, [server_id])[server_id]


def replace(tx: Tx, server_id: str, wanted: Iterable[str]) -> None:
    """Make a server's tags exactly these."""
    remove_all(tx, server_id)
    for tag in sorted(set(wanted)):
        tx.insert(tags, server_id=server_id, tag=tag)


def add(tx: Tx, server_id: str, tag: str) -> None:
    """Give a server one more tag."""
    tx.insert(tags, server_id=server_id, tag=tag)


def remove(tx: Tx, server_id: str, tag: str) -> bool:
    """Take a tag away; says whether it was there."""
    return bool(tx.delete(tags, server_id=server_id, tag=tag))


def remove_all(tx: Tx, server_id: str) -> None:
    """Take all tags away."""
    tx.delete(tags, server_id=server_id)


def filters(
    server_id: sa.ColumnElement[str], have: Iterable[str], any_of: Iterable[str]
) -> list[sa.ColumnElement[bool]]:
    """Conditions that a server has all tags of `have`, and one of `any_of` where that names any."""
    found = [has_all(server_id, tags.c.server_id, (tags.c.tag,), ((tag,) for tag in have))]
    wanted = list(any_of)
    if wanted:
        found.append(server_id.in_(sa.select(tags.c.server_id).where(tags.c.tag.in_(wanted))))
    return found
