"""Members of images."""

from typing import Any

import sqlalchemy as sa

from gureum.image.member import Member
from gureum.image.store.tables import members
from gureum.kernel.store.tx import Tx


def find(tx: Tx, image_id: str, member_id: str) -> Member | None:
    """A member of an image, or None."""
    row = tx.one(sa.select(members).where(members.c.image_id == image_id, members.c.member_id == member_id))
    return None if row is None else Member(**row._mapping)


def of(tx: Tx, image_id: str) -> list[Member]:
    """All members of an image, in the order of their coming."""
    statement = sa.select(members).where(members.c.image_id == image_id)
    return [Member(**row._mapping) for row in tx.all(statement.order_by(members.c.created_at, members.c.member_id))]


def add(tx: Tx, member: Member) -> None:
    """Keep a new member."""
    tx.insert(members, **{column.name: getattr(member, column.name) for column in members.columns})


def change(tx: Tx, image_id: str, member_id: str, **values: Any) -> None:
    """Change a member."""
    tx.update(members, {"image_id": image_id, "member_id": member_id}, **values)


def remove(tx: Tx, image_id: str, member_id: str) -> int:
    """Forget a member; says whether there was one (0 or 1)."""
    return tx.delete(members, image_id=image_id, member_id=member_id)
