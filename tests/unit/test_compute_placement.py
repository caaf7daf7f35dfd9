"""Claims: never more than there is, and given back to the last."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gureum.kernel.faults import NoCapacity
from gureum.kernel.store.database import Database
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU, Inventory
from gureum.placement.service import claims, providers
from gureum.placement.store import providers as store
from tests.databases import new_database

OWNER = {"project_id": "p", "user_id": "u"}
WANTED = {VCPU: 2, MEMORY_MB: 1024, DISK_GB: 10}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path / "x.sqlite")
    metadata.create_all(database.engine)

    def fill(tx: Tx) -> None:
        for number in range(3):
            has = {VCPU: Inventory(4), MEMORY_MB: Inventory(2048 * (number + 1)), DISK_GB: Inventory(100)}
            providers.lend(tx, [providers.Lent(f"u{number}", f"h{number}", has, "nova", available=True)])

    database.write(fill)
    yield database
    database.close()


def test_the_one_with_most_memory_comes_first(database: Database) -> None:
    assert database.read(lambda tx: claims.candidates(tx, WANTED, limit=2)) == ["u2", "u1"]
    assert database.read(lambda tx: claims.candidates(tx, WANTED, limit=2, offset=2)) == ["u0"]
    assert database.read(lambda tx: claims.candidates(tx, WANTED, name="h1", limit=9)) == ["u1"]
    assert database.read(lambda tx: claims.candidates(tx, WANTED, zone="east", limit=9)) == []
    database.write(lambda tx: providers.set_available(tx, "u2", False))
    assert database.read(lambda tx: claims.candidates(tx, WANTED, limit=9)) == ["u1", "u0"]


def test_what_is_claimed_is_not_to_be_had_again(database: Database) -> None:
    for consumer in ("a", "b"):
        database.write(lambda tx, id=consumer: claims.claim(tx, id, "u0", WANTED, **OWNER))
    with pytest.raises(NoCapacity):
        database.write(lambda tx: claims.claim(tx, "c", "u0", WANTED, **OWNER))
    assert database.read(lambda tx: claims.held(tx, "c")) == []
    assert "u0" not in database.read(lambda tx: claims.candidates(tx, WANTED, limit=9))
    free = database.read(lambda tx: providers.inventories(tx, ["u0"]))["u0"]
    assert (free[VCPU].free, free[MEMORY_MB].free, free[DISK_GB].free) == (0, 0, 80)


def test_a_claim_is_moved_and_given_back_whole(database: Database) -> None:
    before = database.read(lambda tx: providers.inventories(tx, ["u0", "u1"]))
    database.write(lambda tx: claims.claim(tx, "a", "u0", WANTED, **OWNER))
    database.write(lambda tx: claims.claim(tx, "a", "u1", WANTED, **OWNER))
    assert {provider for provider, _, _ in database.read(lambda tx: claims.held(tx, "a"))} == {"u1"}
    for _ in range(2):
        database.write(lambda tx: claims.release(tx, "a"))
    assert database.read(lambda tx: providers.inventories(tx, ["u0", "u1"])) == before


def test_a_provider_that_shrinks_keeps_what_is_held(database: Database) -> None:
    database.write(lambda tx: claims.claim(tx, "a", "u0", WANTED, **OWNER))
    small = {MEMORY_MB: Inventory(512)}
    assert database.write(lambda tx: providers.lend(tx, [providers.Lent("u0", "h0", small, "nova", True)])) == 1
    assert database.write(lambda tx: providers.lend(tx, [providers.Lent("u0", "h0", small, "nova", True)])) == 0
    found = database.read(lambda tx: providers.inventories(tx, ["u0"]))["u0"][MEMORY_MB]
    assert (found.used, found.free) == (1024, -512)


def test_a_provider_that_is_held_or_a_parent_stays(database: Database) -> None:
    database.write(lambda tx: claims.claim(tx, "a", "u0", WANTED, **OWNER))
    for uuid in ("u0", "u1"):
        database.write(lambda tx, uuid=uuid: providers.remove(tx, uuid))
    found = database.read(lambda tx: store.by_uuids(tx, ["u0", "u1"]))
    assert list(found) == ["u0"]
    assert database.read(lambda tx: claims.candidates(tx, {VCPU: 1}, limit=9)) == ["u2"]


def test_claims_raise_generations(database: Database) -> None:
    def generations() -> dict[str, int]:
        return {one.uuid: one.generation for one in database.read(lambda tx: store.matching(tx))}

    before = generations()
    database.write(lambda tx: claims.claim(tx, "a", "u0", WANTED, **OWNER))
    database.write(lambda tx: claims.claim(tx, "a", "u1", WANTED, **OWNER))
    database.write(lambda tx: claims.release(tx, "a"))
    database.write(lambda tx: claims.release(tx, "a"))
    assert [generations()[uuid] - before[uuid] for uuid in ("u0", "u1", "u2")] == [2, 2, 0]


def test_ratios_lend_more_than_there_is() -> None:
    assert Inventory(4, 0, 4.0).capacity == 16
    assert Inventory(8192, 512, 1.5).capacity == 11520
