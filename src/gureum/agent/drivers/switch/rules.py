"""Security group rules as OVN matches. Pure; every text of a tenant is parsed and written anew, never passed through."""

import ipaddress

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.switch.draft import DROP_GROUP, group_name
from gureum.contracts.switch import SecurityRule

ALLOW_PRIORITY, DROP_PRIORITY = 1002, 1001

PORTED = {"tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp", "sctp": "sctp", "132": "sctp"}
ICMP = {"icmp", "1", "icmpv6", "ipv6-icmp", "58"}
NUMBERS = {
    "ah": 51, "dccp": 33, "egp": 8, "esp": 50, "gre": 47, "igmp": 2, "ipip": 4, "ipv6-encap": 41, "ipv6-frag": 44,
    "ipv6-nonxt": 59, "ipv6-opts": 60, "ipv6-route": 43, "ospf": 89, "pgm": 113, "rsvp": 46, "udplite": 136, "vrrp": 112,
}  # fmt: skip

ALWAYS = (
    # What a guest needs to get an address at all, whatever its rules say.
    ("from-lport", f"inport == @{DROP_GROUP} && ip4 && udp && udp.src == 68 && udp.dst == 67"),
    ("from-lport", f"inport == @{DROP_GROUP} && ip6 && udp && udp.src == 546 && udp.dst == 547"),
    ("from-lport", f"inport == @{DROP_GROUP} && (nd || nd_rs)"),
    ("to-lport", f"outport == @{DROP_GROUP} && (nd || nd_ra)"),
)
DROPS = (
    ("from-lport", f"inport == @{DROP_GROUP} && ip"),
    ("to-lport", f"outport == @{DROP_GROUP} && ip"),
)


def direction(rule: SecurityRule) -> str:
    """OVN's word for it."""
    return "to-lport" if rule.direction == "ingress" else "from-lport"


def match(group_id: str, rule: SecurityRule) -> str:
    """The packets that `rule` lets through to (or from) the group's ports. Raises DriverFault for a malformed rule."""
    ingress = rule.direction == "ingress"
    family = "ip4" if rule.ethertype == "IPv4" else "ip6"
    parts = [f"{'outport' if ingress else 'inport'} == @{group_name(group_id)}", family]
    far = f"{family}.{'src' if ingress else 'dst'}"
    if rule.remote_cidr is not None:
        try:
            network = ipaddress.ip_network(rule.remote_cidr, strict=False)
        except ValueError as wrong:
            raise DriverFault(f"Rule {rule.rule_id}: {rule.remote_cidr!r} is no address range.") from wrong
        if network.prefixlen:
            parts.append(f"{far} == {network}")
    if rule.remote_group_id is not None:
        parts.append(f"{far} == ${group_name(rule.remote_group_id)}_{family}")
    return " && ".join(parts + _protocol(rule, family))


def _protocol(rule: SecurityRule, family: str) -> list[str]:
    name = (rule.protocol or "").lower()
    if name in ("", "any", "0"):
        return []
    if name in ICMP:
        icmp = "icmp4" if family == "ip4" else "icmp6"
        parts = [icmp]
        if rule.port_min is not None:
            parts.append(f"{icmp}.type == {int(rule.port_min)}")
        if rule.port_max is not None:
            parts.append(f"{icmp}.code == {int(rule.port_max)}")
        return parts
    if name in PORTED:
        word = PORTED[name]
        low = 1 if rule.port_min is None else int(rule.port_min)
        high = 65535 if rule.port_max is None else int(rule.port_max)
        if (low, high) == (1, 65535):
            return [word]
        ports = [f"{word}.dst == {low}"] if low == high else [f"{word}.dst >= {low}", f"{word}.dst <= {high}"]
        return [word, *ports]
    number = NUMBERS.get(name, int(name) if name.isdecimal() else -1)
    if not 0 <= number <= 255:
        raise DriverFault(f"Rule {rule.rule_id}: {rule.protocol!r} is no protocol.")
    return [f"ip.proto == {number}"]
