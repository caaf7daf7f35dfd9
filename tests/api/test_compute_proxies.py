"""Other services' things by way of the compute API, as clients before 2.36 have them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api import image_kit
from tests.api.network_scene import external
from tests.api.server_kit import NET, V2, Kit, kit
from tests.cloud import Client, Cloud, Response

NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


@pytest.mark.parametrize(
    "path",
    [
        *("images", "images/detail", "os-volumes", "os-snapshots", "os-networks", "os-tenant-networks"),
        *("os-floating-ips", "os-floating-ip-pools", "os-security-groups"),
    ],
)
def test_they_end_with_2_35(mine: Kit, path: str) -> None:
    mine.member.get(f"{V2}/{path}", version="2.35").ok(200)
    assert mine.member.get(f"{V2}/{path}", version="2.36").status == 404


def test_images_are_listed_shown_and_deleted(mine: Kit) -> None:
    made = image_kit.active(mine.member, name="proxied", min_disk=3, instance_uuid=NOBODY, image_type="snapshot")
    shown = mine.member.get(f"{V2}/images/{made['id']}").ok(200)["image"]
    assert (shown["name"], shown["minDisk"], shown["status"], shown["progress"]) == ("proxied", 3, "ACTIVE", 100)
    assert shown["OS-EXT-IMG-SIZE:size"] == 4
    assert shown["metadata"] == {"instance_uuid": NOBODY, "image_type": "snapshot"}
    assert shown["server"]["id"] == NOBODY
    assert shown["created"].endswith("Z")
    assert len(shown["created"]) == 20

    def found(query: str) -> bool:
        listed = mine.member.get(f"{V2}/images?{query}").ok(200)["images"]
        detail = mine.member.get(f"{V2}/images/detail?{query}").ok(200)["images"]
        assert [one["id"] for one in listed] == [one["id"] for one in detail]
        return made["id"] in [one["id"] for one in listed]

    assert found("limit=1000")
    for fit in ("name=proxied", "status=ACTIVE", "minDisk=3", "type=snapshot", f"server={NOBODY}"):
        assert found(fit), fit
    assert found("changes-since=2000-01-01T00:00:00Z")
    assert found("property-image_type=snapshot")
    for other in ("name=other", "status=SAVING", "status=DELETED", "minDisk=4", "type=base", "minRam=9"):
        assert not found(other), other
    assert not found("changes-since=2999-01-01T00:00:00Z")
    assert mine.member.get(f"{V2}/images?minDisk=many").status == 400
    page = mine.member.get(f"{V2}/images?limit=1").ok(200)
    assert page["images_links"][0]["rel"] == "next"
    mine.member.delete(f"{V2}/images/{made['id']}").ok(204)
    answer = mine.member.get(f"{V2}/images/{made['id']}")
    assert (answer.status, answer.json["itemNotFound"]["message"]) == (404, "Image not found.")


def test_metadata_of_images(mine: Kit) -> None:
    made = image_kit.active(mine.member)
    path = f"{V2}/images/{made['id']}/metadata"
    one, two = {"k": "v"}, {"k": "w", "l": "x"}
    assert mine.member.put(path, {"metadata": one}, version="2.38").ok(200)["metadata"] == one
    assert mine.member.post(path, {"metadata": two}).ok(200)["metadata"] == two
    assert mine.member.put(f"{path}/l", {"meta": {"l": "y"}}).ok(200)["meta"] == {"l": "y"}
    assert mine.member.put(f"{path}/l", {"meta": {"k": "y"}}).status == 400
    assert mine.member.get(f"{path}/l").ok(200)["meta"] == {"l": "y"}
    mine.member.delete(f"{path}/k").ok(204)
    assert mine.member.get(path).ok(200)["metadata"] == {"l": "y"}
    assert mine.member.get(f"{path}/k").status == 404
    assert mine.member.delete(f"{path}/k").status == 404
    assert mine.member.put(path, {"metadata": {}}).ok(200)["metadata"] == {}
    assert mine.member.get(path, version="2.39").status == 404
    stranger = mine.cloud.project("member").member
    for answer in (stranger.get(path), stranger.put(path, {"metadata": one}), stranger.delete(f"{path}/k")):
        assert answer.status == 404


def test_volumes_and_snapshots(mine: Kit) -> None:
    asked = {"size": "1", "display_name": "old", "metadata": {"k": "v"}}
    made = mine.member.post(f"{V2}/os-volumes", {"volume": asked}).ok(200)["volume"]
    mine.volume_is(made["id"], "available")
    shown = mine.member.get(f"{V2}/os-volumes/{made['id']}").ok(200)["volume"]
    assert (shown["displayName"], shown["size"], shown["status"]) == ("old", 1, "available")
    assert (shown["attachments"], shown["metadata"]) == ([{}], {"k": "v"})
    for path in ("os-volumes", "os-volumes/detail"):
        assert shown in mine.member.get(f"{V2}/{path}").ok(200)["volumes"]
    assert mine.member.get(f"{V2}/os-volumes?limit=0").ok(200)["volumes"] == []
    for wrong in ({"size": 0}, {"size": "#$%"}, {"size": ""}, {}):
        assert mine.member.post(f"{V2}/os-volumes", {"volume": wrong}).status == 400, wrong
    body = {"snapshot": {"volume_id": made["id"], "display_name": "of it"}}
    snapshot = mine.member.post(f"{V2}/os-snapshots", body).ok(200)["snapshot"]
    path = f"{V2}/os-snapshots/{snapshot['id']}"
    mine.cloud.wait(lambda: mine.member.get(path).ok(200)["snapshot"]["status"] == "available", "the snapshot")
    found = mine.member.get(path).ok(200)["snapshot"]
    assert (found["volumeId"], found["displayName"]) == (made["id"], "of it")
    for each in ("os-snapshots", "os-snapshots/detail"):
        assert found in mine.member.get(f"{V2}/{each}").ok(200)["snapshots"]
    stranger = mine.cloud.project("member").member
    assert stranger.get(path).status == stranger.get(f"{V2}/os-volumes/{made['id']}").status == 404
    mine.member.delete(path).ok(202)
    mine.cloud.wait(lambda: mine.member.get(path).status == 404, "the end of the snapshot")
    mine.member.delete(f"{V2}/os-volumes/{made['id']}").ok(202)
    mine.cloud.wait(lambda: mine.member.get(f"{V2}/os-volumes/{made['id']}").status == 404, "the end of the volume")


def test_a_volume_tells_its_server(mine: Kit) -> None:
    server, volume = mine.server(), mine.volume()
    body = {"volumeAttachment": {"volumeId": volume}}
    mine.member.post(f"{V2}/servers/{server}/os-volume_attachments", body).ok(200)
    mine.volume_is(volume, "in-use")
    shown = mine.member.get(f"{V2}/os-volumes/{volume}").ok(200)["volume"]["attachments"]
    assert [(one["serverId"], one["volumeId"], one["device"]) for one in shown] == [(server, volume, "/dev/vdb")]
    mine.gone(server)


def test_networks(mine: Kit) -> None:
    shown = mine.member.get(f"{V2}/os-networks/{mine.network}").ok(200)["network"]
    assert shown["id"] == mine.network
    assert "vlan" not in shown
    assert "vlan" in mine.cloud.admin.get(f"{V2}/os-networks/{mine.network}").ok(200)["network"]
    assert shown in mine.member.get(f"{V2}/os-networks").ok(200)["networks"]
    brief = mine.member.get(f"{V2}/os-tenant-networks/{mine.network}").ok(200)["network"]
    assert brief == {"id": mine.network, "cidr": "None", "label": shown["label"]}
    assert brief in mine.member.get(f"{V2}/os-tenant-networks").ok(200)["networks"]
    stranger = mine.cloud.project("member").member
    for kind in ("os-networks", "os-tenant-networks"):
        assert stranger.get(f"{V2}/{kind}/{mine.network}").status == 404
        assert mine.member.delete(f"{V2}/{kind}/{mine.network}", version="2.104").status == 410


@pytest.fixture(scope="module")
def routed(mine: Kit) -> dict[str, Any]:
    """The external network, with a way to it from the kit's."""
    outside = external(mine.cloud)
    body = {"router": {"external_gateway_info": {"network_id": outside["id"]}}}
    router = mine.member.post(f"{NET}/routers", body).ok(201)["router"]
    mine.member.put(f"{NET}/routers/{router['id']}/add_router_interface", {"subnet_id": mine.subnet}).ok(200)
    return outside


