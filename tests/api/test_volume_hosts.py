"""Hosts of volumes, what their storage can do, and extensions."""

from urllib.parse import quote

from tests.api.volume_setup import V3, gone, ready
from tests.cloud import Cloud


def pool(cloud: Cloud) -> str:
    """The host's name of the one pool."""
    found = cloud.admin.get(f"{V3}/os-hosts?service=cinder-volume").ok(200)["hosts"]
    assert len(found) == 1
    return found[0]["host_name"]


def test_hosts_are_listed(cloud: Cloud) -> None:
    found = cloud.admin.get(f"{V3}/os-hosts").ok(200)["hosts"]
    assert {one["service"] for one in found} == {"cinder-volume", "cinder-scheduler"}
    assert {(one["service-status"], one["service-state"], one["zone"]) for one in found} == {
        ("available", "enabled", "nova")
    }
    services = cloud.admin.get(f"{V3}/os-services?binary=cinder-volume").ok(200)["services"]
    assert [one["host"] for one in services] == [pool(cloud)]


def test_a_host_tells_what_is_kept_on_it(cloud: Cloud) -> None:
    tenant = cloud.project("member")

    def kept() -> dict[str, tuple[str, ...]]:
        found = [one["resource"] for one in cloud.admin.get(f"{V3}/os-hosts/{pool(cloud)}").ok(200)["host"]]
        names = ("volume_count", "total_volume_gb", "snapshot_count", "total_snapshot_gb")
        return {one["project"]: tuple(one[name] for name in names) for one in found}

    before = kept()["(total)"]
    volume = ready(cloud, tenant.member, size=3)
    body = {"snapshot": {"volume_id": volume["id"], "name": "s"}}
    snapshot = tenant.member.post(f"{V3}/snapshots", body).ok(202)["snapshot"]
    path = f"{V3}/snapshots/{snapshot['id']}"
    cloud.wait(lambda: tenant.member.get(path).ok(200)["snapshot"]["status"] == "available", "the snapshot")
    assert kept()[tenant.id] == ("1", "3", "1", "3")
    assert [int(now) - int(then) for now, then in zip(kept()["(total)"], before, strict=True)] == [1, 3, 1, 3]
    tenant.member.delete(path).ok(202)
    cloud.wait(lambda: tenant.member.get(path).status == 404, "the end of the snapshot")
    tenant.member.delete(f"{V3}/volumes/{volume['id']}").ok(202)
    gone(cloud, tenant.member, volume["id"])
    assert tenant.id not in kept()
    assert cloud.admin.get(f"{V3}/os-hosts/nonesuch").status == 404


def test_capabilities_are_the_pools(cloud: Cloud) -> None:
    pools = cloud.admin.get(f"{V3}/scheduler-stats/get_pools?detail=true").ok(200)["pools"]
    for name in (pools[0]["name"], pool(cloud)):
        found = cloud.admin.get(f"{V3}/capabilities/{quote(name, safe='')}").ok(200)
        for key in ("vendor_name", "volume_backend_name", "storage_protocol", "pool_name", "driver_version"):
            assert found[key] == pools[0]["capabilities"][key]
        assert found["namespace"] == f"OS::Storage::Capabilities::{pool(cloud)}"
    assert cloud.admin.get(f"{V3}/capabilities/nonesuch").status == 404


def test_they_are_for_administrators(cloud: Cloud) -> None:
    member = cloud.project("member").member
    for path in ("os-hosts", "os-hosts/nonesuch", "capabilities/nonesuch"):
        assert member.get(f"{V3}/{path}").status == 403


def test_extensions(cloud: Cloud) -> None:
    member = cloud.project("member").member
    found = member.get(f"{V3}/extensions").ok(200)["extensions"]
    assert "Hosts" in [one["name"] for one in found]
    assert member.get(f"{V3}/extensions/os-hosts").ok(200)["extension"] in found
    assert member.get(f"{V3}/extensions/backups").status == 404
