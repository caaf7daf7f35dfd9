"""The door for the compute service, down to the simulated switch."""

from typing import Any

import pytest
import sqlalchemy as sa

from gureum.contracts import switch
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid
from gureum.kernel.flow.tables import strands
from gureum.kernel.store.tx import Tx
from gureum.network.network import Network
from gureum.network.service import for_compute, networks, server_addresses, subnets
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