def floating(mine: Kit, id: str) -> dict[str, Any]:
    return mine.member.get(f"{V2}/os-floating-ips/{id}").ok(200)["floating_ip"]


def act(mine: Kit, server: str, verb: str, client: Client | None = None, **asked: str) -> Response:
    return (client or mine.member).post(f"{V2}/servers/{server}/action", {verb: asked}, version="2.43")


def test_floating_ips(mine: Kit, routed: dict[str, Any]) -> None:
    assert {"name": routed["name"]} in mine.member.get(f"{V2}/os-floating-ip-pools").ok(200)["floating_ip_pools"]
    one = mine.member.post(f"{V2}/os-floating-ips", {"pool": routed["name"]}).ok(200)["floating_ip"]
    two = mine.member.post(f"{V2}/os-floating-ips").ok(200)["floating_ip"]
    assert (one["pool"], one["fixed_ip"], one["instance_id"]) == (routed["name"], None, None)
    assert mine.member.post(f"{V2}/os-floating-ips", {"pool": "nonesuch"}).status == 404
    listed = mine.member.get(f"{V2}/os-floating-ips").ok(200)["floating_ips"]
    assert {one["id"], two["id"]} <= {each["id"] for each in listed}
    server = mine.server()
    act(mine, server, "addFloatingIp", address=one["ip"]).ok(202)
    shown = floating(mine, one["id"])
    inner = [each["addr"] for each in mine.show(server)["addresses"].popitem()[1] if each["addr"] != one["ip"]]
    assert (shown["instance_id"], shown["fixed_ip"]) == (server, inner[0])
    assert act(mine, server, "addFloatingIp", address=two["ip"]).status == 400
    assert act(mine, server, "addFloatingIp", address=two["ip"], fixed_address="10.250.0.9").status == 400
    assert act(mine, server, "addFloatingIp", address="203.0.113.250").status == 404
    assert act(mine, server, "addFloatingIp", address="no address").status == 400
    assert act(mine, server, "removeFloatingIp", address=two["ip"]).status == 409
    assert act(mine, server, "removeFloatingIp", address="203.0.113.250").status == 404
    stranger = mine.cloud.project("member").member
    assert act(mine, server, "addFloatingIp", stranger, address=two["ip"]).status == 404
    assert stranger.get(f"{V2}/os-floating-ips/{one['id']}").status == 404
    act(mine, server, "removeFloatingIp", address=one["ip"]).ok(202)
    assert floating(mine, one["id"])["instance_id"] is None
    act(mine, server, "addFloatingIp", address=one["ip"], fixed_address=inner[0]).ok(202)
    answer = mine.member.post(
        f"{V2}/servers/{server}/action", {"addFloatingIp": {"address": one["ip"]}}, version="2.44"
    )
    assert answer.status == 404
    for each in (one, two):
        mine.member.delete(f"{V2}/os-floating-ips/{each['id']}").ok(202)
        assert mine.member.get(f"{V2}/os-floating-ips/{each['id']}").status == 404
    mine.gone(server)


