"""Simple usage: the hours of servers that are and that were."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gureum.compute.store.servers import servers
from tests.api.compute_kit import message
from tests.api.server_kit import Kit, kit
from tests.cloud import Client, Cloud

USAGE = "/compute/v2.1/os-simple-tenant-usage"


@pytest.fixture(scope="module")
def used(cloud: Cloud) -> Kit:
    """A project with one server that is and one that was, both an hour old."""
    mine = kit(cloud)
    ids = [mine.server() for _ in range(2)]
    long_ago = int((datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1_000_000)

    def age(tx: Any) -> None:
        for id in ids:
            tx.execute(servers.update().where(servers.c.id == id).values(launched_at=long_ago))

    cloud.write(age)
    mine.gone(ids[1])
    return mine


def span(hours: float = 2) -> str:
    now = datetime.now(UTC)
    start, end = now - timedelta(hours=hours), now + timedelta(hours=1)
    return f"start={start:%Y-%m-%dT%H:%M:%S.%f}&end={end:%Y-%m-%dT%H:%M:%S.%f}"


def of_project(client: Client, query: str, version: str = "2.96") -> dict[str, Any]:
    return client.get(f"{USAGE}/{client.project_id}?{query}", version=version).ok(200)["tenant_usage"]


def test_of_the_own_project(used: Kit) -> None:
    shown = of_project(used.member, span())
    states = sorted((one["state"], one["ended_at"] is None) for one in shown["server_usages"])
    assert states == [("active", True), ("terminated", False)]
    one = next(one for one in shown["server_usages"] if one["ended_at"])
    assert 0.99 < one["hours"] < 1.1 and 3590 < one["uptime"] < 3700 and one["tenant_id"] == used.member.project_id
    assert shown["total_hours"] == pytest.approx(sum(one["hours"] for one in shown["server_usages"]))
    memory = sum(one["hours"] * one["memory_mb"] for one in shown["server_usages"])
    assert shown["total_memory_mb_usage"] == pytest.approx(memory)


def test_only_what_lived_in_the_span(used: Kit) -> None:
    assert of_project(used.member, "start=2020-01-01T00:00:00&end=2020-01-02T00:00:00") == {}
    assert len(of_project(used.member, "")["server_usages"]) == 1


def test_of_everybody_for_administrators(cloud: Cloud, used: Kit) -> None:
    assert used.member.get(USAGE).status == 403
    assert cloud.project().member.get(f"{USAGE}/{used.member.project_id}").status == 403
    found = cloud.admin.get(f"{USAGE}?{span()}", version="2.96").ok(200)["tenant_usages"]
    mine = next(one for one in found if one["tenant_id"] == used.member.project_id)
    assert "server_usages" not in mine and mine["total_hours"] > 1.9
    found = cloud.admin.get(f"{USAGE}?detailed=1&{span()}", version="2.96").ok(200)["tenant_usages"]
    assert all(one["server_usages"] for one in found)


def test_pages_since_2_40(used: Kit) -> None:
    ids: list[str] = []
    path = f"{USAGE}/{used.member.project_id}?limit=1&{span()}"
    while path:
        page = used.member.get(path, version="2.40").ok(200)
        ids += [one["instance_id"] for one in page["tenant_usage"].get("server_usages", [])]
        links = page.get("tenant_usage_links")
        path = f"{USAGE}/{used.member.project_id}?{links[0]['href'].partition('?')[2]}" if links else ""
    assert sorted(ids) == sorted(one["instance_id"] for one in of_project(used.member, span())["server_usages"])
    assert len(of_project(used.member, f"limit=1&{span()}", "2.39")["server_usages"]) == 2


def test_times_that_are_none(cloud: Cloud) -> None:
    assert message(cloud.admin.get(f"{USAGE}?start=x")) == "Invalid datetime string: Datetime is in invalid format"
    answer = cloud.admin.get(f"{USAGE}?start=2026-01-02T00:00:00&end=2026-01-01T00:00:00")
    assert message(answer) == "Invalid start time. The start time cannot occur after the end time."


def test_servers_count_in_limits_hypervisors_and_quotas(cloud: Cloud, used: Kit) -> None:
    limits = used.member.get("/compute/v2.1/limits").ok(200)["limits"]["absolute"]
    assert limits["totalInstancesUsed"] == 1 and limits["totalRAMUsed"] > 0
    id = used.member.project_id
    detail = cloud.admin.get(f"/compute/v2.1/os-quota-sets/{id}/detail").ok(200)["quota_set"]
    assert (detail["instances"]["in_use"], detail["cores"]["in_use"]) == (1, limits["totalCoresUsed"])
    answer = cloud.admin.put(f"/compute/v2.1/os-quota-sets/{id}", {"quota_set": {"instances": 0}})
    assert "must be greater than or equal to already used and reserved 1." in message(answer)
    cloud.admin.put(f"/compute/v2.1/os-quota-sets/{id}", {"quota_set": {"instances": 0, "force": True}}).ok(200)
    hypervisors = "/compute/v2.1/os-hypervisors"
    host = cloud.admin.get(f"{hypervisors}/detail").ok(200)["hypervisors"][0]
    assert host["running_vms"] >= 1 and host["vcpus_used"] >= 1 and host["memory_mb_used"] > 512
    guests = cloud.admin.get(f"{hypervisors}/host/servers").ok(200)["hypervisors"][0]["servers"]
    assert all(guest["name"].startswith("instance-") for guest in guests) and len(guests) == host["running_vms"]


def test_a_host_with_servers_cannot_be_forgotten_nor_moved(cloud: Cloud, used: Kit) -> None:
    service = cloud.admin.get("/compute/v2.1/os-services?binary=nova-compute", version="2.53").json["services"][0]
    answer = cloud.admin.delete(f"/compute/v2.1/os-services/{service['id']}", version="2.53")
    assert answer.status == 409 and "hosting instances" in message(answer)
    aggregates = "/compute/v2.1/os-aggregates"
    body = {"aggregate": {"name": "zoned", "availability_zone": "elsewhere"}}
    id = cloud.admin.post(aggregates, body).ok(200)["aggregate"]["id"]
    answer = cloud.admin.post(f"{aggregates}/{id}/action", {"add_host": {"host": "host"}})
    assert answer.status == 409 and "would change from 'None' to 'elsewhere'" in message(answer)
