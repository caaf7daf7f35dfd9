"""Servers: made, shown, changed, deleted."""

import base64
import json
import re
from collections.abc import Iterator

import pytest

from gureum.compute.service import new_servers
from gureum.compute.store import servers
from gureum.placement.service import claims
from tests.api.server_kit import NET, V2, Kit, fault, image, kit
from tests.cloud import Cloud


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


def test_a_new_server_is_answered_at_once(mine: Kit) -> None:
    answer = mine.member.post(f"{V2}/servers", mine.ask("First VM"))
    server = answer.ok(202)["server"]
    assert list(server) == ["id", "links", "OS-DCF:diskConfig", "security_groups", "adminPass"]
    assert answer.headers["location"] == server["links"][0]["href"]
    assert len(server["adminPass"]) == 12
    assert server["security_groups"] == [{"name": "default"}]
    shown = mine.show(server["id"])
    assert (shown["status"], shown["OS-EXT-STS:vm_state"]) in (("BUILD", "building"), ("ACTIVE", "active"))
    mine.rest(server["id"])
    mine.gone(server["id"])


def test_it_becomes_active_with_all_that_belongs_to_it(mine: Kit, cloud: Cloud) -> None:
    data = base64.b64encode(b"#!/bin/sh\n").decode()
    id = mine.server("web one", metadata={"a": "b"}, tags=["x"], description="d", user_data=data)
    shown = mine.show(id, client=cloud.admin, version="2.100")
    assert shown["OS-EXT-SRV-ATTR:instance_name"].startswith("instance-") and len(shown["hostId"]) == 56
    assert shown["OS-EXT-SRV-ATTR:host"] == cloud.first_host == shown["OS-EXT-SRV-ATTR:hypervisor_hostname"]
    assert shown["OS-EXT-SRV-ATTR:hostname"] == "web-one" and shown["OS-EXT-SRV-ATTR:user_data"] == data
    assert (shown["OS-EXT-STS:power_state"], shown["OS-EXT-STS:vm_state"]) == (1, "active")
    assert shown["metadata"] == {"a": "b"} and shown["tags"] == ["x"] and shown["description"] == "d"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", shown["OS-SRV-USG:launched_at"])
    assert [one["OS-EXT-IPS:type"] for one in shown["addresses"]["net"]] == ["fixed"]
    assert shown["OS-EXT-AZ:availability_zone"] == "nova" and shown["host_status"] == "UP"
    assert "OS-EXT-SRV-ATTR:host" not in mine.show(id)
    mine.gone(id)


def test_the_guest_learns_the_same_by_config_drive_and_metadata_service(mine: Kit, cloud: Cloud) -> None:
    data = base64.b64encode(b"hello").decode()
    id = mine.server("told", user_data=data, metadata={"role": "web"}, adminPass="secret-words")
    found = cloud.world.answering.get(f"{cloud.first_host}/{id}")
    assert found is not None
    files = found.metadata.files
    meta = json.loads(files["openstack/latest/meta_data.json"])
    assert meta["uuid"] == id and meta["hostname"] == "told.novalocal" and meta["meta"] == {"role": "web"}
    assert meta["admin_pass"] == "secret-words"
    assert files["openstack/latest/user_data"] == b"hello" == files["latest/user-data"]
    address = mine.show(id)["addresses"]["net"][0]["addr"]
    assert files["latest/meta-data/local-ipv4"] == address.encode()
    assert json.loads(files["openstack/2018-08-27/network_data.json"])["networks"]
    assert found.metadata.addresses == {mine.network: [address]}
    assert cloud.read(lambda tx: servers.get(tx, id).admin_password) is None, (
        "the password is kept longer than it is needed"
    )
    mine.gone(id)