def new_group(mine: Kit, name: str = "old") -> dict[str, Any]:
    body = {"security_group": {"name": name, "description": "of old"}}
    return mine.member.post(f"{V2}/os-security-groups", body).ok(200)["security_group"]


def test_security_groups(mine: Kit) -> None:
    group = new_group(mine)
    path = f"{V2}/os-security-groups/{group['id']}"
    assert (group["rules"], group["tenant_id"]) == ([], mine.tenant.id)
    assert mine.member.get(path).ok(200)["security_group"] == group
    changed = {"security_group": {"name": "older", "description": ""}}
    assert mine.member.put(path, changed).ok(200)["security_group"]["name"] == "older"
    names = [one["name"] for one in mine.member.get(f"{V2}/os-security-groups").ok(200)["security_groups"]]
    assert names == ["default", "older"]
    listed = mine.member.get(f"{V2}/os-security-groups?limit=1&offset=1").ok(200)["security_groups"]
    assert [one["name"] for one in listed] == ["older"]
    every = mine.cloud.admin.get(f"{V2}/os-security-groups?all_tenants=true").ok(200)["security_groups"]
    assert group["id"] in [one["id"] for one in every]
    mine_only = mine.cloud.admin.get(f"{V2}/os-security-groups").ok(200)["security_groups"]
    assert group["id"] not in [one["id"] for one in mine_only]
    assert mine.member.get(f"{V2}/os-security-groups/no-id").status == 400
    assert mine.member.get(f"{V2}/os-security-groups/{NOBODY}").status == 404
    assert mine.cloud.project("member").member.get(path).status == 404
    second = {"security_group": {"name": "default", "description": "x"}}
    assert mine.member.post(f"{V2}/os-security-groups", second).status == 400
    mine.member.delete(path).ok(202)
    assert mine.member.get(path).status == 404


