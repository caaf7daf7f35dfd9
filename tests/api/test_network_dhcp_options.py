"""DHCP options of single ports: told to the guest, or refused."""

from typing import Any

import pytest

from gureum.contracts.switch import EnsurePort
from tests.api import network_scene as scene
from tests.api.network_scene import V
from tests.cloud import Client, Cloud, Response

PXE = [
    {"opt_name": "bootfile-name", "opt_value": "pxelinux.0"},
    {"opt_name": "server-ip-address", "opt_value": "10.0.0.45"},
    {"opt_name": "tftp-server", "opt_value": "boot.example"},
]


@pytest.fixture
def client(cloud: Cloud) -> Client:
    return cloud.project("member", "reader").member


@pytest.fixture
def network(client: Client) -> str:
    net = scene.network(client)
    scene.subnet(client, net["id"])
    return net["id"]


def told(cloud: Cloud, port_id: str) -> dict[tuple[int, str], str]:
    """What the switch was told to tell the port's guest."""

    def statement() -> Any:
        row = cloud.world.row("port", port_id)
        return row and row.statement

    found = cloud.wait(statement, "the port at the switch")
    assert isinstance(found, EnsurePort)
    return {(one.ip_version, one.name): one.value for one in found.dhcp_options}


def change(client: Client, port_id: str, *options: dict[str, Any]) -> Response:
    return client.put(f"{V}/ports/{port_id}", {"port": {"extra_dhcp_opts": list(options)}})


def test_a_port_has_options_of_its_own(cloud: Cloud, client: Client, network: str) -> None:
    port = scene.port(client, network, extra_dhcp_opts=PXE)
    assert port["extra_dhcp_opts"] == [one | {"ip_version": 4} for one in PXE]
    listed = client.get(f"{V}/ports?id={port['id']}").ok(200)["ports"]
    assert listed[0]["extra_dhcp_opts"] == port["extra_dhcp_opts"]
    assert told(cloud, port["id"]) == {(4, one["opt_name"]): one["opt_value"] for one in PXE}
    assert scene.port(client, network)["extra_dhcp_opts"] == []


def test_they_are_changed_one_by_one(cloud: Cloud, client: Client, network: str) -> None:
    port = scene.port(client, network, extra_dhcp_opts=PXE[:2])
    other = {"opt_name": "bootfile-name", "opt_value": "other.0"}
    gone = {"opt_name": "server-ip-address", "opt_value": None}
    new = {"opt_name": "ntp-server", "opt_value": "10.0.0.1,10.0.0.2", "ip_version": "4"}
    shown = change(client, port["id"], other, gone, new).ok(200)["port"]["extra_dhcp_opts"]
    assert shown == [other | {"ip_version": 4}, new | {"ip_version": 4}]
    expected = {(4, "bootfile-name"): "other.0", (4, "ntp-server"): "10.0.0.1,10.0.0.2"}
    cloud.wait(lambda: told(cloud, port["id"]) == expected, "the changed options")
    assert change(client, port["id"]).ok(200)["port"]["extra_dhcp_opts"] == shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"opt_name": "sname", "opt_value": "x"},
        {"opt_name": "server-ip-address", "opt_value": "no address"},
        {"opt_name": "server-ip-address", "opt_value": "2001:db8::1"},
        {"opt_name": "ntp-server", "opt_value": "10.0.0.1,x"},
        {"opt_name": "mtu", "opt_value": "65536"},
        {"opt_name": "ip-forward-enable", "opt_value": "yes"},
        {"opt_name": "bootfile-name", "opt_value": 'x", server_id=9.9.9.9'},
        {"opt_name": "bootfile-name", "opt_value": ""},
        {"opt_name": "bootfile-name", "opt_value": 5},
        {"opt_name": "bootfile-name", "opt_value": "x", "ip_version": 5},
        {"opt_name": "bootfile-name"},
        {"opt_value": "x"},
        {},
        "bootfile-name",
    ],
)
def test_what_dhcp_cannot_tell_is_refused(client: Client, network: str, wrong: Any) -> None:
    body = {"port": {"network_id": network, "extra_dhcp_opts": [wrong]}}
    assert client.post(f"{V}/ports", body).status == 400
    port = scene.port(client, network)
    assert change(client, port["id"], wrong).status == 400
    assert client.get(f"{V}/ports/{port['id']}").ok(200)["port"]["extra_dhcp_opts"] == []


def test_no_list_and_too_many_are_refused(client: Client, network: str) -> None:
    port = scene.port(client, network)
    for wrong in ("x", {"opt_name": "mtu"}):
        assert client.put(f"{V}/ports/{port['id']}", {"port": {"extra_dhcp_opts": wrong}}).status == 400
    assert change(client, port["id"], *([PXE[0]] * 51)).status == 400


def test_only_what_is_of_the_ports_addresses_is_told(cloud: Cloud, client: Client) -> None:
    net = scene.network(client)
    stateful = {"ipv6_ra_mode": "dhcpv6-stateful", "ipv6_address_mode": "dhcpv6-stateful"}
    six = scene.subnet(client, net["id"], "2001:db8::/64", **stateful)
    four_only = {"opt_name": "server-ip-address", "opt_value": "2001:db8::9"}
    search = {"opt_name": "domain-search", "opt_value": "example.org", "ip_version": 6}
    port = scene.port(client, net["id"], extra_dhcp_opts=[four_only, search])
    assert told(cloud, port["id"]) == {(6, "domain-search"): "example.org"}
    assert change(client, port["id"], search | {"opt_name": "bootfile-name"}).status == 400
    four = scene.subnet(client, net["id"], "10.7.0.0/24")
    both = {"port": {"fixed_ips": [{"subnet_id": six["id"]}, {"subnet_id": four["id"]}]}}
    assert client.put(f"{V}/ports/{port['id']}", both).status == 400
    change(client, port["id"], four_only | {"opt_value": "10.7.0.9"}).ok(200)
    client.put(f"{V}/ports/{port['id']}", both).ok(200)
    expected = {(6, "domain-search"): "example.org", (4, "server-ip-address"): "10.7.0.9"}
    cloud.wait(lambda: told(cloud, port["id"]) == expected, "the options of both")
