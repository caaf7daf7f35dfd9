"""Rebuilding servers."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.server_kit import NET, V2, Kit, fault, image, kit
from tests.api.test_compute_servers_actions import guest
from tests.api.test_compute_servers_states import latest
from tests.cloud import Client, Cloud, Response

NOBODY = "00000000-0000-4000-8000-00000000dead"
USER_DATA = base64.b64encode(b"#!/bin/sh\n").decode()


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


@pytest.fixture(scope="module")
def other(cloud: Cloud) -> str:
    return image(cloud, name="other")


@pytest.fixture
def server(mine: Kit) -> Iterator[str]:
    id = mine.server()
    yield id
    mine.member.cloud.admin.post(f"{V2}/servers/{id}/action", {"unlock": None}).ok(202)
    mine.gone(id)


def rebuild(mine: Kit, server: str, client: Client | None = None, version: str = "2.96", **asked: Any) -> Response:
    return (client or mine.member).post(f"{V2}/servers/{server}/action", {"rebuild": asked}, version=version)


def learned(cloud: Cloud, server: str) -> dict[str, Any]:
    """What the guest is told about itself."""
    answering = cloud.world.answering.get(f"{cloud.first_host}/{server}")
    assert answering is not None
    return json.loads(answering.metadata.files["openstack/latest/meta_data.json"])


def test_a_fresh_disk_under_the_same_id_and_addresses(mine: Kit, cloud: Cloud, server: str, other: str) -> None:
    volume = mine.volume()
    attach = {"volumeAttachment": {"volumeId": volume}}
    mine.member.post(f"{V2}/servers/{server}/os-volume_attachments", attach).ok(200)
    mine.volume_is(volume, "in-use")
    mine.rest(server)
    before, spec, boots = mine.show(server), guest(cloud, server).spec, guest(cloud, server).boots
    answer = rebuild(mine, server, imageRef=other)
    shown = answer.ok(202)["server"]
    assert (shown["status"], shown["OS-EXT-STS:task_state"], shown["progress"]) == ("REBUILD", "rebuilding", 0)
    assert len(shown["adminPass"]) == 12 and shown["image"]["id"] == other and shown["user_data"] is None
    assert answer.headers["location"].endswith(f"/v2.1/servers/{server}")
    after = mine.rest(server)
    for name in ("id", "name", "addresses", "created", "hostId", "os-extended-volumes:volumes_attached", "key_name"):
        assert after[name] == before[name], name
    assert after["image"]["id"] == other and after["OS-SRV-USG:launched_at"] > before["OS-SRV-USG:launched_at"]
    now = guest(cloud, server)
    assert (now.boots, now.power, now.spec.root.incarnation) == (boots + 1, "running", 1)  # type: ignore[union-attr]
    assert now.spec.nics == spec.nics and [one.volume_id for one in now.spec.volumes] == [volume]
    assert latest(mine, server)[:2] == ("rebuild", None)
    assert [event for event, _ in latest(mine, server)[2]] == ["compute_rebuild_instance", "rebuild_server"]
    rebuild(mine, server, imageRef=mine.image).ok(202)
    mine.rest(server)
    assert guest(cloud, server).spec.root.incarnation == 2  # type: ignore[union-attr]


def test_a_floating_ip_stays(mine: Kit, cloud: Cloud, server: str) -> None:
    flat = {"name": "out", "router:external": True, "provider:network_type": "flat"}
    flat["provider:physical_network"] = "extnet"
    outside = cloud.admin.post(f"{NET}/networks", {"network": flat}).ok(201)["network"]["id"]
    subnet = {"network_id": outside, "cidr": "203.0.113.0/24", "ip_version": 4, "enable_dhcp": False}
    cloud.admin.post(f"{NET}/subnets", {"subnet": subnet}).ok(201)
    router = {"router": {"external_gateway_info": {"network_id": outside}}}
    router_id = mine.member.post(f"{NET}/routers", router).ok(201)["router"]["id"]
    path = f"{NET}/routers/{router_id}"
    mine.member.put(f"{path}/add_router_interface", {"subnet_id": mine.subnet}).ok(200)
    port = mine.member.get(f"{NET}/ports?device_id={server}").ok(200)["ports"][0]["id"]
    body = {"floatingip": {"floating_network_id": outside, "port_id": port}}
    floating = mine.member.post(f"{NET}/floatingips", body).ok(201)["floatingip"]
    rebuild(mine, server, imageRef=mine.image).ok(202)
    addresses = mine.rest(server)["addresses"]["net"]
    assert floating["floating_ip_address"] in [one["addr"] for one in addresses]
    assert mine.member.get(f"{NET}/floatingips/{floating['id']}").ok(200)["floatingip"]["port_id"] == port
    mine.member.delete(f"{NET}/floatingips/{floating['id']}").ok(204)
    mine.member.put(f"{path}/remove_router_interface", {"subnet_id": mine.subnet}).ok(200)
    mine.member.delete(path).ok(204)


def test_what_may_be_other_with_it(mine: Kit, cloud: Cloud, server: str) -> None:
    key = mine.member.post(f"{V2}/os-keypairs", {"keypair": {"name": "rebuilt"}}).ok(200)["keypair"]
    asked = {"name": "new", "description": "fresh", "metadata": {"a": "b"}, "adminPass": "secret-word"}
    asked |= {"accessIPv4": "192.0.2.1", "key_name": "rebuilt", "user_data": USER_DATA, "hostname": "newhost"}
    shown = rebuild(mine, server, imageRef=mine.image, **asked).ok(202)["server"]
    expected = {name: asked[name] for name in ("name", "description", "metadata", "adminPass", "key_name", "user_data")}
    assert {name: shown[name] for name in expected} == expected
    assert mine.rest(server)["OS-EXT-SRV-ATTR:hostname"] == "newhost"
    told = learned(cloud, server)
    assert (told["name"], told["meta"], told["admin_pass"]) == ("new", {"a": "b"}, "secret-word")
    assert key["public_key"].strip() in told["public_keys"]["rebuilt"]
    rebuild(mine, server, imageRef=mine.image, key_name=None, user_data=None, metadata={}).ok(202)
    assert mine.rest(server)["key_name"] is None
    told = learned(cloud, server)
    assert "public_keys" not in told and "meta" not in told and told["admin_pass"] != "secret-word"


def test_a_stopped_server_boots_and_is_stopped_again(mine: Kit, cloud: Cloud, server: str) -> None:
    mine.act(server, {"os-stop": None})
    mine.rest(server, "SHUTOFF")
    boots = guest(cloud, server).boots
    assert rebuild(mine, server, imageRef=mine.image).ok(202)["server"]["status"] == "REBUILD"
    assert mine.rest(server, "SHUTOFF")["OS-EXT-STS:power_state"] == 4
    assert (guest(cloud, server).boots, guest(cloud, server).power) == (boots + 1, "stopped")


def test_a_failed_one_says_why_and_may_be_tried_again(mine: Kit, cloud: Cloud, server: str) -> None:
    cloud.world.faults.add("EnsureDomain", text="The image cannot be read.")
    rebuild(mine, server, imageRef=mine.image).ok(202)
    assert mine.rest(server, "ERROR")["fault"]["message"] == "The image cannot be read."
    assert latest(mine, server)[:2] == ("rebuild", "Error")
    rebuild(mine, server, imageRef=mine.image).ok(202)
    assert "fault" not in mine.rest(server)
    assert guest(cloud, server).power == "running"


def test_by_microversion(mine: Kit, server: str) -> None:
    shown = rebuild(mine, server, imageRef=mine.image, version="2.1").ok(202)["server"]
    assert "key_name" not in shown and "user_data" not in shown and "OS-EXT-STS:vm_state" not in shown
    assert set(shown["addresses"]["net"][0]) == {"version", "addr"} and "adminPass" in shown
    mine.rest(server)
    for version, name in (("2.18", "description"), ("2.53", "key_name"), ("2.56", "user_data"), ("2.89", "hostname")):
        words = f"Additional properties are not allowed ('{name}' was unexpected)"
        assert words in fault(rebuild(mine, server, imageRef=mine.image, version=version, **{name: "eA=="}))[1]
    file = [{"path": "/etc/x", "contents": "eA=="}]
    assert rebuild(mine, server, imageRef=mine.image, personality=file).status == 400
    shown = rebuild(mine, server, imageRef=mine.image, personality=file, version="2.56").ok(202)["server"]
    assert "key_name" in shown and "user_data" not in shown
    mine.rest(server)
    path = f"{V2}/servers/{server}/action"
    shown = mine.cloud.admin.post(path, {"rebuild": {"imageRef": mine.image}}, version="2.75").ok(202)["server"]
    assert "OS-EXT-SRV-ATTR:hostname" in shown and "user_data" in shown
    assert "OS-EXT-SRV-ATTR:user_data" not in shown
    mine.rest(server)


def test_an_administrator_sees_the_user_data_once(mine: Kit, cloud: Cloud, server: str) -> None:
    shown = rebuild(mine, server, cloud.admin, imageRef=mine.image, user_data=USER_DATA).ok(202)["server"]
    assert shown["user_data"] == USER_DATA
    assert "OS-EXT-SRV-ATTR:user_data" not in shown and "OS-EXT-SRV-ATTR:host" in shown
    mine.rest(server)


def test_refusals_change_nothing(mine: Kit, cloud: Cloud, server: str) -> None:
    before = mine.show(server)
    assert fault(rebuild(mine, server, imageRef=NOBODY)) == (400, "Cannot find image for rebuild")
    words = "Invalid input for field/attribute imageRef. Value: x. 'x' is not a 'uuid'"
    assert fault(rebuild(mine, server, imageRef="x")) == (400, words)
    words = "Invalid input for field/attribute rebuild. Value: {}. 'imageRef' is a required property"
    assert fault(rebuild(mine, server)) == (400, words)
    large = image(cloud, name="large", min_ram=4096)
    assert fault(rebuild(mine, server, imageRef=large))[1].startswith("Flavor's memory is too small")
    assert fault(rebuild(mine, server, imageRef=mine.image, key_name="none")) == (400, "Invalid key_name provided.")
    assert rebuild(mine, server, imageRef=mine.image, preserve_ephemeral=True).status == 400
    assert rebuild(mine, server, imageRef=mine.image, trusted_image_certificates=["x"]).status == 400
    many = {str(number): "x" for number in range(200)}
    assert rebuild(mine, server, imageRef=mine.image, metadata=many).status == 403
    assert mine.show(server) == before
    mine.act(server, {"lock": None})
    assert fault(rebuild(mine, server, imageRef=mine.image)) == (409, f"Instance {server} is locked")
    mine.act(server, {"unlock": None})
    mine.act(server, {"pause": None})
    mine.rest(server, "PAUSED")
    words = f"Cannot 'rebuild' instance {server} while it is in vm_state paused"
    assert fault(rebuild(mine, server, imageRef=mine.image)) == (409, words)


def test_listed_while_it_is_rebuilt(mine: Kit, cloud: Cloud, server: str) -> None:
    hanging = cloud.world.faults.add("EnsureDomain", hang=True)
    rebuild(mine, server, imageRef=mine.image).ok(202)
    found = mine.member.get(f"{V2}/servers?status=rebuild", version="2.96").ok(200)["servers"]
    assert [one["id"] for one in found] == [server]
    hanging.release()
    mine.rest(server)
    assert mine.member.get(f"{V2}/servers?status=rebuild", version="2.96").ok(200)["servers"] == []


def test_who_may(mine: Kit, cloud: Cloud, server: str) -> None:
    assert rebuild(mine, server, mine.tenant.reader, imageRef=mine.image).status == 403
    stranger = cloud.project("member").member
    missing = (404, f"Instance {server} could not be found.")
    assert fault(rebuild(mine, server, stranger, imageRef=mine.image)) == missing
    rebuild(mine, server, cloud.admin, imageRef=mine.image).ok(202)
    mine.rest(server)
