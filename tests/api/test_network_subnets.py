"""Subnets."""

from typing import Any

import pytest

from tests.api.network_scene import OPERATION, V, fault, network, port, quiet, subnet, written
from tests.cloud import Cloud


def test_a_subnet_has_the_usual_defaults(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    made = subnet(member, net["id"], "172.17.0.0/24")
    assert list(made) == [
        "id", "name", "project_id", "network_id", "ip_version", "subnetpool_id", "enable_dhcp", "ipv6_ra_mode",
        "ipv6_address_mode", "gateway_ip", "cidr", "allocation_pools", "host_routes", "dns_nameservers", "description",
        "router:external", "service_types", "tags", "revision_number", "created_at", "updated_at", "tenant_id",
    ]  # fmt: skip
    assert made["allocation_pools"] == [{"start": "172.17.0.2", "end": "172.17.0.254"}]
    assert (made["gateway_ip"], made["enable_dhcp"], made["revision_number"]) == ("172.17.0.1", True, 0)
    assert member.get(f"{V}/networks/{net['id']}").ok()["network"]["subnets"] == [made["id"]]


def test_a_gateway_in_the_middle_parts_the_pool(cloud: Cloud) -> None:
    member = cloud.project().member
    made = subnet(member, network(member)["id"], gateway_ip="10.0.0.100")
    assert made["allocation_pools"] == [
        {"start": "10.0.0.1", "end": "10.0.0.99"},
        {"start": "10.0.0.101", "end": "10.0.0.254"},
    ]
    without = subnet(member, network(member)["id"], gateway_ip=None)
    assert without["allocation_pools"] == [{"start": "10.0.0.1", "end": "10.0.0.254"}]


def test_dhcp_says_what_the_subnet_says(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    routes = [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}]
    made = subnet(member, net["id"], dns_nameservers=["8.8.8.8", "1.1.1.1"], host_routes=routes)
    quiet(cloud)
    dhcp = written(cloud, "switch")[net["id"]].subnets[0].dhcp
    assert dhcp.dns == ("8.8.8.8", "1.1.1.1")
    assert dhcp.gateway_ip == "10.0.0.1"
    assert dhcp.routes == (("10.9.0.0/16", "10.0.0.9"), ("169.254.169.254/32", "10.0.0.2"))
    assert (dhcp.mtu, dhcp.lease_seconds) == (1442, 43200)
    url = f"{V}/subnets/{made['id']}"
    member.put(url, {"subnet": {"enable_dhcp": False}}).ok(200)
    quiet(cloud)
    assert written(cloud, "switch")[net["id"]].subnets[0].dhcp is None
    assert cloud.admin.get(f"{V}/ports?network_id={net['id']}").ok()["ports"] == []
    member.put(url, {"subnet": {"enable_dhcp": True, "dns_nameservers": []}}).ok(200)
    quiet(cloud)
    assert written(cloud, "switch")[net["id"]].subnets[0].dhcp.dns == ()


def test_the_metadata_port_has_an_address_in_every_subnet_with_dhcp(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    first = subnet(member, net["id"], "10.0.0.0/24")
    second = subnet(member, net["id"], "10.1.0.0/24")
    subnet(member, net["id"], "10.2.0.0/24", enable_dhcp=False)
    found = cloud.admin.get(f"{V}/ports?network_id={net['id']}").ok()["ports"]
    assert [(one["device_owner"], one["device_id"]) for one in found] == [
        ("network:distributed", f"ovnmeta-{net['id']}")
    ]
    assert {one["subnet_id"]: one["ip_address"] for one in found[0]["fixed_ips"]} == {
        first["id"]: "10.0.0.2",
        second["id"]: "10.1.0.2",
    }
    member.delete(f"{V}/subnets/{first['id']}").ok(204)
    left = cloud.admin.get(f"{V}/ports?network_id={net['id']}").ok()["ports"][0]
    assert [one["subnet_id"] for one in left["fixed_ips"]] == [second["id"]]
    quiet(cloud)
    assert written(cloud, "port")[left["id"]].addresses == ("10.1.0.2",)


WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"cidr": "x"}, 400, "InvalidInput", "Invalid input for operation: x is not in a CIDR format."),
    ({"cidr": "fd00::/64"}, 400, "InvalidInput", f"{OPERATION}cidr 'fd00::/64' does not match the ip_version '4'."),
    ({"ip_version": 5}, 400, "HTTPBadRequest", "Invalid input for ip_version. Reason: 5 is not in valid_values."),
    ({"gateway_ip": "10.9.0.1"}, 400, "InvalidInput", "Invalid input for operation: Gateway is not valid on subnet."),
    ({"gateway_ip": "x"}, 400, "HTTPBadRequest", "Invalid input for gateway_ip. Reason: 'x' is not a valid IP address."),
    (
        {"allocation_pools": [{"start": "10.0.0.20", "end": "10.0.0.10"}]}, 400, "InvalidAllocationPool",
        "The allocation pool {'start': '10.0.0.20', 'end': '10.0.0.10'} is not valid.",
    ),
    (
        {"allocation_pools": [{"start": "10.6.0.10", "end": "10.6.0.20"}]}, 400, "OutOfBoundsAllocationPool",
        "The allocation pool 10.6.0.10-10.6.0.20 spans beyond the subnet cidr 10.0.0.0/24.",
    ),
    (
        {"allocation_pools": [{"start": "10.0.0.10", "end": "10.0.0.20"}, {"start": "10.0.0.15", "end": "10.0.0.30"}]},
        409, "OverlappingAllocationPools",
        "Found overlapping allocation pools: 10.0.0.10-10.0.0.20 10.0.0.15-10.0.0.30 for subnet 10.0.0.0/24.",
    ),
    (
        {"gateway_ip": "10.0.0.10", "allocation_pools": [{"start": "10.0.0.2", "end": "10.0.0.20"}]}, 409,
        "GatewayConflictWithAllocationPools", "Gateway ip 10.0.0.10 conflicts with allocation pool 10.0.0.2-10.0.0.20.",
    ),
    (
        {"dns_nameservers": ["8.8.8.8", "8.8.8.8"]}, 400, "HTTPBadRequest",
        "Invalid input for dns_nameservers. Reason: Duplicate nameserver '8.8.8.8'.",
    ),
    (
        {"dns_nameservers": [f"1.1.1.{place}" for place in range(6)]}, 400, "DNSNameServersExhausted",
        "Unable to complete operation for new subnet. The number of DNS nameservers exceeds the limit 5.",
    ),
    ({"ipv6_ra_mode": "slaac"}, 400, "InvalidInput", f"{OPERATION}ipv6_ra_mode is not valid when ip_version is 4."),
    ({"network_id": "x"}, 400, "HTTPBadRequest", "Invalid input for network_id. Reason: 'x' is not a valid UUID."),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "status", "name", "sentence"), WRONG)
