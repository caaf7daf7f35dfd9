"""What was answered is there after the control plane's death and a power cut that tears the tail of the database's log."""

from collections.abc import Iterator

import pytest

from tests import databases
from tests.faults.storm import Storm

pytestmark = pytest.mark.skipif(databases.ON_POSTGRESQL, reason="PostgreSQL tears its own log")
CUTS = 3


@pytest.fixture
def storm() -> Iterator[Storm]:
    cloud = Storm(seed=7, hosts=1)
    yield cloud
    cloud.close()


def test_nothing_acknowledged_is_lost(storm: Storm) -> None:
    kept: set[str] = set()
    for cut in range(CUTS):
        for number in range(3):
            body = {"volume": {"size": 1, "name": f"{cut}-{number}"}}
            kept.add(storm.admin.post("/volume/v3/volumes", body).ok(202)["volume"]["id"])
        storm.crash()
        found = storm.admin.get("/volume/v3/volumes").ok(200)["volumes"]
        assert {one["id"] for one in found} == kept, f"after cut {cut}"
    storm.subside()
    states = {one["status"] for one in storm.admin.get("/volume/v3/volumes/detail").ok(200)["volumes"]}
    assert states == {"available"}, "what was accepted comes about"
    assert set(storm.world.volumes) == kept
