"""Host aggregates and availability zones."""

from collections.abc import Iterator
from typing import Any

import pytest

from gureum.compute.store.aggregates import aggregates_of_hosts
from tests.api.compute_kit import fresh, message, new_aggregate
from tests.cloud import Cloud

AGGREGATES = "/compute/v2.1/os-aggregates"
ZONES = "/compute/v2.1/os-availability-zone"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud(hosts=3)
    yield cloud
    cloud.close()


def act(cloud: Cloud, aggregate: dict[str, Any], **action: Any) -> Any:
    return cloud.admin.post(f"{AGGREGATES}/{aggregate['id']}/action", action, version="2.96")


def zones(cloud: Cloud) -> dict[str, list[str]]:
    found = cloud.admin.get(f"{ZONES}/detail").ok(200)["availabilityZoneInfo"]
    return {zone["zoneName"]: sorted(zone["hosts"]) for zone in found if zone["zoneName"] != "internal"}


def test_made_shown_and_taken_away(cloud: Cloud) -> None:
    made = new_aggregate(cloud.admin)
    assert (made["availability_zone"], made["deleted"], "hosts" in made) == (None, False, False)
    path = f"{AGGREGATES}/{made['id']}"
    shown = cloud.admin.get(path, version="2.40").ok(200)["aggregate"]
    assert (shown["hosts"], shown["metadata"], "uuid" in shown) == ([], {}, False)
    assert made["id"] in [one["id"] for one in cloud.admin.get(AGGREGATES).ok(200)["aggregates"]]
    assert cloud.admin.delete(path).ok(200) is None
    assert message(cloud.admin.get(path)) == f"Aggregate {made['id']} could not be found."
    assert new_aggregate(cloud.admin)["id"] > made["id"]


def test_members_see_zones_and_not_aggregates(cloud: Cloud) -> None:
    member, made = cloud.project().member, new_aggregate(cloud.admin)
    assert member.get(AGGREGATES).status == 403
    assert member.post(AGGREGATES, {"aggregate": {"name": "x"}}).status == 403
    for action in ({"add_host": {"host": "host-1"}}, {"set_metadata": {"metadata": {}}}):
        assert member.post(f"{AGGREGATES}/{made['id']}/action", action).status == 403
    assert member.get(f"{ZONES}/detail").status == 403
    shown = member.get(ZONES).ok(200)["availabilityZoneInfo"]
    assert {"zoneName": "nova", "zoneState": {"available": True}, "hosts": None} in shown
    assert "internal" not in [zone["zoneName"] for zone in shown]


def test_hosts_go_in_and_out(cloud: Cloud) -> None:
    made, other = new_aggregate(cloud.admin), new_aggregate(cloud.admin)
    for host in ("host-2", "host-1"):
        found = act(cloud, made, add_host={"host": host}).ok(200)["aggregate"]["hosts"]
    assert found == ["host-2", "host-1"]
    assert message(act(cloud, made, add_host={"host": "host-1"})) == f"Aggregate {made['id']} already has host host-1."
    assert message(act(cloud, made, add_host={"host": "no"})) == "Compute host no could not be found."
    assert act(cloud, other, add_host={"host": "host-1"}).ok(200)["aggregate"]["hosts"] == ["host-1"]
    assert cloud.admin.delete(f"{AGGREGATES}/{made['id']}").status == 400
    for host in found:
        act(cloud, made, remove_host={"host": host}).ok(200)
    answer = act(cloud, made, remove_host={"host": "host-1"})
    assert (answer.status, message(answer)) == (404, f"Cannot remove host host-1 in aggregate {made['id']}")
    act(cloud, other, remove_host={"host": "host-1"}).ok(200)
    cloud.admin.delete(f"{AGGREGATES}/{made['id']}").ok(200)


def test_metadata_is_merged(cloud: Cloud) -> None:
    made = new_aggregate(cloud.admin)
    act(cloud, made, set_metadata={"metadata": {"SSD": "true", "rack": "1"}}).ok(200)
    shown = act(cloud, made, set_metadata={"metadata": {"rack": None, "row": "2"}}).ok(200)["aggregate"]
    assert shown["metadata"] == {"SSD": "true", "row": "2"} and shown["updated_at"]
    assert act(cloud, made, set_metadata={"metadata": {"k": 5}}).status == 400


