"""Ports that servers get and lose while they are."""

from collections.abc import Iterator
from typing import Any

import pytest

from gureum.compute.store import interfaces, servers
from tests.api.server_kit import NET, V2, Kit, fault, kit
from tests.api.test_compute_servers_actions import guest
from tests.api.test_compute_servers_states import latest
from tests.cloud import Client, Cloud, Response

NOBODY = "00000000-0000-4000-8000-00000000dead"


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    yield kit(cloud)


@pytest.fixture
def server(mine: Kit) -> Iterator[str]:
    id = mine.server()
    yield id
    mine.gone(id)


def attach(mine: Kit, server: str, client: Client | None = None, version: str = "2.96", **asked: Any) -> Response:
    body = {"interfaceAttachment": asked} if asked else {}
    return (client or mine.member).post(f"{V2}/servers/{server}/os-interface", body, version=version)


def detach(mine: Kit, server: str, port: str) -> Response:
    return mine.member.delete(f"{V2}/servers/{server}/os-interface/{port}")


def attached(mine: Kit, server: str) -> list[dict[str, Any]]:
    path = f"{V2}/servers/{server}/os-interface"
    return mine.member.get(path, version="2.96").ok(200)["interfaceAttachments"]


def plugged(cloud: Cloud, server: str) -> list[str]:
    return [nic.port_id for nic in guest(cloud, server).spec.nics]


def port(mine: Kit, id: str, client: Client | None = None) -> dict[str, Any]:
    return (client or mine.member).get(f"{NET}/ports/{id}").ok(200)["port"]


def new_port(mine: Kit, **more: Any) -> str:
    return mine.member.post(f"{NET}/ports", {"port": {"network_id": mine.network} | more}).ok(201)["port"]["id"]


def settled(mine: Kit, server: str) -> None:
    """Wait until the last instance action has come to its end."""

    def ended() -> bool:
        events = latest(mine, server)[2]
        return bool(events) and all(result for _, result in events)

    mine.cloud.wait(ended, "the end of the action")


def test_by_network(mine: Kit, cloud: Cloud, server: str) -> None:
    (first,) = attached(mine, server)
    shown = attach(mine, server, net_id=mine.network, tag="second").ok(200)["interfaceAttachment"]
    assert shown["net_id"] == mine.network and shown["tag"] == "second" and len(shown["fixed_ips"]) == 1
    id = shown["port_id"]
    cloud.wait(lambda: plugged(cloud, server) == [first["port_id"], id], "the second NIC")
    cloud.wait(lambda: attached(mine, server)[1]["port_state"] == "ACTIVE", "the port's link")
    made = port(mine, id, cloud.admin)
    assert (made["device_id"], made["device_owner"], made["project_id"]) == (server, "compute:nova", mine.tenant.id)
    assert made["binding:host_id"] == cloud.first_host
    addresses = [one["addr"] for one in mine.show(server)["addresses"]["net"]]
    assert shown["fixed_ips"][0]["ip_address"] in addresses and len(addresses) == 2
    settled(mine, server)
    assert latest(mine, server) == ("attach_interface", None, [("compute_attach_interface", "Success")])
    detach(mine, server, id).ok(202)
    cloud.wait(lambda: len(attached(mine, server)) == 1, "the end of the interface")
    assert plugged(cloud, server) == [first["port_id"]]
    assert mine.member.get(f"{NET}/ports/{id}").status == 404, "a port that was made for it goes with it"
    assert latest(mine, server) == ("detach_interface", None, [("compute_detach_interface", "Success")])


def test_by_port_and_it_is_given_back(mine: Kit, cloud: Cloud, server: str) -> None:
    id = new_port(mine)
    assert attach(mine, server, port_id=id).ok(200)["interfaceAttachment"]["port_id"] == id
    taken = attach(mine, server, port_id=id)
    assert fault(taken) == (409, f"Port {id} is still in use.")
    cloud.wait(lambda: id in plugged(cloud, server), "the NIC")
    detach(mine, server, id).ok(202)
    cloud.wait(lambda: port(mine, id)["device_id"] == "", "the port")
    free = port(mine, id, cloud.admin)
    assert (free["device_owner"], free["binding:host_id"], free["status"]) == ("", "", "DOWN")
    mine.member.delete(f"{NET}/ports/{id}").ok(204)