def test_a_key_pair_reaches_the_guest(mine: Kit, cloud: Cloud) -> None:
    made = mine.member.post(f"{V2}/os-keypairs", {"keypair": {"name": "key"}}).json["keypair"]
    id = mine.server("keyed", key_name="key")
    assert mine.show(id)["key_name"] == "key"
    found = cloud.world.answering.get(f"{cloud.first_host}/{id}")
    assert found is not None
    public = made["public_key"].strip()
    assert found.metadata.files["latest/meta-data/public-keys/0/openssh-key"].decode().strip() == public
    mine.member.delete(f"{V2}/os-keypairs/key").ok(202)
    assert mine.show(id)["key_name"] == "key", "a key pair's end changes no server"
    mine.gone(id)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"flavorRef": "nonesuch"}, "Flavor nonesuch could not be found."),
        ({"imageRef": "00000000-0000-0000-0000-000000000000"}, "Can not find requested image"),
        ({"imageRef": ""}, "Missing imageRef attribute"),
        ({"key_name": "nokey"}, "Invalid key_name provided."),
        ({"availability_zone": "nowhere"}, "The requested availability zone is not available"),
        ({"security_groups": [{"name": "nosuch"}]}, "Unable to find security_group with name or id 'nosuch'"),
        (
            {"networks": [{"uuid": "00000000-0000-0000-0000-000000000000"}]},
            "Network 00000000-0000-0000-0000-000000000000 could not be found.",
        ),
        ({"networks": [{"tag": "x"}]}, "Bad network format: missing 'uuid'"),
        ({"min_count": 3, "max_count": 2}, "min_count must be <= max_count"),
        (
            {"block_device_mapping_v2": [{"source_type": "volume", "destination_type": "volume", "uuid": "x"}]},
            "Volume x could not be found.",
        ),
    ],
)
def test_a_bad_request_leaves_nothing(mine: Kit, more: dict[str, object], message: str) -> None:
    before = mine.member.get(f"{V2}/servers").json
    assert fault(mine.member.post(f"{V2}/servers", mine.ask(**more), version="2.96")) == (400, message)
    assert mine.member.get(f"{V2}/servers").json == before


def test_an_image_must_fit_the_flavor(mine: Kit, cloud: Cloud) -> None:
    large = image(cloud, min_disk=2)
    status, message = fault(mine.member.post(f"{V2}/servers", mine.ask(imageRef=large)))
    assert status == 400 and "1073741824 bytes" in message and "2147483648 bytes" in message
    hungry = image(cloud, min_ram=1024)
    status, message = fault(mine.member.post(f"{V2}/servers", mine.ask(imageRef=hungry)))
    assert status == 400 and message.startswith("Flavor's memory is too small for requested image.")
    assert "512" in message and "1024" in message
    assert mine.member.get(f"{V2}/servers").json == {"servers": []}


def test_quotas_hold(cloud: Cloud) -> None:
    small = kit(cloud)
    asked = small.ask(min_count=11, max_count=11)
    assert fault(small.member.post(f"{V2}/servers", asked)) == (
        403,
        "Quota exceeded for instances: Requested 11, but already used 0 of 10 instances",
    )
    asked = small.ask(flavorRef="5", min_count=3, max_count=3)
    assert fault(small.member.post(f"{V2}/servers", asked))[1] == (
        "Quota exceeded for cores: Requested 24, but already used 0 of 20 cores"
    )
    assert small.member.get(f"{V2}/servers").json == {"servers": []}
    many = small.ask("many", networks="none", min_count=1, max_count=12, return_reservation_id=True)
    assert list(small.member.post(f"{V2}/servers", many, version="2.37").ok(202)) == ["reservation_id"]
    names = {one["name"] for one in small.member.get(f"{V2}/servers").json["servers"]}
    assert names == {f"many-{number}" for number in range(1, 11)}


