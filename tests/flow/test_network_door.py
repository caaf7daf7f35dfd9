"""The door for the compute service, down to the simulated switch."""

from typing import Any

import pytest
import sqlalchemy as sa

from gureum.contracts import switch
from gureum.kernel.caller import Caller
from gureum.kernel.events import events
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.flow.tables import strands
from gureum.kernel.link.news import AgentTold
from gureum.kernel.store.tx import Tx
from gureum.network.events import PortUp
from gureum.network.network import Network
from gureum.network.service import for_compute, networks, news, security_groups, server_addresses, subnets
from gureum.network.service import ports as port_door
from gureum.network.service.for_compute import NetworkRequest
from gureum.network.store import ports
from tests.cloud import Cloud

SERVER = "5f2f1b9e-7f5b-4e53-8b1c-3d2f6f1d0001"


def caller(project: str) -> Caller:
    return Caller(user_id="u", project_id=project, roles=("member", "reader"))


def make_network(tx: Tx, who: Caller, cidr: str = "10.0.0.0/24", **values: Any) -> Network:
    network = networks.create(tx, who, {"project_id": who.project_id, "name": "net"})
    plain = {"project_id": who.project_id, "network_id": network.id, "ip_version": 4, "cidr": cidr}
    subnets.create(tx, who, plain | values)
    return networks.get(tx, who, network.id)


def quiet(cloud: Cloud) -> None:
    """Wait until nothing is left to be done."""
    unfinished = sa.select(strands.c.id).where(strands.c.finished_at.is_(None))
    cloud.wait(lambda: not cloud.read(lambda tx: tx.all(unfinished)), "the end of all strands")


def written(cloud: Cloud, kind: str) -> dict[str, Any]:
    return {id: row.statement for id, row in cloud.world.written(kind).items()}


def test_a_server_gets_ports_and_leaves_nothing(cloud: Cloud) -> None:
    who = caller("p-door")
    network = cloud.write(lambda tx: make_network(tx, who))
    request = [NetworkRequest(network_id=network.id)]
    made = cloud.write(lambda tx: for_compute.allocate(tx, who, SERVER, request, ["default"], "vm"))
    cloud.write(lambda tx: for_compute.bind(tx, SERVER, "host"))
    quiet(cloud)
    port = made[0]
    assert [one.ip_address for one in port.fixed_ips] == ["10.0.0.3"]
    statement = written(cloud, "port")[port.id]
    assert (statement.kind, statement.hostname, statement.addresses) == ("guest", "vm", ("10.0.0.3",))
    assert set(statement.security_groups) <= written(cloud, "group").keys()
    dhcp = written(cloud, "switch")[network.id].subnets[0].dhcp
    assert dhcp.gateway_ip == "10.0.0.1"
    assert dhcp.routes == (("169.254.169.254/32", "10.0.0.2"),)
    nic = cloud.read(lambda tx: for_compute.nics(tx, SERVER))[0]
    assert (nic.port_id, nic.mac, nic.mtu) == (port.id, port.mac_address, 1442)
    place = cloud.read(lambda tx: for_compute.metadata_ports(tx, SERVER))[0]
    assert place.addresses == ("10.0.0.2/24",)
    shown = cloud.read(lambda tx: server_addresses.addresses(tx, [SERVER]))[SERVER]
    assert shown == [{"network": "net", "mac": port.mac_address, "address": "10.0.0.3", "version": 4, "type": "fixed"}]
    assert cloud.read(lambda tx: server_addresses.security_group_names(tx, [SERVER])) == {SERVER: ["default"]}
    cloud.write(lambda tx: for_compute.release(tx, SERVER))
    quiet(cloud)
    assert port.id not in written(cloud, "port")
    assert cloud.read(lambda tx: ports.of_device(tx, SERVER)) == []
    cloud.write(lambda tx: networks.delete(tx, who, network.id))
    quiet(cloud)
    assert network.id not in written(cloud, "switch")
    assert place.port_id not in written(cloud, "port")


def test_what_cannot_be_had_is_refused_before_anything_is_made(cloud: Cloud) -> None:
    who = caller("p-refused")
    network = cloud.write(lambda tx: make_network(tx, who))
    port = cloud.write(
        lambda tx: for_compute.allocate(tx, who, SERVER, [NetworkRequest(network_id=network.id)], ["default"])
    )[0]
    refused = [
        (NetworkRequest(network_id="nothing"), Invalid, "Network nothing could not be found."),
        (NetworkRequest(port_id="nothing"), Invalid, "Port id nothing could not be found."),
        (NetworkRequest(port_id=port.id), Conflict, f"Port {port.id} is still in use."),
        (
            NetworkRequest(network_id=network.id, fixed_ip="10.0.0.3"),
            Invalid,
            f"Fixed IP address 10.0.0.3 is already in use on instance {SERVER}.",
        ),
    ]
    for request, kind, sentence in refused:
        with pytest.raises(kind) as fault:
            cloud.read(lambda tx, r=request: for_compute.check_requests(tx, who, [r], 1))
        assert fault.value.message == sentence
    with pytest.raises(Invalid, match="Security group web not found"):
        cloud.write(lambda tx: for_compute.check_security_groups(tx, who, ["web"]))


def test_strangers_see_no_network_to_boot_on(cloud: Cloud) -> None:
    who, stranger = caller("p-mine"), caller("p-other")
    network = cloud.write(lambda tx: make_network(tx, who))
    assert [one.id for one in cloud.read(lambda tx: for_compute.available_networks(tx, who))] == [network.id]
    assert cloud.read(lambda tx: for_compute.available_networks(tx, stranger)) == []


