"""Policy documents of other services."""

from typing import Any

import sqlalchemy as sa

from gureum.identity.store.listing import Listing, listed
from gureum.identity.stored_policy import StoredPolicy
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("type", sa.String(255), nullable=False),
    sa.Column("blob", sa.Text, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),
    info={"journal": "policy"},
)


def find(tx: Tx, id: str) -> StoredPolicy | None:
    """A policy by id, or None."""
    row = tx.one(sa.select(policies).where(policies.c.id == id))
    return None if row is None else StoredPolicy(**row._mapping)


def search(tx: Tx, listing: Listing) -> list[StoredPolicy]:
    """The policies that a list request means."""
    return [StoredPolicy(**row._mapping) for row in tx.all(listed(policies, listing))]


def add(tx: Tx, policy: StoredPolicy) -> None:
    """Keep a new policy."""
    tx.insert(policies, id=policy.id, type=policy.type, blob=policy.blob, extra=policy.extra)


def change(tx: Tx, id: str, **values: Any) -> None:
    """Change columns of a policy."""
    tx.update(policies, {"id": id}, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget a policy."""
    tx.delete(policies, id=id)
