"""Hosts by name, and extensions: what clients before microversions asked for."""

from collections.abc import Iterator

import pytest

from tests.api.server_kit import V2, Kit, kit
from tests.cloud import Cloud

PATH = f"{V2}/os-hosts"


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


def test_hosts_are_listed(cloud: Cloud) -> None:
    found = cloud.admin.get(PATH).ok(200)["hosts"]
    assert {one["service"] for one in found} == {"conductor", "scheduler", "compute"}
    host = {"host_name": cloud.first_host, "service": "compute", "zone": "nova"}
    assert host in found
    assert host in cloud.admin.get(f"{PATH}?zone=nova").ok(200)["hosts"]
    assert cloud.admin.get(f"{PATH}?service=compute").ok(200)["hosts"] == [host]
    assert cloud.admin.get(f"{PATH}?zone=").ok(200)["hosts"] == found
    assert cloud.admin.get(f"{PATH}?zone=nonesuch").ok(200)["hosts"] == []
    assert cloud.admin.get(PATH, version="2.43").status == 404


def test_a_host_tells_who_takes_what(mine: Kit) -> None:
    cloud = mine.cloud

    def resources() -> dict[str, tuple[int, int, int]]:
        found = [one["resource"] for one in cloud.admin.get(f"{PATH}/{cloud.first_host}").ok(200)["host"]]
        assert {one["host"] for one in found} == {cloud.first_host}
        return {one["project"]: (one["cpu"], one["memory_mb"], one["disk_gb"]) for one in found}

    assert mine.tenant.id not in resources()
    used = resources()["(used_now)"]
    server = mine.server()
    flavor = mine.member.get(f"{V2}/flavors/1").ok(200)["flavor"]
    taken = (flavor["vcpus"], flavor["ram"], flavor["disk"])
    assert resources()[mine.tenant.id] == taken
    assert resources()["(used_now)"] == tuple(a + b for a, b in zip(used, taken, strict=True))
    mine.gone(server)
    assert mine.tenant.id not in resources()


def test_a_host_is_disabled_and_enabled(cloud: Cloud) -> None:
    path = f"{PATH}/{cloud.first_host}"

    def state() -> str:
        found = cloud.admin.get(f"{V2}/os-services?binary=nova-compute").ok(200)["services"]
        return found[0]["status"]

    assert cloud.admin.put(path, {"status": "disable"}).ok(200) == {"host": cloud.first_host, "status": "disabled"}
    assert state() == "disabled"
    assert cloud.admin.put(path, {"status": "Enable"}).ok(200)["status"] == "enabled"
    assert state() == "enabled"
    for wrong in ({}, {"status": "invalid"}, {"host": {}}):
        assert cloud.admin.put(path, wrong).status == 400
    assert cloud.admin.put(path, {"maintenance_mode": "enable"}).status == 501


def test_nobody_switches_machines_off_here(cloud: Cloud) -> None:
    for verb in ("reboot", "shutdown", "startup"):
        assert cloud.admin.get(f"{PATH}/{cloud.first_host}/{verb}").status == 501
        assert cloud.admin.get(f"{PATH}/nonesuch/{verb}").status == 404
    assert cloud.admin.get(f"{PATH}/nonesuch").status == 404
    assert cloud.admin.put(f"{PATH}/nonesuch", {"status": "enable"}).status == 404


def test_hosts_are_for_administrators(mine: Kit) -> None:
    for path in (PATH, f"{PATH}/nonesuch", f"{PATH}/nonesuch/reboot"):
        assert mine.member.get(path).status == 403
    assert mine.member.put(f"{PATH}/nonesuch", {"status": "enable"}).status == 403


def test_extensions(mine: Kit) -> None:
    found = mine.member.get(f"{V2}/extensions").ok(200)["extensions"]
    assert "Hosts" in [one["name"] for one in found]
    one = mine.member.get(f"{V2}/extensions/os-consoles").ok(200)["extension"]
    assert one in found
    assert (one["alias"], one["name"], one["links"]) == ("os-consoles", "Consoles", [])
    assert mine.member.get(f"{V2}/extensions/os-cells").status == 404
