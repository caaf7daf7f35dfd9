"""Security group rules and DHCP options in OVN's words: nothing of a tenant passes through as it came."""

import pytest

pytest.importorskip("ovs", reason="the extra [host] is not installed")

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.switch import leases, networks, ports, rules
from gureum.contracts import switch as sw

GROUP = "0a-b"


def match(**words: object) -> str:
    given = {"rule_id": "r", "direction": "ingress", "ethertype": "IPv4", **words}
    return rules.match(GROUP, sw.SecurityRule(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, "outport == @group_0a_b && ip4"),
        ({"direction": "egress", "ethertype": "IPv6"}, "inport == @group_0a_b && ip6"),
        ({"protocol": "tcp", "port_min": 22, "port_max": 22}, "outport == @group_0a_b && ip4 && tcp && tcp.dst == 22"),
        (
            {"protocol": "UDP", "port_min": 1000, "port_max": 2000},
            "outport == @group_0a_b && ip4 && udp && udp.dst >= 1000 && udp.dst <= 2000",
        ),
        ({"protocol": "tcp", "port_min": 1, "port_max": 65535}, "outport == @group_0a_b && ip4 && tcp"),
        (
            {"protocol": "icmp", "port_min": 8, "port_max": 0},
            "outport == @group_0a_b && ip4 && icmp4 && icmp4.type == 8 && icmp4.code == 0",
        ),
        ({"protocol": "icmp", "ethertype": "IPv6"}, "outport == @group_0a_b && ip6 && icmp6"),
        ({"protocol": "vrrp"}, "outport == @group_0a_b && ip4 && ip.proto == 112"),
        ({"protocol": "47"}, "outport == @group_0a_b && ip4 && ip.proto == 47"),
        ({"remote_cidr": "10.0.0.7/8"}, "outport == @group_0a_b && ip4 && ip4.src == 10.0.0.0/8"),
        ({"remote_cidr": "0.0.0.0/0"}, "outport == @group_0a_b && ip4"),
        ({"remote_group_id": "c-d"}, "outport == @group_0a_b && ip4 && ip4.src == $group_c_d_ip4"),
        (
            {"remote_group_id": "c-d", "direction": "egress", "ethertype": "IPv6"},
            "inport == @group_0a_b && ip6 && ip6.dst == $group_c_d_ip6",
        ),
    ],
)
def test_a_rule(words: dict[str, object], expected: str) -> None:
    assert match(**words) == expected


@pytest.mark.parametrize("words", [{"protocol": "tcp || 1"}, {"protocol": "256"}, {"remote_cidr": "1.2.3.4 || ip"}])
def test_a_malformed_rule_is_refused(words: dict[str, object]) -> None:
    with pytest.raises(DriverFault):
        match(**words)


def subnet(cidr: str, **words: object) -> sw.SubnetSpec:
    given = {
        "server_ip": "172.16.0.2",
        "server_mac": "fa:16:3e:00:00:99",
        "gateway_ip": "172.16.0.1",
        "dns": ("8.8.8.8", "9.9.9.9"),
        "routes": (("169.254.169.254/32", "172.16.0.2"),),
        "mtu": 1442,
        "lease_seconds": 600,
        **words,
    }
    return sw.SubnetSpec(subnet_id="s", cidr=cidr, dhcp=sw.Dhcp(**given))  # type: ignore[arg-type]


def test_classless_routes_carry_the_default_route() -> None:
    said = networks.options(subnet("172.16.0.0/24", domain="a b"))
    assert said["classless_static_route"] == "{169.254.169.254/32,172.16.0.2, 0.0.0.0/0,172.16.0.1}"
    assert (said["router"], said["dns_server"], said["mtu"]) == ("172.16.0.1", "{8.8.8.8, 9.9.9.9}", "1442")
    assert said["domain_name"] == '"a b"'


def test_without_a_gateway_there_is_no_default_route() -> None:
    said = networks.options(subnet("172.16.0.0/24", gateway_ip=None))
    assert said["classless_static_route"] == "{169.254.169.254/32,172.16.0.2}" and "router" not in said


def test_dhcpv6_names_its_server_by_mac() -> None:
    said = networks.options(subnet("fd00::/64", dns=("fd00::1",), domain="example"))
    assert said == {"server_id": "fa:16:3e:00:00:99", "dns_server": "{fd00::1}", "domain_search": '"example"'}


@pytest.mark.parametrize(("name", "said"), [("web-1", {"hostname": '"web-1"'}), ('x"; drop', {}), ("", {})])
def test_only_a_plain_host_name_goes_into_flows(name: str, said: dict[str, str]) -> None:
    asked = sw.EnsurePort(
        port_id="p", network_id="n", kind="guest", mac="fa:16:3e:00:00:01", addresses=(), subnet_ids=(), hostname=name
    )
    assert ports._options(asked) == said


def option(name: str, value: str, version: int = 4) -> sw.DhcpOption:
    return sw.DhcpOption(ip_version=version, name=name, value=value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("bootfile-name", "pxelinux.0", {"bootfile_name": '"pxelinux.0"'}),
        ("server-ip-address", "10.0.0.9", {"next_server": "10.0.0.9"}),
        ("tftp-server", "10.0.0.9", {"tftp_server": "10.0.0.9"}),
        ("tftp-server", "boot.example", {"tftp_server": '"boot.example"'}),
        ("ntp-server", "10.0.0.8, 10.0.0.9", {"ntp_server": "{10.0.0.8, 10.0.0.9}"}),
        ("mtu", "1400", {"mtu": "1400"}),
        ("ip-forward-enable", "1", {"ip_forward_enable": "1"}),
    ],
)
def test_a_ports_own_dhcp_options(name: str, value: str, expected: dict[str, str]) -> None:
    assert leases.words([option(name, value)]) == expected


def test_those_of_ipv6() -> None:
    found = leases.words([option("dns-server", "2001:DB8::1", 6), option("domain-search", "example.org", 6)])
    assert found == {"dns_server": "2001:db8::1", "domain_search": '"example.org"'}