def test_networks_may_be_left_to_the_cloud(cloud: Cloud) -> None:
    other = kit(cloud)
    asked = other.ask()
    del asked["server"]["networks"]
    id = other.member.post(f"{V2}/servers", asked).ok(202)["server"]["id"]
    assert list(other.rest(id)["addresses"]) == ["net"]
    assert other.rest(other.create("auto", networks="auto"))["addresses"].keys() == {"net"}
    assert other.rest(other.create("none", networks="none"))["addresses"] == {}
    refused = other.member.post(f"{V2}/servers", asked, version="2.37")
    assert refused.status == 400 and "'networks' is a required property" in refused.json["badRequest"]["message"]
    second = other.member.post(f"{NET}/networks", {"network": {"name": "second"}}).ok(201)["network"]["id"]
    subnet = {"network_id": second, "cidr": "10.9.0.0/24", "ip_version": 4}
    other.member.post(f"{NET}/subnets", {"subnet": subnet}).ok(201)
    assert fault(other.member.post(f"{V2}/servers", asked)) == (
        409,
        "Multiple possible networks found, use a Network ID to be more specific.",
    )


def test_a_port_stays_its_owners(mine: Kit) -> None:
    port = mine.member.post(f"{NET}/ports", {"port": {"network_id": mine.network}}).ok(201)["port"]
    id = mine.server("ported", networks=[{"port": port["id"], "tag": "nic1"}])
    assert mine.show(id)["addresses"]["net"][0]["addr"] == port["fixed_ips"][0]["ip_address"]
    answer = mine.member.post(f"{V2}/servers", mine.ask(networks=[{"port": port["id"]}]))
    assert fault(answer) == (409, f"Port {port['id']} is still in use.")
    mine.gone(id)
    assert mine.member.get(f"{NET}/ports/{port['id']}").ok(200)["port"]["device_id"] == ""


def test_addresses_of_access_are_kept_in_their_shortest_form(mine: Kit) -> None:
    long, short = "0000:0000:0000:0000:0000:babe:220.12.22.2", "::babe:dc0c:1602"
    body = mine.ask(accessIPv4="1.1.1.1", accessIPv6=long)
    id = mine.member.post(f"{V2}/servers", body).ok(202)["server"]["id"]
    assert mine.member.get(f"{V2}/servers/{id}").ok(200)["server"]["accessIPv6"] == short
    for said, kept in (("FD00:0:0::1", "fd00::1"), (long, short)):
        shown = mine.member.put(f"{V2}/servers/{id}", {"server": {"accessIPv6": said}}).ok(200)["server"]
        assert shown["accessIPv6"] == kept


def test_an_update_changes_what_its_owner_may_choose(mine: Kit) -> None:
    id = mine.server("old")
    changed = {"name": "new", "accessIPv4": "1.2.3.4", "description": "words", "hostname": "new-host"}
    shown = mine.member.put(f"{V2}/servers/{id}", {"server": changed}, version="2.90").ok(200)["server"]
    assert (shown["name"], shown["accessIPv4"], shown["description"]) == ("new", "1.2.3.4", "words")
    assert shown["OS-EXT-SRV-ATTR:hostname"] == "new-host" and "key_name" in shown
    early = mine.member.put(f"{V2}/servers/{id}", {"server": {"name": "newer"}}).ok(200)["server"]
    assert "key_name" not in early and "OS-EXT-STS:vm_state" not in early and early["name"] == "newer"
    refused = mine.member.put(f"{V2}/servers/{id}", {"server": {"description": "x"}}, version="2.18")
    assert refused.status == 400 and "'description' was unexpected" in refused.json["badRequest"]["message"]
    mine.gone(id)


def test_others_do_not_see_it(mine: Kit, cloud: Cloud) -> None:
    id = mine.server()
    stranger = cloud.project()
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", {"server": {"name": "x"}}),
        ("DELETE", "", None),
        ("POST", "/action", {"os-stop": None}),
        ("GET", "/os-instance-actions", None),
        ("GET", "/metadata", None),
    ):
        answer = stranger.member.call(method, f"{V2}/servers/{id}{path}", body)
        assert fault(answer) == (404, f"Instance {id} could not be found."), (method, path)
    reader = mine.tenant.reader
    assert reader.get(f"{V2}/servers/{id}").status == 200
    assert fault(reader.delete(f"{V2}/servers/{id}")) == (
        403,
        "Policy doesn't allow os_compute_api:servers:delete to be performed.",
    )
    assert fault(reader.post(f"{V2}/servers", mine.ask()))[0] == 403
    assert mine.show(id)["status"] == "ACTIVE"
    mine.gone(id)


