"""Hypervisors: hosts as administrators look at them."""

import json
from collections.abc import Iterator

import pytest

from tests.api.compute_kit import message
from tests.cloud import Cloud

HYPERVISORS = "/compute/v2.1/os-hypervisors"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud(hosts=3)
    yield cloud
    cloud.close()


def test_what_a_host_has(cloud: Cloud) -> None:
    found = cloud.admin.get(f"{HYPERVISORS}/detail").ok(200)["hypervisors"][0]
    assert (found["state"], found["status"]) == ("up", "enabled")
    assert (found["vcpus_used"], found["memory_mb_used"], found["running_vms"]) == (0, 512, 0)
    assert found["free_ram_mb"] == found["memory_mb"] - 512
    assert json.loads(found["cpu_info"])["arch"] == "x86_64"
    assert cloud.admin.get(f"{HYPERVISORS}/{found['id']}").ok(200)["hypervisor"] == found


def test_uuids_since_2_53_and_no_sizes_since_2_88(cloud: Cloud) -> None:
    pattern = "hypervisor_hostname_pattern=host-1"
    id = cloud.admin.get(f"{HYPERVISORS}?{pattern}", version="2.53").ok(200)["hypervisors"][0]["id"]
    old = cloud.admin.get(f"{HYPERVISORS}/{id}", version="2.87").ok(200)["hypervisor"]
    assert old["cpu_info"]["arch"] == "x86_64" and "uptime" not in old
    new = cloud.admin.get(f"{HYPERVISORS}/{id}", version="2.88").ok(200)["hypervisor"]
    assert "vcpus" not in new and new["uptime"] is None
    service = cloud.admin.get("/compute/v2.1/os-services?host=host-1", version="2.53").json["services"][0]
    assert new["service"] == {"id": service["id"], "host": "host-1", "disabled_reason": None}
    assert cloud.admin.get(f"{HYPERVISORS}/{id}", version="2.52").status == 404
    assert message(cloud.admin.get(f"{HYPERVISORS}/1", version="2.53")) == "Invalid uuid 1"


def test_members_may_not(cloud: Cloud) -> None:
    member = cloud.project().member
    for path in ("", "/detail", "/statistics", "/1", "/host/search", "/host/servers"):
        assert member.get(f"{HYPERVISORS}{path}").status == 403


@pytest.mark.parametrize("version", ["2.33", "2.53", "2.96"])
def test_pages(cloud: Cloud, version: str) -> None:
    page = cloud.admin.get(f"{HYPERVISORS}?limit=2", version=version).ok(200)
    seen = [one["hypervisor_hostname"] for one in page["hypervisors"]]
    assert len(seen) == 2
    rest = page["hypervisors_links"][0]["href"].partition("?")[2]
    page = cloud.admin.get(f"{HYPERVISORS}?{rest}", version=version).ok(200)
    seen += [one["hypervisor_hostname"] for one in page["hypervisors"]]
    assert sorted(seen) == ["host-1", "host-2", "host-3"]


def test_by_name(cloud: Cloud) -> None:
    found = cloud.admin.get(f"{HYPERVISORS}?hypervisor_hostname_pattern=t-2", version="2.53").ok(200)["hypervisors"]
    assert [one["hypervisor_hostname"] for one in found] == ["host-2"]
    both = cloud.admin.get(f"{HYPERVISORS}?hypervisor_hostname_pattern=t-2&limit=1", version="2.53")
    assert both.status == 400
    answer = cloud.admin.get(f"{HYPERVISORS}?hypervisor_hostname_pattern=zz", version="2.53")
    assert (answer.status, message(answer)) == (404, "No hypervisor matching 'zz' could be found.")
    assert len(cloud.admin.get(f"{HYPERVISORS}/host/search").ok(200)["hypervisors"]) == 3
    assert cloud.admin.get(f"{HYPERVISORS}/zz/servers").status == 404
    assert "servers" not in cloud.admin.get(f"{HYPERVISORS}/host-1/servers").ok(200)["hypervisors"][0]
    assert cloud.admin.get(f"{HYPERVISORS}/host-1/search", version="2.53").status == 404


def test_statistics_until_2_87(cloud: Cloud) -> None:
    found = cloud.admin.get(f"{HYPERVISORS}/statistics", version="2.87").ok(200)["hypervisor_statistics"]
    one = cloud.admin.get(f"{HYPERVISORS}/detail", version="2.87").ok(200)["hypervisors"][0]
    assert (found["count"], found["vcpus"], found["memory_mb_used"]) == (3, 3 * one["vcpus"], 3 * 512)
    assert cloud.admin.get(f"{HYPERVISORS}/statistics", version="2.88").status == 404


def test_guests_on_demand(cloud: Cloud) -> None:
    found = cloud.admin.get(f"{HYPERVISORS}?with_servers=true", version="2.75").ok(200)["hypervisors"]
    assert [one["servers"] for one in found] == [[], [], []]
    found = cloud.admin.get(f"{HYPERVISORS}?with_servers=true", version="2.74").ok(200)["hypervisors"]
    assert all("servers" not in one for one in found)
    assert cloud.admin.get(f"{HYPERVISORS}?with_servers=perhaps", version="2.53").status == 400