def test_a_new_project_sees_its_default_group(mine: Kit) -> None:
    found = mine.cloud.project("member").member.get(f"{V2}/os-security-groups").ok(200)["security_groups"]
    assert [one["name"] for one in found] == ["default"]


def test_rules_of_security_groups(mine: Kit) -> None:
    group = new_group(mine, "ruled")

    def rule(**asked: Any) -> Response:
        body = {"security_group_rule": {"parent_group_id": group["id"]} | asked}
        return mine.member.post(f"{V2}/os-security-group-rules", body)

    web = {"ip_protocol": "tcp", "from_port": 80, "to_port": 81}
    made = rule(**web, cidr="10.0.0.0/8").ok(200)["security_group_rule"]
    assert made["ip_range"] == {"cidr": "10.0.0.0/8"}
    assert (made["ip_protocol"], made["from_port"], made["to_port"]) == ("TCP", 80, 81)
    assert rule(**web, cidr="10.0.0.0/8").status == 400
    ping = rule(ip_protocol="icmp", from_port=-1, to_port=-1).ok(200)["security_group_rule"]
    assert (ping["from_port"], ping["to_port"]) == (-1, -1)
    inside = rule(group_id=group["id"]).ok(200)["security_group_rule"]
    assert inside["group"] == {"name": "ruled", "tenant_id": mine.tenant.id}
    shown = mine.member.get(f"{V2}/os-security-groups/{group['id']}").ok(200)["security_group"]["rules"]
    assert {one["id"] for one in shown} == {made["id"], ping["id"], inside["id"]}
    for wrong in (
        web | {"ip_protocol": "sneakernet"},
        web | {"to_port": 79},
        web | {"from_port": 0},
        web | {"to_port": 65536},
        web | {"from_port": "x"},
        web | {"cidr": "10.0.0.0/99"},
        {"ip_protocol": "tcp"},
        {"ip_protocol": "icmp", "from_port": 256, "to_port": 0},
        web | {"parent_group_id": "no id"},
    ):
        assert rule(**wrong).status == 400, wrong
    assert rule(**(web | {"parent_group_id": NOBODY})).status == 404
    mine.member.delete(f"{V2}/os-security-group-rules/{made['id']}").ok(202)
    assert mine.member.delete(f"{V2}/os-security-group-rules/{made['id']}").status == 404
    assert mine.member.delete(f"{V2}/os-security-group-rules/no-id").status == 400