def test_changes_while_the_switch_is_away_arrive_when_it_is_back(cloud: Cloud) -> None:
    who = caller("p-away")
    cloud.disconnect_agent()
    network = cloud.write(lambda tx: make_network(tx, who))
    cloud.write(lambda tx: networks.update(tx, who, network.id, {"name": "renamed"}))
    assert network.id not in written(cloud, "switch")
    cloud.connect_agent()
    quiet(cloud)
    statement = written(cloud, "switch")[network.id]
    assert isinstance(statement, switch.EnsureSwitch)
    assert statement.name == "renamed"
    assert len(statement.subnets) == 1


def test_a_guests_port_is_active_while_the_switch_says_so(cloud: Cloud) -> None:
    who = caller("p-up")
    network = cloud.write(lambda tx: make_network(tx, who))
    made = cloud.write(lambda tx: for_compute.allocate(tx, who, "guest", [NetworkRequest(network_id=network.id)] * 2))
    first, second = (port.id for port in made)
    told: list[PortUp] = []

    def listen(_tx: Tx, event: PortUp) -> None:
        if event.device_id == "guest":
            told.append(event)

    events.subscribe(PortUp, listen)

    def tell(said: switch.PortUp | switch.SwitchState) -> list[str]:
        cloud.write(lambda tx: news.told(tx, AgentTold("host", said)))
        return [port.status for port in cloud.read(lambda tx: for_compute.ports_of(tx, "guest"))]

    assert tell(switch.PortUp(port_id=first, up=True)) == ["ACTIVE", "DOWN"]
    assert tell(switch.SwitchState(ports_up=(second,))) == ["DOWN", "ACTIVE"]
    assert tell(switch.PortUp(port_id=second, up=False)) == ["DOWN", "DOWN"]
    assert [(event.port_id, event.up) for event in told[:1]] == [(first, True)]
    assert (told[-1].port_id, told[-1].up) == (second, False)


def test_a_port_that_was_given_is_given_back(cloud: Cloud) -> None:
    who = caller("p-given")
    network = cloud.write(lambda tx: make_network(tx, who))
    values = {"project_id": who.project_id, "network_id": network.id, "name": "mine"}
    mine = cloud.write(lambda tx: port_door.create(tx, who, values))
    cloud.write(lambda tx: for_compute.allocate(tx, who, "given", [NetworkRequest(port_id=mine.id)], (), "vm"))
    cloud.write(lambda tx: for_compute.bind(tx, "given", "host"))
    bound = cloud.read(lambda tx: ports.get(tx, mine.id))
    assert (bound.device_owner, bound.host_id, bound.vif_type) == ("compute:nova", "host", "ovs")
    assert [nic.port_id for nic in cloud.read(lambda tx: for_compute.nics(tx, "given"))] == [mine.id]
    cloud.write(lambda tx: for_compute.release(tx, "given"))
    left = cloud.read(lambda tx: ports.get(tx, mine.id))
    assert (left.device_id, left.device_owner, left.host_id, left.name) == ("", "", "", "mine")


def test_network_data_says_how_to_set_up_a_guest_without_dhcp(cloud: Cloud) -> None:
    who = caller("p-data")
    network = cloud.write(lambda tx: make_network(tx, who, enable_dhcp=False, dns_nameservers=["8.8.8.8"]))
    cloud.write(lambda tx: for_compute.allocate(tx, who, "data", [NetworkRequest(network_id=network.id)]))
    found = cloud.read(lambda tx: server_addresses.network_data(tx, "data"))
    port = cloud.read(lambda tx: for_compute.ports_of(tx, "data"))[0]
    assert found["links"] == [
        {
            "id": f"tap{port.id[:11]}",
            "vif_id": port.id,
            "type": "ovs",
            "mtu": 1442,
            "ethernet_mac_address": port.mac_address,
        }
    ]
    assert found["networks"][0] | {"id": "", "link": ""} == {
        "id": "",
        "link": "",
        "network_id": network.id,
        "type": "ipv4",
        "ip_address": "10.0.0.2",
        "netmask": "255.255.255.0",
        "routes": [{"network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "10.0.0.1"}],
        "services": [{"type": "dns", "address": "8.8.8.8"}],
    }
    assert found["services"] == [{"type": "dns", "address": "8.8.8.8"}]


def test_groups_are_joined_and_left_by_the_server(cloud: Cloud) -> None:
    who = caller("p-groups")
    network = cloud.write(lambda tx: make_network(tx, who))
    request = [NetworkRequest(network_id=network.id)]
    cloud.write(lambda tx: for_compute.allocate(tx, who, "joins", request))
    web = cloud.write(lambda tx: security_groups.create(tx, who, {"project_id": who.project_id, "name": "web"}))
    cloud.write(lambda tx: for_compute.add_security_group(tx, who, "joins", "web"))
    quiet(cloud)
    port = cloud.read(lambda tx: for_compute.ports_of(tx, "joins"))[0]
    assert web.id in written(cloud, "port")[port.id].security_groups
    names = cloud.read(lambda tx: server_addresses.security_group_names(tx, ["joins"]))
    assert names == {"joins": ["default", "web"]}
    cloud.write(lambda tx: for_compute.remove_security_group(tx, who, "joins", web.id))
    with pytest.raises(NotFound, match="not associated with the instance"):
        cloud.write(lambda tx: for_compute.remove_security_group(tx, who, "joins", "web"))
    with pytest.raises(NotFound, match="Security group nothing is not found for project p-groups"):
        cloud.write(lambda tx: for_compute.add_security_group(tx, who, "joins", "nothing"))