def test_by_address_and_with_nothing_said(mine: Kit, cloud: Cloud, server: str) -> None:
    wanted = [{"ip_address": "172.16.0.77"}]
    shown = attach(mine, server, net_id=mine.network, fixed_ips=wanted).ok(200)["interfaceAttachment"]
    assert shown["fixed_ips"] == [{"subnet_id": mine.subnet, "ip_address": "172.16.0.77"}]
    again = attach(mine, server, net_id=mine.network, fixed_ips=wanted)
    assert fault(again) == (409, f"Fixed IP address 172.16.0.77 is already in use on instance {server}.")
    assert attach(mine, server).ok(200)["interfaceAttachment"]["net_id"] == mine.network
    cloud.wait(lambda: len(plugged(cloud, server)) == 3, "three NICs")


@pytest.mark.parametrize("state", ["pause", "os-stop"])
def test_paused_and_stopped_servers(mine: Kit, cloud: Cloud, server: str, state: str) -> None:
    mine.act(server, {state: None})
    mine.rest(server, "PAUSED" if state == "pause" else "SHUTOFF")
    id = attach(mine, server, net_id=mine.network).ok(200)["interfaceAttachment"]["port_id"]
    cloud.wait(lambda: id in plugged(cloud, server), "the NIC")
    detach(mine, server, id).ok(202)
    cloud.wait(lambda: id not in plugged(cloud, server), "the end of the NIC")


def test_what_the_guest_will_not_take_is_given_back(mine: Kit, cloud: Cloud, server: str) -> None:
    given = new_port(mine)
    for asked in ({"port_id": given}, {"net_id": mine.network}):
        cloud.world.faults.add("EnsureDomain", text="No more slots.")
        attach(mine, server, **asked).ok(200)
        cloud.wait(lambda: len(attached(mine, server)) == 1, "the way back")
        settled(mine, server)
        assert latest(mine, server) == ("attach_interface", "Error", [("compute_attach_interface", "Error")])
    assert port(mine, given)["device_id"] == "" and len(plugged(cloud, server)) == 1
    assert len(mine.member.get(f"{NET}/ports?device_id={server}").ok(200)["ports"]) == 1
    mine.member.delete(f"{NET}/ports/{given}").ok(204)


def test_what_the_guest_will_not_let_go_it_keeps(mine: Kit, cloud: Cloud, server: str) -> None:
    (only,) = attached(mine, server)
    cloud.world.faults.add("EnsureDomain", text="In use.")
    detach(mine, server, only["port_id"]).ok(202)
    settled(mine, server)
    assert latest(mine, server) == ("detach_interface", "Error", [("compute_detach_interface", "Error")])
    assert [one["port_id"] for one in attached(mine, server)] == [only["port_id"]] == plugged(cloud, server)


def test_detaching_what_is_not_there_is_only_remembered(mine: Kit, server: str) -> None:
    detach(mine, server, NOBODY).ok(202)
    assert latest(mine, server) == ("detach_interface", "Error", [("compute_detach_interface", "Error")])
    assert len(attached(mine, server)) == 1


def test_a_port_that_is_deleted_is_unplugged(mine: Kit, cloud: Cloud, server: str) -> None:
    id = attach(mine, server, net_id=mine.network).ok(200)["interfaceAttachment"]["port_id"]
    cloud.wait(lambda: id in plugged(cloud, server), "the NIC")
    cloud.admin.delete(f"{NET}/ports/{id}").ok(204)
    cloud.wait(lambda: id not in plugged(cloud, server), "the end of the NIC")


def test_a_port_that_is_deleted_while_its_server_comes_to_nothing(mine: Kit, cloud: Cloud) -> None:
    hanging = cloud.world.faults.add("EnsureDomain", hang=True)
    cloud.world.faults.add("EnsureDomain", text="No.", after=True)
    id = mine.create()
    (made,) = cloud.wait(lambda: mine.member.get(f"{NET}/ports?device_id={id}").ok(200)["ports"], "the port")
    cloud.wait(lambda: cloud.read(lambda tx: servers.get(tx, id).task_state) == "spawning", "the ask")
    cloud.admin.delete(f"{NET}/ports/{made['id']}").ok(204)
    hanging.release()
    assert mine.rest(id, "ERROR")["fault"]["message"] == "No."
    cloud.wait(lambda: cloud.read(lambda tx: interfaces.of(tx, id)) == [], "the end of the row")
    cloud.world.faults.clear()
    mine.gone(id)