def test_a_deleted_server_leaves_nothing_but_history(mine: Kit, cloud: Cloud) -> None:
    id = mine.server()
    mine.gone(id)
    assert cloud.world.guests.get(f"{cloud.first_host}/{id}") is None
    ports = mine.member.get(f"{NET}/ports?device_id={id}").ok(200)["ports"]
    assert ports == []
    assert fault(mine.member.delete(f"{V2}/servers/{id}")) == (404, f"Instance {id} could not be found.")
    actions = mine.member.get(f"{V2}/servers/{id}/os-instance-actions", version="2.21").ok(200)["instanceActions"]
    assert [one["action"] for one in actions] == ["delete", "create"]
    assert mine.member.get(f"{V2}/servers/{id}/os-instance-actions").status == 404
    assert cloud.read(lambda tx: claims.held(tx, id)) == []


def test_files_may_be_put_into_the_guest_before_2_57(mine: Kit, cloud: Cloud) -> None:
    content = base64.b64encode(b"hello").decode()
    files = [{"path": "/etc/motd", "contents": content}]
    id = mine.member.post(f"{V2}/servers", mine.ask("filled", personality=files)).ok(202)["server"]["id"]
    mine.rest(id)
    found = cloud.world.answering.get(f"{cloud.first_host}/{id}")
    assert found is not None
    meta = json.loads(found.metadata.files["openstack/latest/meta_data.json"])
    assert meta["files"] == [{"path": "/etc/motd", "content_path": "/content/0000"}]
    assert found.metadata.files["openstack/content/0000"] == b"hello"
    mine.gone(id)
    many = [{"path": f"/f{number}", "contents": content} for number in range(6)]
    assert fault(mine.member.post(f"{V2}/servers", mine.ask(personality=many))) == (
        403,
        "Personality file limit exceeded",
    )
    late = mine.member.post(f"{V2}/servers", mine.ask(personality=files), version="2.57")
    assert late.status == 400 and "'personality' was unexpected" in late.json["badRequest"]["message"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("web", "web"),
        ("My Server_1", "my-server-1"),
        ("a.b.c", "a-b-c"),
        ("-x-", "x"),
        ("서버", "Server-id"),
        ("é", "Server-id"),
        ("n" * 70, "n" * 63),
    ],
)
def test_a_name_becomes_a_host_name(name: str, expected: str) -> None:
    assert new_servers.host_name(name, "id") == expected


def test_ephemeral_and_swap_disks_come_before_volumes(mine: Kit, cloud: Cloud) -> None:
    flavor = {"name": "disks", "id": "disks", "vcpus": 1, "ram": 512, "disk": 1, "OS-FLV-EXT-DATA:ephemeral": 2}
    cloud.admin.post(f"{V2}/flavors", {"flavor": flavor | {"swap": 64}}).ok(200)
    id, volume = mine.server(flavorRef="disks"), mine.volume()
    guest = cloud.world.guests.get(f"{cloud.first_host}/{id}")
    assert guest is not None
    shown = [(disk.device, disk.size_mib, disk.kind) for disk in guest.spec.blanks]
    assert shown == [("vdb", 2048, "ephemeral"), ("vdc", 64, "swap")]
    path = f"{V2}/servers/{id}/os-volume_attachments"
    answer = mine.member.post(path, {"volumeAttachment": {"volumeId": volume}}).ok(200)
    assert answer["volumeAttachment"]["device"] == "/dev/vdd"
    mine.volume_is(volume, "in-use")
    mine.gone(id)
