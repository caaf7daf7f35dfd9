"""What a subnet may be like; upstream's sentences for what it may not."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.store.tx import Tx
from gureum.network import addressing, faults
from gureum.network.settings import settings
from gureum.network.store import subnets as store
from gureum.network.subnet import AUTOMATIC, Range

Values = Mapping[str, Any]


def cidr(tx: Tx, network_id: str, values: Values) -> str:
    """The range asked for, in its usual form. Raises Invalid for one that fits neither the version nor the network."""
    text, version, pool = values.get("cidr"), values["ip_version"], values.get("subnetpool_id")
    if pool is not None:
        raise NotFound(f"Subnet pool {pool} could not be found.", name="SubnetPoolNotFound")
    if text is None:
        if values.get("use_default_subnetpool"):
            raise faults.bad_request("subnets", f"No default subnetpool found for IPv{version}")
        raise faults.bad_request("subnets", "a subnetpool must be specified in the absence of a cidr")
    if values.get("prefixlen") is not None:
        raise faults.bad_request("subnets", "cidr and prefixlen must not be supplied together")
    network = ipaddress.ip_network(text, strict=False)
    _versions(network, values)
    _modes(network, values)
    for present in store.of_network(tx, network_id):
        if addressing.overlap(present.cidr, str(network)):
            raise faults.invalid_input(
                f"Requested subnet with cidr: {network} for network: {network_id} overlaps with another subnet"
            )
    return str(network)


def _versions(network: ipaddress.IPv4Network | ipaddress.IPv6Network, values: Values) -> None:
    version = values["ip_version"]
    if network.version != version:
        raise faults.invalid_input(f"cidr '{values['cidr']}' does not match the ip_version '{version}'")
    gateway_ip = values.get("gateway_ip")
    if gateway_ip is not None and ipaddress.ip_address(gateway_ip).version != version:
        raise faults.invalid_input(f"gateway_ip '{gateway_ip}' does not match the ip_version '{version}'")
    if values.get("enable_dhcp", True):
        if network.prefixlen == 0:
            raise faults.invalid_input(
                f"First IP '{network.network_address}' of network is not supported if enable_dhcp is True."
            )
        if network.prefixlen > (30 if version == 4 else 126):
            raise faults.invalid_input("Subnet has a prefix length that is incompatible with DHCP service enabled")
    if network.is_multicast:
        raise faults.invalid_input("Multicast IP subnet is not supported if enable_dhcp is True")
    if network.is_loopback:
        raise faults.invalid_input("Loopback IP subnet is not supported if enable_dhcp is True")


def _modes(network: ipaddress.IPv4Network | ipaddress.IPv6Network, values: Values) -> None:
    ra, mode = values.get("ipv6_ra_mode"), values.get("ipv6_address_mode")
    for name, value in (("ipv6_ra_mode", ra), ("ipv6_address_mode", mode)):
        if value is not None and network.version == 4:
            raise faults.invalid_input(f"{name} is not valid when ip_version is 4")
        if value is not None and not values.get("enable_dhcp", True):
            raise faults.invalid_input(f"{name} is not valid when enable_dhcp is set to False")
    if ra is not None and mode is not None and ra != mode:
        raise faults.invalid_input(
            f"ipv6_ra_mode set to '{ra}' with ipv6_address_mode set to '{mode}' is not valid. If both attributes are "
            "set, they must be the same value"
        )
    if (mode in AUTOMATIC or ra in AUTOMATIC) and network.prefixlen != 64:
        raise faults.invalid_input(
            f"Invalid CIDR {network} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires "
            "the prefix to be /64"
        )


def gateway(cidr: str, address: str | None) -> None:
    """Raise Invalid for a gateway that guests of the range could not reach."""
    if address is None:
        return
    ip, network = ipaddress.ip_address(address), ipaddress.ip_network(cidr)
    if ip.version != network.version:
        raise faults.invalid_input(f"gateway_ip '{address}' does not match the ip_version '{network.version}'")
    ends = (network.network_address, network.broadcast_address) if network.version == 4 else ()
    if network.version == 6 and (ip.is_link_local or ip in network):
        return
    if ip not in network or (network.prefixlen < 31 and ip in ends):
        raise faults.invalid_input("Gateway is not valid on subnet")


def pools(cidr: str, asked: Sequence[Range], gateway_ip: str | None) -> list[Range]:
    """Allocation pools in order. Raises Invalid for one outside the range, Conflict for overlaps."""
    network = ipaddress.ip_network(cidr)
    found: list[tuple[Any, Any]] = []
    for pool in asked:
        start, end = (ipaddress.ip_address(pool[name]) for name in ("start", "end"))
        if start.version != network.version or end.version != network.version or int(end) < int(start):
            raise Invalid(f"The allocation pool {_as_upstream(pool)} is not valid.", name="InvalidAllocationPool")
        if start not in network or end not in network or _at_end(network, start, end):
            raise Invalid(
                f"The allocation pool {start}-{end} spans beyond the subnet cidr {cidr}.",
                name="OutOfBoundsAllocationPool",
            )
        if gateway_ip is not None and int(start) <= int(ipaddress.ip_address(gateway_ip)) <= int(end):
            raise Conflict(
                f"Gateway ip {gateway_ip} conflicts with allocation pool {start}-{end}.",
                name="GatewayConflictWithAllocationPools",
            )
        for other_start, other_end in found:
            if int(start) <= int(other_end) and int(other_start) <= int(end):
                raise Conflict(
                    f"Found overlapping allocation pools: {other_start}-{other_end} {start}-{end} for subnet {cidr}.",
                    name="OverlappingAllocationPools",
                )
        found.append((start, end))
    return [{"start": str(start), "end": str(end)} for start, end in sorted(found, key=lambda pair: int(pair[0]))]


def _at_end(network: ipaddress.IPv4Network | ipaddress.IPv6Network, start: Any, end: Any) -> bool:
    if network.version == 6 or network.prefixlen >= 31:
        return False
    return bool(start == network.network_address or end == network.broadcast_address)


def _as_upstream(pool: Range) -> str:
    return f"{{'start': '{pool['start']}', 'end': '{pool['end']}'}}"


def lists(values: Values, about: str) -> None:
    """Raise Invalid for more name servers or routes than are allowed."""
    if len(values.get("dns_nameservers") or ()) > settings.most_nameservers:
        raise Invalid(
            f"Unable to complete operation for {about}. The number of DNS nameservers exceeds the limit "
            f"{settings.most_nameservers}.",
            name="DNSNameServersExhausted",
        )
    if len(values.get("host_routes") or ()) > settings.most_host_routes:
        raise Invalid(
            f"Unable to complete operation for {about}. The number of host routes exceeds the limit "
            f"{settings.most_host_routes}.",
            name="HostRoutesExhausted",
        )
