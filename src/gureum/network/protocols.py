"""IP protocols that security group rules know, by name and number."""

NUMBERS = {
    "ah": 51,
    "dccp": 33,
    "egp": 8,
    "esp": 50,
    "gre": 47,
    "hopopt": 0,
    "icmp": 1,
    "igmp": 2,
    "ip": 0,
    "ipip": 4,
    "ipv6-encap": 41,
    "ipv6-frag": 44,
    "ipv6-icmp": 58,
    "icmpv6": 58,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    "ipv6-route": 43,
    "ospf": 89,
    "pgm": 113,
    "rsvp": 46,
    "sctp": 132,
    "tcp": 6,
    "udp": 17,
    "udplite": 136,
    "vrrp": 112,
}
PORTED = frozenset({6, 17, 33, 132, 136})
"""Protocols with ports."""
ICMP = frozenset({1, 58})
_IPV6 = {41, 43, 44, 58, 59, 60}
ONLY_IPV6 = frozenset(name for name, value in NUMBERS.items() if value in _IPV6) | {str(value) for value in _IPV6}
"""Names and numbers that make no sense with IPv4."""


def number(protocol: str | None) -> int | None:
    """The number of a protocol by name or number; None for any."""
    if protocol is None or protocol == "any":
        return None
    return NUMBERS[protocol] if protocol in NUMBERS else int(protocol)
