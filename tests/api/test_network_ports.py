"""Ports and their addresses."""

from typing import Any

import pytest

from tests.api.network_scene import NOWHERE, OPERATION, V, fault, make, network, port, quiet, subnet, written
from tests.cloud import Client, Cloud

BINDING = {"binding:profile", "binding:host_id", "binding:vif_type", "binding:vif_details"}


def place(client: Client, cidr: str = "10.0.0.0/24", **body: Any) -> tuple[str, str]:
    """A network with a subnet: their ids."""
    net = network(client)
    return net["id"], subnet(client, net["id"], cidr, **body)["id"]


def test_a_port_takes_the_lowest_free_address_and_the_default_group(cloud: Cloud) -> None:
    member = cloud.project().member
    net, sub = place(member)
    first, second, third = (port(member, net) for _ in range(3))
    assert [one["fixed_ips"][0]["ip_address"] for one in (first, second, third)] == ["10.0.0.3", "10.0.0.4", "10.0.0.5"]
    member.delete(f"{V}/ports/{second['id']}").ok(204)
    assert port(member, net)["fixed_ips"] == [{"subnet_id": sub, "ip_address": "10.0.0.4"}]
    default = member.get(f"{V}/security-groups?name=default").ok()["security_groups"][0]["id"]
    assert first["security_groups"] == [default]
    assert (first["status"], first["device_owner"], first["revision_number"]) == ("DOWN", "", 1)
    assert first["mac_address"].startswith("fa:16:3e:")
    assert not BINDING & set(first)
    assert set(cloud.admin.get(f"{V}/ports/{first['id']}").ok()["port"]) >= BINDING
    quiet(cloud)
    statement = written(cloud, "port")[first["id"]]
    assert (statement.kind, statement.mac, statement.security_groups) == ("guest", first["mac_address"], (default,))


def test_addresses_can_be_chosen(cloud: Cloud) -> None:
    member = cloud.project().member
    net, sub = place(member)
    chosen = port(member, net, fixed_ips=[{"ip_address": "10.0.0.200"}, {"subnet_id": sub}])
    assert [one["ip_address"] for one in chosen["fixed_ips"]] == ["10.0.0.200", "10.0.0.3"]
    bare = port(member, net, fixed_ips=[])
    assert bare["fixed_ips"] == []
    taken = member.post(f"{V}/ports", {"port": {"network_id": net, "fixed_ips": [{"ip_address": "10.0.0.200"}]}})
    assert fault(taken, 409) == (
        "IpAddressAlreadyAllocated",
        f"IP address 10.0.0.200 already allocated in subnet {sub}",
    )
    mac = member.post(f"{V}/ports", {"port": {"network_id": net, "mac_address": chosen["mac_address"]}})
    assert fault(mac, 409)[0] == "MacAddressInUse"


def test_a_full_subnet_says_so(cloud: Cloud) -> None:
    member = cloud.project().member
    net, _ = place(member, allocation_pools=[{"start": "10.0.0.10", "end": "10.0.0.11"}])
    assert port(member, net)["fixed_ips"][0]["ip_address"] == "10.0.0.11"
    answer = member.post(f"{V}/ports", {"port": {"network_id": net}})
    assert fault(answer, 409) == (
        "IpAddressGenerationFailure",
        f"No more IP addresses available on network {net}.",
    )
    assert len(cloud.admin.get(f"{V}/ports?network_id={net}").ok()["ports"]) == 2


WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"network_id": "x"}, 400, "HTTPBadRequest", "Invalid input for network_id. Reason: 'x' is not a valid UUID."),
    ({"network_id": NOWHERE}, 404, "NetworkNotFound", f"Network {NOWHERE} could not be found."),
    ({"mac_address": "x"}, 400, "HTTPBadRequest", "Invalid input for mac_address. Reason: 'x' is not a valid MAC address."),
    ({"fixed_ips": "x"}, 400, "HTTPBadRequest", "Invalid input for fixed_ips. Reason: Invalid data format for fixed IP: 'x'."),
    ({"fixed_ips": [{"bogus": 1}]}, 400, "InvalidInput", f"{OPERATION}IP allocation requires subnet_id or ip_address."),
    (
        {"fixed_ips": [{"ip_address": "1.2.3.4"}]}, 400, "InvalidIpForNetwork",
        "IP address 1.2.3.4 is not a valid IP for any of the subnets on the specified network.",
    ),
    (
        {"fixed_ips": [{"ip_address": "10.0.0.255"}]}, 400, "InvalidIpForNetwork",
        "IP address 10.0.0.255 is not a valid IP for any of the subnets on the specified network.",
    ),
    ({"fixed_ips": [{"subnet_id": NOWHERE}]}, 404, "SubnetNotFound", f"Subnet {NOWHERE} could not be found."),
    ({"security_groups": [NOWHERE]}, 404, "SecurityGroupNotFound", f"Security group {NOWHERE} does not exist"),
    ({"allowed_address_pairs": [{}]}, 400, "AllowedAddressPairsMissingIP", "AllowedAddressPair must contain ip_address"),
    ({"binding:vnic_type": "bogus"}, 400, "HTTPBadRequest",
     "Invalid input for binding:vnic_type. Reason: bogus is not in valid_values."),
    ({"binding:host_id": "HOST1"}, 403, "PolicyNotAuthorized",
     "(rule:create_port and rule:create_port:binding:host_id) is disallowed by policy"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "status", "name", "sentence"), WRONG)
