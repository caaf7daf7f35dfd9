"""Quotas: limits are rows, usage is counted from the resources' own rows, under a lock, in the transaction that adds."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from gureum.kernel.faults import OverQuota
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx

_KEY = 64
limits = sa.Table(
    "quota_limits",
    metadata,
    sa.Column("service", sa.String(32), primary_key=True),
    sa.Column("project_id", sa.String(_KEY), primary_key=True),
    sa.Column("resource", sa.String(64), primary_key=True),
    sa.Column("amount", sa.BigInteger, nullable=False),
    info={"journal": "quota"},
)

UNLIMITED = -1
CLASS_DEFAULT = "class:default"
"""Stands in the project's place for limits that an operator set for everybody."""


def class_key(name: str) -> str:
    """What stands in the project's place for a quota class; of a name that is too long, its digest."""
    key = f"class:{name}"
    return key if len(key) <= _KEY else f"class:{hashlib.sha256(name.encode()).hexdigest()[: _KEY - 6]}"


class Quotas:
    """The quotas of one service: names with defaults, and how the usage of each is counted."""

    def __init__(self, service: str, defaults: Mapping[str, int]) -> None:
        self.service = service
        self.defaults = dict(defaults)

    def of(self, tx: Tx, project_id: str) -> dict[str, int]:
        """Every limit in force for a project."""
        found = dict(self.defaults)
        rows = tx.all(
            sa.select(limits.c.project_id, limits.c.resource, limits.c.amount)
            .where(limits.c.service == self.service, limits.c.project_id.in_([CLASS_DEFAULT, project_id]))
            .order_by(limits.c.project_id == project_id)
        )
        found.update({row.resource: row.amount for row in rows if row.resource in found})
        return found

    def set(self, tx: Tx, project_id: str, amounts: Mapping[str, int]) -> None:
        """Give a project limits of its own."""
        for resource, amount in amounts.items():
            key = {"service": self.service, "project_id": project_id, "resource": resource}
            if not tx.update(limits, key, amount=amount):
                tx.insert(limits, **key, amount=amount)

    def reset(self, tx: Tx, project_id: str) -> None:
        """Give a project the defaults again."""
        for row in tx.all(
            sa.select(limits.c.resource).where(limits.c.service == self.service, limits.c.project_id == project_id)
        ):
            tx.delete(limits, service=self.service, project_id=project_id, resource=row.resource)

    def hold(self, tx: Tx, project_id: str) -> None:
        """Keep others from adding to what the project has until this transaction ends. What is counted before counts nothing."""
        tx.lock("quota", f"{self.service}/{project_id}")

    def check(self, tx: Tx, project_id: str, wanted: Mapping[str, int], used: Callable[[str], int]) -> None:
        """Refuse what would exceed a limit.

        `used(resource)` counts rows; it is called with the project's quota locked, so that nobody else can add until the
        transaction ends. Raises OverQuota with `about`: resource, limit, used, requested of the first that is exceeded, and
        `over`: the same for all of them.
        """
        self.hold(tx, project_id)
        amounts = self.of(tx, project_id)
        over: list[dict[str, Any]] = []
        for resource, requested in wanted.items():
            limit = amounts[resource]
            if limit == UNLIMITED or requested <= 0:
                continue
            present = used(resource)
            if present + requested > limit:
                over.append({"resource": resource, "limit": limit, "used": present, "requested": requested})
        if over:
            first = over[0]
            raise OverQuota(
                f"Quota exceeded for {first['resource']}: Requested {first['requested']}, but already used "
                f"{first['used']} of {first['limit']}",
                name="OverQuota",
                over=over,
                **first,
            )
