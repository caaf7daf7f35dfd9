"""Transfers: a project offers a volume, another one takes it with the key that was shown once."""

import hashlib
import hmac
import secrets
from typing import Any

import sqlalchemy as sa

from gureum.block_storage.service import access, quotas
from gureum.block_storage.service.filters import Condition, Filter, Listing, conditions, equals, order
from gureum.block_storage.store import snapshots, types, volumes
from gureum.block_storage.store import transfers as store
from gureum.block_storage.store.transfers import transfers
from gureum.block_storage.transfer import Transfer
from gureum.block_storage.volume import OFFERED, Volume
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.query import sorted_page
from gureum.kernel.store.tx import Tx

_KEY_BYTES = 8
SORTABLE: dict[str, sa.ColumnElement[Any]] = {
    "id": transfers.c.id,
    "name": transfers.c.name,
    "volume_id": transfers.c.volume_id,
    "created_at": transfers.c.created_at,
}
_FILTERS: dict[str, Filter] = {name: equals(column) for name, column in SORTABLE.items() if name != "created_at"}
OPEN_FILTERS = frozenset(_FILTERS)


def search(tx: Tx, caller: Caller, asked: Listing) -> list[Transfer]:
    """The transfers that the caller's project offers, or everybody's. Raises Forbidden, Invalid, NotFound for the marker."""
    policy.demand(access.SERVICE, "volume:get_all_transfers", caller)
    found: list[Condition] = []
    if not (asked.all_projects and caller.is_admin):
        found.append(transfers.c.project_id == (caller.project_id or ""))
    sorts, after = order(tx, asked, SORTABLE, transfers.c.id, store.missing)
    statement = sa.select(transfers).where(*found, *conditions(asked, _FILTERS))
    page = sorted_page(statement, sorts, after=after, limit=asked.limit)
    return [store.from_row(row) for row in tx.all(page.offset(asked.offset))]


def get(tx: Tx, caller: Caller, id: str, may: str = "volume:get_transfer") -> Transfer:
    """A transfer that the caller's project offers. Raises NotFound, Forbidden."""
    found = store.get(tx, id)
    if not (caller.is_admin or found.project_id == caller.project_id):
        raise store.missing(id)
    policy.demand(access.SERVICE, may, caller, {"project_id": found.project_id})
    return found


def create(tx: Tx, caller: Caller, volume_id: str, name: str | None, *, no_snapshots: bool) -> tuple[Transfer, str]:
    """Offer a volume that nobody holds; gives the transfer and its key, which is shown now and never again.

    Raises NotFound, Forbidden, Invalid.
    """
    tx.lock("volume", volume_id)
    volume = access.volume(tx, caller, volume_id, "volume:create_transfer")
    if volume.status != "available":
        raise Invalid("Invalid volume: status must be available")
    key, salt = secrets.token_hex(_KEY_BYTES), secrets.token_hex(_KEY_BYTES)
    transfer = Transfer(
        id=new_uuid(),
        volume_id=volume_id,
        project_id=volume.project_id,
        name=name,
        no_snapshots=no_snapshots,
        salt=salt,
        key_hash=_hash(salt, key),
        created_at=clock.now(),
    )
    store.remove_of(tx, volume_id)  # one that an administrator's word on the state left behind
    store.add(tx, transfer)
    volumes.change(tx, volume_id, status=OFFERED)
    return transfer, key


def _hash(salt: str, key: str) -> str:
    return hashlib.sha256(f"{salt}{key}".encode()).hexdigest()


def accept(tx: Tx, caller: Caller, id: str, key: str) -> Transfer:
    """Take a volume, with its snapshots unless they are not offered, into the caller's project and its quota.

    Raises NotFound, Forbidden, OverQuota, Invalid for a wrong key or a volume that is not waiting any more.
    """
    policy.demand(access.SERVICE, "volume:accept_transfer", caller, {"project_id": caller.project_id})
    transfer = store.get(tx, id)
    if not hmac.compare_digest(transfer.key_hash, _hash(transfer.salt, key)):
        raise Invalid(f"Invalid auth key: Attempt to transfer {id} with invalid auth key.")
    tx.lock("volume", transfer.volume_id)
    volume = volumes.get(tx, transfer.volume_id)
    if volume.status != OFFERED:
        raise Invalid(f"Invalid volume: Volume status must be {OFFERED}, but current status is: {volume.status}.")
    _move(tx, caller, volume, with_snapshots=not transfer.no_snapshots)
    store.remove(tx, id)
    return transfer


def _move(tx: Tx, caller: Caller, volume: Volume, *, with_snapshots: bool) -> None:
    project_id, kind = caller.project_id or "", types.get(tx, volume.type_id)
    owner = {"project_id": project_id, "user_id": caller.user_id}
    quotas.demand(tx, project_id, kind.name, volumes=1, gigabytes=volume.size, size=volume.size)
    volumes.change(tx, volume.id, status="available", **owner)
    for snapshot in snapshots.of_volume(tx, volume.id) if with_snapshots else ():
        if snapshot.status != "available":
            raise Invalid(f"Invalid snapshot: Snapshot {snapshot.id} is in state {snapshot.status}.")
        quotas.demand_snapshot(tx, project_id, kind.name, snapshot.size)
        snapshots.change(tx, snapshot.id, **owner)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Take an offer back. Raises NotFound, Forbidden."""
    transfer = get(tx, caller, id, "volume:delete_transfer")
    tx.lock("volume", transfer.volume_id)
    volume = volumes.find(tx, transfer.volume_id)
    if volume is not None and volume.status == OFFERED:
        volumes.change(tx, volume.id, status="available")
    store.remove(tx, id)