def test_a_wrong_port_changes_nothing(
    cloud: Cloud, wrong: dict[str, Any], status: int, name: str, sentence: str
) -> None:
    member = cloud.project().member
    net, _ = place(member)
    answer = member.post(f"{V}/ports", {"port": {"network_id": net} | wrong})
    assert fault(answer, status) == (name, sentence)
    assert len(member.get(f"{V}/ports?network_id={net}").ok()["ports"]) == 1  # the metadata port


def test_security_of_a_port_is_all_of_a_piece(cloud: Cloud) -> None:
    member = cloud.project().member
    net, _ = place(member)
    made = port(member, net)
    url = f"{V}/ports/{made['id']}"
    off = {"port": {"port_security_enabled": False}}
    assert fault(member.put(url, off), 409)[0] == "PortSecurityPortHasSecurityGroup"
    member.put(url, {"port": {"port_security_enabled": False, "security_groups": []}}).ok(200)
    pairs = {"port": {"allowed_address_pairs": [{"ip_address": "10.0.0.77"}]}}
    assert fault(member.put(url, pairs), 409)[0] == "AddressPairAndPortSecurityRequired"
    groups = {"port": {"security_groups": made["security_groups"]}}
    assert fault(member.put(url, groups), 400)[0] == "PortSecurityAndIPRequiredForSecurityGroups"
    quiet(cloud)
    assert written(cloud, "port")[made["id"]].port_security is False
    member.put(url, {"port": {"port_security_enabled": True} | groups["port"] | pairs["port"]}).ok(200)
    quiet(cloud)
    statement = written(cloud, "port")[made["id"]]
    assert statement.allowed_pairs == ((made["mac_address"], "10.0.0.77"),)
    assert statement.security_groups == tuple(made["security_groups"])


def test_a_port_is_changed_and_moved(cloud: Cloud) -> None:
    member = cloud.project().member
    net, sub = place(member)
    made = port(member, net)
    url = f"{V}/ports/{made['id']}"
    changed = member.put(url, {"port": {"name": "n", "fixed_ips": [{"ip_address": "10.0.0.99"}]}}).ok()["port"]
    assert changed["fixed_ips"] == [{"subnet_id": sub, "ip_address": "10.0.0.99"}]
    assert changed["revision_number"] > made["revision_number"]
    assert port(member, net)["fixed_ips"][0]["ip_address"] == "10.0.0.3"
    answer = member.put(url, {"port": {"network_id": net}})
    assert fault(answer, 400)[1] == "Cannot update read-only attribute network_id"
    mac = member.put(url, {"port": {"mac_address": "fa:16:3e:11:11:11"}})
    assert fault(mac, 403)[1] == "(rule:update_port and rule:update_port:mac_address) is disallowed by policy"


def test_strangers_and_readers(cloud: Cloud) -> None:
    tenant = cloud.project()
    net, _ = place(tenant.member)
    made = port(tenant.member, net)
    url = f"{V}/ports/{made['id']}"
    stranger = cloud.project().member
    missing = ("PortNotFound", f"Port {made['id']} could not be found.")
    assert fault(stranger.get(url), 404) == missing
    assert fault(stranger.put(url, {"port": {"name": "x"}}), 404) == missing
    assert fault(stranger.delete(url), 404) == missing
    assert stranger.get(f"{V}/ports").ok()["ports"] == []
    answer = stranger.post(f"{V}/ports", {"port": {"network_id": net}})
    assert fault(answer, 404) == ("NetworkNotFound", f"Network {net} could not be found.")
    assert fault(tenant.reader.delete(url), 403)[1] == "rule:delete_port is disallowed by policy"


def test_ports_are_found_by_what_they_have(cloud: Cloud) -> None:
    member = cloud.project().member
    net, sub = place(member)
    group = make(member, "security-groups", "security_group", name="web")["id"]
    a = port(member, net, name="a", fixed_ips=[{"ip_address": "10.0.0.71"}], device_id="d1")
    b = port(member, net, name="b", security_groups=[group])

    def found(query: str) -> set[str]:
        return {one["name"] for one in member.get(f"{V}/ports?{query}").ok()["ports"]}

    assert found("fixed_ips=ip_address%3D10.0.0.71") == {"a"}
    assert found(f"fixed_ips=subnet_id%3D{sub}&name=b") == {"b"}
    assert found("fixed_ips=ip_address_substr%3D0.0.7") == {"a"}
    assert found(f"security_groups={group}") == {"b"}
    assert found("device_id=d1") == {"a"}
    assert found(f"mac_address={b['mac_address']}") == {"b"}
    assert found(f"id={a['id']}&id={b['id']}") == {"a", "b"}
    answer = member.get(f"{V}/ports?fixed_ips=bogus")
    assert fault(answer, 400)[1] == "Invalid input for operation: 'bogus' is not of the form <key>=[value]."
