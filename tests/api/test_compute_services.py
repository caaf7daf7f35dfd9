"""Compute services: what runs where, and an operator's switches."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.compute_kit import message
from tests.cloud import Cloud

SERVICES = "/compute/v2.1/os-services"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud(hosts=2)
    yield cloud
    cloud.close()


def listed(cloud: Cloud, query: str = "") -> list[dict[str, Any]]:
    return cloud.admin.get(f"{SERVICES}?{query}", version="2.96").ok(200)["services"]


def of_host(cloud: Cloud, host: str = "host-1") -> dict[str, Any]:
    return listed(cloud, f"binary=nova-compute&host={host}")[0]


def test_the_control_plane_and_every_host(cloud: Cloud) -> None:
    found = listed(cloud)
    assert sorted((one["binary"], one["zone"]) for one in found) == [
        ("nova-compute", "nova"),
        ("nova-compute", "nova"),
        ("nova-conductor", "internal"),
        ("nova-scheduler", "internal"),
    ]
    assert {(one["status"], one["state"], one["forced_down"]) for one in found} == {("enabled", "up", False)}
    assert len({one["id"] for one in found}) == 4
    numbers = [one["id"] for one in cloud.admin.get(SERVICES).ok(200)["services"]]
    assert len(set(numbers)) == 4 and all(isinstance(number, int) for number in numbers)


def test_filters(cloud: Cloud) -> None:
    assert sorted(one["host"] for one in listed(cloud, "binary=nova-compute")) == ["host-1", "host-2"]
    assert [one["binary"] for one in listed(cloud, "host=host-2")] == ["nova-compute"]
    assert listed(cloud, "host=nowhere") == []


def test_members_may_not(cloud: Cloud) -> None:
    member, id = cloud.project().member, of_host(cloud)["id"]
    assert member.get(SERVICES).status == 403
    assert member.put(f"{SERVICES}/{id}", {"status": "disabled"}, version="2.53").status == 403
    assert member.put(f"{SERVICES}/disable", {"host": "host-1", "binary": "nova-compute"}).status == 403
    assert member.delete(f"{SERVICES}/{id}", version="2.53").status == 403


def test_disabled_with_a_reason_and_enabled(cloud: Cloud) -> None:
    path = f"{SERVICES}/{of_host(cloud)['id']}"
    body = {"status": "disabled", "disabled_reason": "new fans"}
    assert cloud.admin.put(path, body, version="2.53").ok(200)["service"]["disabled_reason"] == "new fans"
    found = of_host(cloud)
    assert (found["status"], found["disabled_reason"], found["state"]) == ("disabled", "new fans", "up")
    assert cloud.admin.put(path, {"status": "enabled", "disabled_reason": "x"}, version="2.53").status == 400
    cloud.admin.put(path, {"status": "enabled"}, version="2.53").ok(200)
    assert (of_host(cloud)["status"], of_host(cloud)["disabled_reason"]) == ("enabled", None)


def test_forced_down(cloud: Cloud) -> None:
    path = f"{SERVICES}/{of_host(cloud)['id']}"
    down = cloud.admin.put(path, {"forced_down": True}, version="2.53").ok(200)["service"]
    assert (down["forced_down"], down["state"]) == (True, "down")
    assert cloud.admin.put(path, {"forced_down": False}, version="2.53").ok(200)["service"]["state"] == "up"


def test_as_old_clients_say_it(cloud: Cloud) -> None:
    body = {"host": "host-1", "binary": "nova-compute"}

    def put(verb: str, version: str = "2.1", **more: Any) -> Any:
        return cloud.admin.put(f"{SERVICES}/{verb}", body | more, version=version)

    assert put("disable").ok(200) == {"service": body | {"status": "disabled"}}
    assert put("enable").ok(200) == {"service": body | {"status": "enabled"}}
    shown = put("disable-log-reason", disabled_reason="why").ok(200)
    assert shown == {"service": body | {"status": "disabled", "disabled_reason": "why"}}
    assert of_host(cloud)["disabled_reason"] == "why"
    put("enable").ok(200)
    assert put("disable-log-reason").status == 400
    assert put("force-down", forced_down=True).status == 400
    assert put("force-down", "2.11", forced_down=True).ok(200) == {"service": body | {"forced_down": True}}
    put("force-down", "2.11", forced_down=False).ok(200)
    assert put("bogus").status == 404
    answer = put("disable", host="nowhere")
    assert (answer.status, message(answer)) == (404, "Could not find binary nova-compute on host nowhere.")
    assert put("disable", "2.53").status == 400


def test_processes_of_the_control_plane_have_no_switches(cloud: Cloud) -> None:
    def scheduler() -> dict[str, Any]:
        found: dict[str, Any] = listed(cloud, "binary=nova-scheduler")[0]
        return found | {"updated_at": "now"}

    one = scheduler()
    answer = cloud.admin.put(f"{SERVICES}/{one['id']}", {"status": "disabled"}, version="2.53")
    assert answer.status == 400 and "Must be a nova-compute service" in message(answer)
    assert cloud.admin.delete(f"{SERVICES}/{one['id']}", version="2.53").status == 409
    assert scheduler() == one


def test_a_host_that_is_gone_can_be_forgotten(cloud: Cloud) -> None:
    gone = of_host(cloud, "host-2")
    path = f"{SERVICES}/{gone['id']}"
    assert cloud.admin.delete(path, version="2.53").status == 409
    cloud.disconnect_agent()
    cloud.wait(lambda: of_host(cloud, "host-2")["state"] == "down", "the host's end")
    cloud.admin.delete(path, version="2.53").ok(204)
    assert [one["host"] for one in listed(cloud, "binary=nova-compute")] == ["host-1"]
    assert cloud.admin.delete(path, version="2.53").status == 404
    cloud.connect_agent()
    cloud.wait(lambda: len(listed(cloud, "binary=nova-compute")) == 2, "the hosts' return")
    assert of_host(cloud, "host-2")["id"] != gone["id"]