def test_a_guest_leaves_and_joins_a_group_with_its_port(mine: Kit, cloud: Cloud, server: str) -> None:
    group = mine.member.post(f"{NET}/security-groups", {"security_group": {"name": "db"}}).ok(201)["security_group"]
    id = new_port(mine, security_groups=[group["id"]])
    attach(mine, server, port_id=id).ok(200)
    assert {one["name"] for one in mine.show(server)["security_groups"]} == {"default", "db"}
    cloud.wait(lambda: id in plugged(cloud, server), "the NIC")
    detach(mine, server, id).ok(202)
    cloud.wait(lambda: mine.show(server)["security_groups"] == [{"name": "default"}], "the end of the membership")
    mine.member.delete(f"{NET}/ports/{id}").ok(204)


def test_refusals(mine: Kit, cloud: Cloud, server: str) -> None:
    id = new_port(mine)
    both = attach(mine, server, net_id=mine.network, port_id=id)
    assert fault(both) == (400, "Must not input both network_id and port_id")
    alone = attach(mine, server, fixed_ips=[{"ip_address": "172.16.0.9"}])
    assert fault(alone) == (400, "Must input network_id when request IP address")
    malformed = attach(mine, server, net_id="x")
    assert fault(malformed) == (400, "Invalid input for field/attribute net_id. Value: x. 'x' is not a 'uuid'")
    assert fault(attach(mine, server, port_id=NOBODY)) == (404, f"Port id {NOBODY} could not be found.")
    assert fault(attach(mine, server, net_id=NOBODY)) == (404, f"Network {NOBODY} could not be found.")
    assert attach(mine, server, net_id=mine.network, fixed_ips=[{"ip_address": "1.2.3.4"}]).status == 400
    assert attach(mine, server, net_id=mine.network, tag="x", version="2.48").status == 400
    other = mine.member.post(f"{NET}/networks", {"network": {"name": "other"}}).ok(201)["network"]["id"]
    subnet = {"network_id": other, "cidr": "172.17.0.0/24", "ip_version": 4}
    mine.member.post(f"{NET}/subnets", {"subnet": subnet}).ok(201)
    words = "Multiple possible networks found, use a Network ID to be more specific."
    assert fault(attach(mine, server)) == (400, words)
    mine.member.delete(f"{NET}/networks/{other}").ok(204)
    mine.act(server, {"suspend": None})
    mine.rest(server, "SUSPENDED")
    words = f"Cannot '{{}}_interface' instance {server} while it is in vm_state suspended"
    assert fault(attach(mine, server, port_id=id)) == (409, words.format("attach"))
    assert fault(detach(mine, server, id)) == (409, words.format("detach"))
    mine.act(server, {"lock": None})
    locked = (409, f"Instance {server} is locked")
    assert fault(attach(mine, server, port_id=id)) == fault(detach(mine, server, id)) == locked
    mine.act(server, {"unlock": None})
    assert port(mine, id)["device_id"] == "" and len(attached(mine, server)) == 1
    mine.member.delete(f"{NET}/ports/{id}").ok(204)


def test_who_may(mine: Kit, cloud: Cloud, server: str) -> None:
    (only,) = attached(mine, server)
    path = f"{V2}/servers/{server}/os-interface"
    stranger = cloud.project("member").member
    missing = (404, f"Instance {server} could not be found.")
    assert fault(attach(mine, server, stranger, net_id=mine.network)) == missing
    assert fault(stranger.delete(f"{path}/{only['port_id']}")) == missing
    assert attach(mine, server, mine.tenant.reader, net_id=mine.network).status == 403
    assert mine.tenant.reader.delete(f"{path}/{only['port_id']}").status == 403
    given = attach(mine, server, cloud.admin, net_id=mine.network).ok(200)["interfaceAttachment"]
    assert port(mine, given["port_id"])["project_id"] == mine.tenant.id, "it belongs to the server's project"


def test_the_quota_of_ports(mine: Kit, cloud: Cloud, server: str) -> None:
    used = len(mine.member.get(f"{NET}/ports?project_id={mine.tenant.id}").ok(200)["ports"])
    cloud.admin.put(f"{NET}/quotas/{mine.tenant.id}", {"quota": {"port": used}}).ok(200)
    assert fault(attach(mine, server, net_id=mine.network)) == (403, "Maximum number of ports exceeded")
    cloud.admin.delete(f"{NET}/quotas/{mine.tenant.id}").ok(204)
    assert len(attached(mine, server)) == 1
