"""What `gureum doctor` asks the cloud: rows against the world, strays among the rows, and the mending of both."""

from typing import Any

import pytest
import sqlalchemy as sa

from gureum.agent.drivers.sim.world import Guest, Kept, Volume
from gureum.block_storage.store.volumes import volumes
from gureum.compute.store.servers import servers
from gureum.contracts.hypervisor import EnsureDomain, VolumeDisk
from gureum.kernel.store.tx import Tx
from gureum.placement.store.allocations import allocations
from gureum.placement.store.inventories import inventories
from tests.api.server_kit import Kit, kit
from tests.cloud import Cloud


def told(cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = cloud.admin.get("/gureum/v1/discrepancies").ok(200)
    assert found["unseen"] == []
    return found


def differences(cloud: Cloud) -> set[tuple[str, str, str]]:
    return {(one["kind"], one["id"], one["what"]) for one in told(cloud)["discrepancies"]}


def mend(cloud: Cloud, *wrong: dict[str, Any]) -> set[str]:
    """Ask for it; the ids of what was begun."""
    named = [{name: one.get(name) for name in ("kind", "id", "what", "agent")} for one in wrong]
    begun = cloud.admin.post("/gureum/v1/discrepancies/mend", {"mend": named}).ok(200)["begun"]
    return {one["id"] for one in begun}


def at_rest(cloud: Cloud) -> None:
    cloud.wait(lambda: not cloud.admin.get("/gureum/v1/status").ok(200)["operations"], "rest")


@pytest.fixture
def made(cloud: Cloud) -> Kit:
    return kit(cloud)


@pytest.fixture(autouse=True)
def clean(cloud: Cloud) -> Any:
    """Nothing is wrong before or after a test."""
    at_rest(cloud)
    yield
    at_rest(cloud)
    found = told(cloud)
    assert (found["discrepancies"], found["astray"], found["too_wide"]) == ([], [], [])


def test_a_cloud_in_use_is_content(cloud: Cloud, made: Kit) -> None:
    made.server()
    made.volume()
    at_rest(cloud)
    assert differences(cloud) == set()


def strange_guest(cloud: Cloud, id: str) -> None:
    root = VolumeDisk(device="vda", volume_id="none", source={"path": "/nowhere", "format": "raw"})  # type: ignore[arg-type]
    spec = EnsureDomain(server_id=id, name="instance-strange", vcpus=1, memory_mib=64, power="running", root=root)
    cloud.world.keep_guest(Guest(host=cloud.first_host, spec=spec))


def test_orphans_go(cloud: Cloud, made: Kit) -> None:
    id = made.server()
    at_rest(cloud)
    port = next(iter(cloud.world.written("port").values()))
    for kind in ("switch", "port", "router", "group"):
        cloud.world.write(kind, f"stray-{kind}", port)
    cloud.world.stray_taps.put(f"{cloud.first_host}/stray-tap", "planted")
    cloud.world.volumes.put("stray-volume", Volume(size_gib=1))
    cloud.world.snapshots.put("stray-snapshot", Kept(size_gib=1))
    strange_guest(cloud, "stray-server")
    kinds = {"network": "switch", "port": "port", "router": "router", "security_group": "group", "tap": "tap"}
    orphans = {(kind, f"stray-{name}", "orphan") for kind, name in kinds.items()}
    orphans |= {("volume", "stray-volume", "orphan"), ("server", "stray-server", "orphan")}
    orphans.add(("volume_snapshot", "stray-snapshot", "orphan"))
    assert differences(cloud) == orphans
    assert mend(cloud, *told(cloud)["discrepancies"]) == {id for _, id, _ in orphans}
    at_rest(cloud)
    assert differences(cloud) == set()
    assert made.show(id)["status"] == "ACTIVE", "what is owned is left alone"


def test_what_was_never_asked_for_is_strange(cloud: Cloud, made: Kit) -> None:
    id, volume = made.server(), made.volume()
    made.server("other")
    at_rest(cloud)
    cloud.write(lambda tx: tx.execute(servers.delete().where(servers.c.id == id)))
    cloud.world.volumes.put("of-a-time-unknown", Volume(size_gib=1))
    strange = {one["id"]: one["strange"] for one in told(cloud)["discrepancies"]}
    assert strange == {id: False, "of-a-time-unknown": True}
    mend(cloud, *told(cloud)["discrepancies"])
    at_rest(cloud)
    mend(cloud, *told(cloud)["astray"])
    assert volume in cloud.world.volumes


def test_what_connects_a_strange_guest_is_strange(cloud: Cloud, made: Kit) -> None:
    id = made.server()
    at_rest(cloud)
    port = next(iter(cloud.world.written("port").values()))
    asked = {"port": {"network_id": made.network}}
    gone = made.member.post("/network/v2.0/ports", asked).ok(201)["port"]["id"]
    made.member.delete(f"/network/v2.0/ports/{gone}").ok(204)
    at_rest(cloud)
    cloud.world.write("port", gone, port)
    for kind in ("switch", "port", "router", "group"):
        cloud.world.write(kind, f"alien-{kind}", port)
    cloud.world.stray_taps.put(f"{cloud.first_host}/alien-tap", "planted")
    cloud.world.stray_taps.put(f"{cloud.first_host}/{gone}", "planted")
    alone = {one["id"]: one["strange"] for one in told(cloud)["discrepancies"]}
    assert set(alone.values()) == {False}
    strange_guest(cloud, "alien-server")
    found = {(one["kind"], one["id"]): one["strange"] for one in told(cloud)["discrepancies"]}
    assert {key for key, strange in found.items() if not strange} == {("port", gone), ("tap", gone)}
    assert len(found) == len(alone) + 2
    mend(cloud, *told(cloud)["discrepancies"])
    at_rest(cloud)
    assert made.show(id)["status"] == "ACTIVE"


def test_what_is_owned_is_never_discarded(cloud: Cloud, made: Kit) -> None:
    id, volume = made.server(), made.volume()
    at_rest(cloud)
    agent = cloud.first_host
    wrong = [{"kind": "server", "id": id}, {"kind": "volume", "id": volume}, {"kind": "network", "id": made.network}]
    assert mend(cloud, *({"what": "orphan", "agent": agent} | one for one in wrong)) == set()
    assert mend(cloud, *({"what": "astray"} | one for one in wrong)) == set()
    assert mend(cloud, {"kind": "nonsense", "id": "x", "what": "orphan", "agent": agent}) == set()
    assert made.show(id)["status"] == "ACTIVE"


def test_what_can_be_made_again_is(cloud: Cloud, made: Kit) -> None:
    made.server()
    at_rest(cloud)
    for kind in ("switch", "port", "group"):
        for id in cloud.world.written(kind):
            cloud.world.write(kind, id, None)
    wrong = told(cloud)["discrepancies"]
    assert {one["what"] for one in wrong} == {"missing"}
    assert all(one["mendable"] for one in wrong)
    mend(cloud, *wrong)
    at_rest(cloud)


def test_what_is_lost_is_told_and_not_made_up(cloud: Cloud, made: Kit) -> None:
    id, volume = made.server(), made.volume()
    at_rest(cloud)
    cloud.world.drop_guest(cloud.first_host, id)
    cloud.world.answering.drop(f"{cloud.first_host}/{id}")
    cloud.world.volumes.drop(volume)
    assert differences(cloud) == {("server", id, "missing"), ("volume", volume, "missing")}
    assert not any(one["mendable"] for one in told(cloud)["discrepancies"])
    assert mend(cloud, *told(cloud)["discrepancies"]) == set()
    made.gone(id)
    made.member.delete(f"/volume/v3/volumes/{volume}").ok(202)


def claim_of_nobody(tx: Tx) -> None:
    row = tx.one(sa.select(inventories))
    assert row is not None
    key = {"provider": row.provider, "resource_class": row.resource_class}
    tx.insert(allocations, consumer="nobody", amount=3, **key)
    tx.update(inventories, key, used=row.used + 3, free=row.free - 3)


def miscount(tx: Tx) -> None:
    tx.execute(inventories.update().values(used=inventories.c.used + 1, free=inventories.c.free - 1))


def test_strays_are_settled(cloud: Cloud, made: Kit) -> None:
    id, stuck, volume = made.server(), made.server(), made.volume()
    attached = made.volume()
    made.member.post(
        f"/compute/v2.1/servers/{id}/os-volume_attachments", {"volumeAttachment": {"volumeId": attached}}
    ).ok(200)
    made.volume_is(attached, "in-use")
    at_rest(cloud)
    cloud.world.drop_guest(cloud.first_host, id)
    cloud.world.answering.drop(f"{cloud.first_host}/{id}")

    def plant(tx: Tx) -> None:
        claim_of_nobody(tx)
        miscount(tx)
        tx.execute(servers.delete().where(servers.c.id == id))
        tx.update(servers, {"id": stuck}, task_state="deleting")
        tx.update(volumes, {"id": volume}, status="in-use")

    cloud.write(plant)
    kinds = [(one["kind"], one["id"]) for one in told(cloud)["astray"]]
    assert {("claim", "nobody"), ("claim", id), ("device", id), ("disks", id), ("task", stuck), ("volume", volume)} <= {
        *kinds
    }
    assert "usage" in {kind for kind, _ in kinds}
    for one in told(cloud)["astray"]:
        assert one["id"] in one["says"]
    mend(cloud, *told(cloud)["astray"])
    at_rest(cloud)
    assert told(cloud)["astray"] == []
    assert made.show(stuck)["status"] == "ACTIVE"
    made.volume_is(volume, "available")
    made.volume_is(attached, "available")


def test_clocks_and_packets_of_hosts(cloud: Cloud, made: Kit) -> None:
    made.server()
    at_rest(cloud)
    assert [abs(one["ahead"]) < 0.5 for one in told(cloud)["clocks"]] == [True]
    cloud.world.clock_ahead = -30
    assert [-30.5 < one["ahead"] < -29 for one in told(cloud)["clocks"]] == [True]
    cloud.world.clock_ahead = 0
    cloud.world.mtu = 1400
    narrow = told(cloud)["too_wide"]
    assert {"network": made.network, "mtu": 1442, "agent": cloud.first_host, "carries": 1400} in narrow
    cloud.world.mtu = 9000


def test_an_agent_that_is_away_is_not_asked(cloud: Cloud) -> None:
    cloud.disconnect_agent()
    cloud.wait(lambda: not cloud.admin.get("/gureum/v1/status").ok(200)["agents"][0]["up"], "the agent's end")
    assert told(cloud)["discrepancies"] == []
    assert told(cloud)["clocks"] == []
    cloud.connect_agent()


def test_only_the_operator_asks_and_mends(cloud: Cloud) -> None:
    member = cloud.project().member
    path = "/gureum/v1/discrepancies"
    assert member.get(path).status == 403
    assert cloud.anonymous().get(path).status == 401
    assert member.post(f"{path}/mend", {"mend": []}).status == 403
    assert cloud.anonymous().post(f"{path}/mend", {"mend": []}).status == 401
    assert cloud.admin.post(f"{path}/mend", {"mend": [{"kind": "server"}]}).status == 400
