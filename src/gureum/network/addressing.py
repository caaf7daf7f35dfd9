"""Addresses, worked out: pure arithmetic on ranges and MACs."""

import hashlib
import ipaddress
import secrets
from collections.abc import Iterable

from gureum.network.subnet import Range, Subnet

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def new_mac() -> str:
    """A random MAC under the cloud's prefix."""
    return "fa:16:3e:" + ":".join(f"{byte:02x}" for byte in secrets.token_bytes(3))


def mac_of(text: str) -> str:
    """A MAC that always follows from the same text."""
    return "fa:16:3e:" + ":".join(f"{byte:02x}" for byte in hashlib.sha256(text.encode()).digest()[:3])


def eui64(cidr: str, mac: str) -> str:
    """The address that a guest makes for itself from its MAC in an IPv6 range."""
    octets = [int(part, 16) for part in mac.split(":")]
    octets[0] ^= 2
    suffix = int.from_bytes(bytes([*octets[:3], 0xFF, 0xFE, *octets[3:]]))
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Network(cidr).network_address) | suffix))


def usable(subnet: Subnet, address: str) -> bool:
    """Whether a port may have this address of the subnet: in the range, neither its network nor broadcast address."""
    ip, network = ipaddress.ip_address(address), subnet.network
    if ip.version != network.version or ip not in network:
        return False
    if network.version == 4 and network.prefixlen < 31:
        return ip not in (network.network_address, network.broadcast_address)
    return network.version == 4 or network.prefixlen == 128 or ip != network.network_address


def pools_without(cidr: str, excluded: Iterable[str]) -> list[Range]:
    """All addresses of a range that guests may have, but for some, as pools."""
    network = ipaddress.ip_network(cidr)
    first, last = int(network.network_address), int(network.broadcast_address)
    if network.version == 4 and network.prefixlen < 31:
        first, last = first + 1, last - 1
    elif network.version == 6 and network.prefixlen < 127:
        first += 1
    holes = sorted(int(ip) for word in set(excluded) if (ip := ipaddress.ip_address(word)) in network)
    kind = type(network.network_address)
    pools: list[Range] = []
    for hole in [*holes, last + 1]:
        if first < hole:
            pools.append({"start": str(kind(first)), "end": str(kind(hole - 1))})
        first = max(first, hole + 1)
    return pools


def default_gateway(cidr: str) -> str:
    """The first usable address."""
    network = ipaddress.ip_network(cidr)
    lone = network.prefixlen >= (31 if network.version == 4 else 127)
    return str(network.network_address if lone else network.network_address + 1)


def overlap(one: str, other: str) -> bool:
    """Whether two ranges share an address."""
    first, second = ipaddress.ip_network(one), ipaddress.ip_network(other)
    return first.version == second.version and first.overlaps(second)  # pyright: ignore[reportArgumentType]
