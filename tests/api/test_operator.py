"""The operator's API: rows against the world, and why a server is where it is."""

from typing import Any

from gureum.agent.drivers.sim.world import Volume
from gureum.compute.store.servers import servers
from tests.api.server_kit import kit
from tests.cloud import Cloud


def differences(cloud: Cloud) -> set[tuple[str, str, str]]:
    found: dict[str, Any] = cloud.admin.get("/gureum/v1/discrepancies").ok(200)
    assert found["unseen"] == []
    return {(one["kind"], one["id"], one["what"]) for one in found["discrepancies"]}


def at_rest(cloud: Cloud) -> None:
    cloud.wait(lambda: not cloud.admin.get("/gureum/v1/status").ok(200)["operations"], "rest")


def test_a_cloud_in_use_differs_in_nothing(cloud: Cloud) -> None:
    made = kit(cloud)
    made.server()
    made.volume()
    at_rest(cloud)
    assert differences(cloud) == set()


def test_what_has_no_row_is_an_orphan(cloud: Cloud) -> None:
    made = kit(cloud)
    id = made.server()
    at_rest(cloud)
    cloud.world.volumes.put("stray-volume", Volume(size_gib=1))
    row = cloud.world.row("router", "stray-router") or cloud.world.row("switch", made.network)
    cloud.world.write("switch", "stray-network", row)
    cloud.write(lambda tx: tx.execute(servers.delete().where(servers.c.id == id)))
    assert differences(cloud) == {
        ("volume", "stray-volume", "orphan"),
        ("network", "stray-network", "orphan"),
        ("server", id, "orphan"),
    }
    cloud.world.volumes.drop("stray-volume")
    cloud.world.write("switch", "stray-network", None)
    cloud.world.drop_guest(cloud.first_host, id)
    assert differences(cloud) == set()


def test_what_has_a_row_and_is_nowhere_is_missing(cloud: Cloud) -> None:
    made = kit(cloud)
    id, volume = made.server(), made.volume()
    at_rest(cloud)
    cloud.world.drop_guest(cloud.first_host, id)
    cloud.world.volumes.drop(volume)
    assert differences(cloud) == {("server", id, "missing"), ("volume", volume, "missing")}
    made.gone(id)
    made.member.delete(f"/volume/v3/volumes/{volume}").ok(202)
    at_rest(cloud)
    assert differences(cloud) == set()


def test_an_agent_that_is_away_is_not_asked(cloud: Cloud) -> None:
    cloud.disconnect_agent()
    cloud.wait(lambda: not cloud.admin.get("/gureum/v1/status").ok(200)["agents"][0]["up"], "the agent's end")
    assert cloud.admin.get("/gureum/v1/discrepancies").ok(200) == {"discrepancies": [], "unseen": []}
    cloud.connect_agent()


def test_why_tells_members_counts_and_administrators_hosts(cloud: Cloud) -> None:
    made = kit(cloud)
    big = {"flavor": {"name": "big", "ram": 64, "vcpus": 1, "disk": 90_000, "id": "big"}}
    cloud.admin.post("/compute/v2.1/flavors", big).ok(200)
    id = made.create("wish", flavorRef="big")
    made.rest(id, "ERROR")
    told = made.member.get(f"/gureum/v1/why/{id}").ok(200)["why"]
    assert told["refused_by_filter"] == {"DiskFilter": 1}
    assert "refused" not in told
    assert "host" not in told
    assert told["fault"].startswith("No valid host was found.")
    (refused,) = cloud.admin.get("/gureum/v1/why/wish").ok(200)["why"]["refused"]
    assert refused["host"] == cloud.first_host
    assert refused["reason"].startswith("90000 GiB of disk wanted, ")
    assert cloud.project().member.get(f"/gureum/v1/why/{id}").status == 404


def test_the_operators_api_is_the_operators(cloud: Cloud) -> None:
    member = cloud.project().member
    for path in ("/gureum/v1/status", "/gureum/v1/discrepancies"):
        assert member.get(path).status == 403
        assert cloud.anonymous().get(path).status == 401