def test_a_wrong_subnet_changes_nothing(
    cloud: Cloud, wrong: dict[str, Any], status: int, name: str, sentence: str
) -> None:
    member = cloud.project().member
    net = network(member)
    body = {"network_id": net["id"], "ip_version": 4, "cidr": "10.0.0.0/24"} | wrong
    assert fault(member.post(f"{V}/subnets", {"subnet": body}), status) == (name, sentence)
    assert member.get(f"{V}/subnets?network_id={net['id']}").ok()["subnets"] == []
    assert cloud.admin.get(f"{V}/ports?network_id={net['id']}").ok()["ports"] == []


def test_ranges_overlap_on_one_network_but_not_between_projects(cloud: Cloud) -> None:
    first, second = cloud.project().member, cloud.project().member
    net = network(first)
    subnet(first, net["id"])
    body = {"network_id": net["id"], "ip_version": 4, "cidr": "10.0.0.128/25"}
    name, sentence = fault(first.post(f"{V}/subnets", {"subnet": body}), 400)
    assert name == "InvalidInput"
    assert sentence == (
        f"Invalid input for operation: Requested subnet with cidr: 10.0.0.128/25 for network: {net['id']} overlaps with "
        "another subnet."
    )
    subnet(second, network(second)["id"])


def test_guests_on_a_slaac_subnet_have_the_address_they_make_for_themselves(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    subnet(member, net["id"])
    early = port(member, net["id"], mac_address="fa:16:3e:00:00:01")
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    six = subnet(member, net["id"], "fd00:1::/64", **modes)
    assert six["gateway_ip"] == "fd00:1::1"
    late = port(member, net["id"], mac_address="fa:16:3e:00:00:02")
    assert [one["ip_address"] for one in late["fixed_ips"]] == ["10.0.0.4", "fd00:1::f816:3eff:fe00:2"]
    again = member.get(f"{V}/ports/{early['id']}").ok()["port"]
    assert again["fixed_ips"][1]["ip_address"] == "fd00:1::f816:3eff:fe00:1"
    wish = {"subnet_id": six["id"], "ip_address": "fd00:1::5"}
    answer = member.post(f"{V}/ports", {"port": {"network_id": net["id"], "fixed_ips": [wish]}})
    assert fault(answer, 400)[0] == "AllocationOnAutoAddressSubnet"


def test_a_subnet_in_use_stays(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    made = subnet(member, net["id"])
    held = port(member, net["id"])
    url = f"{V}/subnets/{made['id']}"
    assert fault(member.delete(url), 409) == (
        "SubnetInUse",
        f"Unable to complete operation on subnet {made['id']}: One or more ports have an IP allocation from this subnet.",
    )
    member.delete(f"{V}/ports/{held['id']}").ok(204)
    member.delete(url).ok(204)
    assert fault(member.get(url), 404) == ("SubnetNotFound", f"Subnet {made['id']} could not be found.")


def test_a_subnet_is_changed(cloud: Cloud) -> None:
    member = cloud.project().member
    made = subnet(member, network(member)["id"])
    url = f"{V}/subnets/{made['id']}"
    pools = [{"start": "10.0.0.50", "end": "10.0.0.60"}]
    changed = member.put(url, {"subnet": {"name": "new", "allocation_pools": pools}}).ok()["subnet"]
    assert (changed["name"], changed["allocation_pools"], changed["revision_number"]) == ("new", pools, 1)
    assert fault(member.put(url, {"subnet": {"cidr": "10.1.0.0/24"}}), 400)[1] == (
        "Cannot update read-only attribute cidr"
    )
    stranger = cloud.project().member
    assert stranger.put(url, {"subnet": {"name": "x"}}).status == 404
    assert stranger.delete(url).status == 404


def test_only_stateful_ipv6_subnets_have_dhcp(cloud: Cloud) -> None:
    member = cloud.project().member
    net = network(member)
    for place, mode in enumerate(("dhcpv6-stateful", "dhcpv6-stateless", "slaac", None)):
        modes = {} if mode is None else {"ipv6_ra_mode": mode, "ipv6_address_mode": mode}
        subnet(member, net["id"], f"fd00:{place}::/64", **modes)
    quiet(cloud)
    specs = written(cloud, "switch")[net["id"]].subnets
    assert [spec.cidr for spec in specs if spec.dhcp is not None] == ["fd00::/64"]
    assert cloud.admin.get(f"{V}/ports?network_id={net['id']}").ok()["ports"] == []