def test_an_aggregate_with_a_zone_is_one(cloud: Cloud) -> None:
    made, other = new_aggregate(cloud.admin, availability_zone="left"), new_aggregate(cloud.admin)
    shown = act(cloud, made, add_host={"host": "host-1"}).ok(200)["aggregate"]
    assert (shown["availability_zone"], shown["metadata"]) == ("left", {"availability_zone": "left"})
    assert zones(cloud) == {"left": ["host-1"], "nova": ["host-2", "host-3"]}
    services = cloud.admin.get("/compute/v2.1/os-services?host=host-1").ok(200)["services"]
    assert [one["zone"] for one in services] == ["left"]
    body = {"aggregate": {"availability_zone": "right"}}
    cloud.admin.put(f"{AGGREGATES}/{other['id']}", body).ok(200)
    answer = act(cloud, other, add_host={"host": "host-1"})
    reason = f"Cannot add host to aggregate {other['id']}. Reason: One or more hosts already in availability zone(s) "
    assert (answer.status, message(answer)) == (409, f"{reason}['left'].")
    act(cloud, other, add_host={"host": "host-2"}).ok(200)
    renamed = {"aggregate": {"name": fresh("renamed"), "availability_zone": "middle"}}
    assert cloud.admin.put(f"{AGGREGATES}/{made['id']}", renamed).ok(200)["aggregate"]["hosts"] == ["host-1"]
    assert zones(cloud) == {"middle": ["host-1"], "right": ["host-2"], "nova": ["host-3"]}
    act(cloud, made, set_metadata={"metadata": {"availability_zone": None}}).ok(200)
    act(cloud, other, remove_host={"host": "host-2"}).ok(200)
    assert zones(cloud) == {"nova": ["host-1", "host-2", "host-3"]}
    act(cloud, made, remove_host={"host": "host-1"}).ok(200)


def test_a_zone_without_an_enabled_host_is_not_available(cloud: Cloud) -> None:
    made = new_aggregate(cloud.admin, availability_zone="closed")
    act(cloud, made, add_host={"host": "host-3"}).ok(200)
    body = {"host": "host-3", "binary": "nova-compute"}
    cloud.admin.put("/compute/v2.1/os-services/disable", body).ok(200)
    shown = {
        zone["zoneName"]: zone["zoneState"]["available"] for zone in cloud.admin.get(ZONES).json["availabilityZoneInfo"]
    }
    assert shown == {"nova": True, "closed": False}
    cloud.admin.put("/compute/v2.1/os-services/enable", body).ok(200)
    act(cloud, made, remove_host={"host": "host-3"}).ok(200)


def test_names_are_taken_once_and_bad_input_changes_nothing(cloud: Cloud) -> None:
    made = new_aggregate(cloud.admin)
    before = len(cloud.admin.get(AGGREGATES).json["aggregates"])
    for body in ({"name": made["name"]}, {"name": ""}, {"name": "x", "availability_zone": "a:b"}, {"x": 1}):
        assert cloud.admin.post(AGGREGATES, {"aggregate": body}).status in (400, 409)
    assert cloud.admin.put(f"{AGGREGATES}/{made['id']}", {"aggregate": {}}).status == 400
    assert len(cloud.admin.get(AGGREGATES).json["aggregates"]) == before
    assert message(cloud.admin.get(f"{AGGREGATES}/x")) == "Invalid input received: id must be an integer"
    assert cloud.admin.get(f"{AGGREGATES}/{10**30}").status == 404


def test_the_scheduler_asks_for_the_aggregates_of_hosts(cloud: Cloud) -> None:
    fast, other = new_aggregate(cloud.admin), new_aggregate(cloud.admin)
    act(cloud, fast, set_metadata={"metadata": {"SSD": "true"}}).ok(200)
    for aggregate in (fast, other):
        act(cloud, aggregate, add_host={"host": "host-2"}).ok(200)
    found = cloud.read(lambda tx: aggregates_of_hosts(tx, ["host-1", "host-2"]))
    assert [(one.id, one.metadata) for one in found["host-2"]] == [(fast["id"], {"SSD": "true"}), (other["id"], {})]
    assert "host-1" not in found
    for aggregate in (fast, other):
        act(cloud, aggregate, remove_host={"host": "host-2"}).ok(200)
