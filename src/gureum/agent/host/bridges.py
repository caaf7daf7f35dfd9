"""The host's bridges: br-int for guests, br-ex to the provider network, and what OVN must know of this chassis."""

import fcntl
import ipaddress
import json
import socket
import struct
import subprocess
from pathlib import Path

from gureum.agent.host.process import run
from gureum.agent.host.settings import HostFault, HostSettings

SIOCGIFADDR, SIOCGIFFLAGS, IFF_UP = 0x8915, 0x8913, 1
INTEGRATION_BRIDGE = "br-int"


def kernel_datapath(settings: HostSettings) -> bool:
    """Whether Open vSwitch forwards in the kernel here; loads its module where there is one."""
    if settings.datapath != "auto":
        return settings.datapath == "kernel"
    module = Path("/sys/module/openvswitch")
    if not module.is_dir():
        subprocess.run(("modprobe", "-q", "openvswitch"), check=False, capture_output=True)
    return module.is_dir()


def taken_by(network: ipaddress.IPv4Network | ipaddress.IPv6Network, bridge: str) -> str:
    """The device (other than `bridge`) whose route or address overlaps `network`, empty when it is free."""
    family = f"-{network.version}"
    for route in json.loads(run(("ip", family, "-j", "route", "show", "table", "all")) or "[]"):
        destination = route.get("dst", "default")
        if (
            destination == "default"
            or route.get("dev", "") == bridge
            or route.get("type") in ("multicast", "broadcast")
        ):
            continue
        if ipaddress.ip_network(destination, strict=False).overlaps(network):
            return str(route.get("dev", "") or route.get("type", "a route"))
    return ""


def free_range(preferred: str, bridge: str) -> str:
    """`preferred` (a /24 as 192.168.122.0/24) if no route of this host overlaps it, else the next free /24.

    Raises HostFault when none is free up to the end of its /16.
    """
    network = ipaddress.IPv4Network(preferred)
    last = int(network.supernet(new_prefix=16).broadcast_address)
    for start in range(int(network.network_address), last, network.num_addresses):
        candidate = ipaddress.IPv4Network((start, network.prefixlen))
        if not taken_by(candidate, bridge):
            return str(candidate)
    raise HostFault(f"No range from {preferred} on is free on this host; name one in the settings.")


def check_address(settings: HostSettings) -> None:
    """Raise HostFault when the external address would take something that another device has."""
    if not settings.external_address:
        return
    try:
        wanted = ipaddress.ip_interface(settings.external_address)
    except ValueError as wrong:
        raise HostFault(
            f"The external address {settings.external_address} is no address with prefix length."
        ) from wrong
    holder = taken_by(wanted.network, settings.external_bridge)
    if holder:
        raise HostFault(
            f"The external range {wanted.network} is already used on this host (by {holder}); choose another one."
        )


def ensure(settings: HostSettings) -> None:
    """Make the bridges and tell OVN about this chassis. Raises HostFault."""
    check_address(settings)
    kind = "system" if kernel_datapath(settings) else "netdev"
    words = [*_bridge(INTEGRATION_BRIDGE, kind), "--", "set", "bridge", INTEGRATION_BRIDGE, "fail-mode=secure"]
    words += ["other_config:disable-in-band=true"]
    mappings = ""
    if settings.physical_network:
        mappings = f"{settings.physical_network}:{settings.external_bridge}"
        words += _bridge(settings.external_bridge, kind)
        if settings.external_interface:
            words += ["--", "--may-exist", "add-port", settings.external_bridge, settings.external_interface]
    known = {
        "system-id": settings.name,
        "hostname": settings.name,
        "ovn-bridge": INTEGRATION_BRIDGE,
        "ovn-remote": settings.southbound_db,
        "ovn-encap-type": "geneve",
        "ovn-encap-ip": settings.address,
        "ovn-bridge-datapath-type": kind,
        "ovn-bridge-mappings": mappings,
        "ovn-monitor-all": "true",
    }
    words += ["--", "set", "Open_vSwitch", ".", *(f"external_ids:{key}={json.dumps(known[key])}" for key in known)]
    run(
        ("ovs-vsctl", f"--db={settings.openvswitch_db}", "--timeout=20", *words[1:]),
        env=settings.environment,
        seconds=25,
    )
    ensure_address(settings)


def _bridge(name: str, kind: str) -> list[str]:
    return ["--", "--may-exist", "add-br", name, "--", "set", "bridge", name, f"datapath_type={kind}"]


def ensure_address(settings: HostSettings) -> bool:
    """Give the external bridge its address, also after Open vSwitch made the device anew. True if it was missing."""
    if not settings.physical_network or not settings.external_address:
        return False
    wanted = ipaddress.ip_interface(settings.external_address)
    if _has(settings.external_bridge, wanted):
        return False
    check_address(settings)
    for words in (("addr", "replace", str(wanted)), ("link", "set", "up")):
        run(("ip", *words, "dev", settings.external_bridge))
    return True


def _has(device: str, wanted: ipaddress.IPv4Interface | ipaddress.IPv6Interface) -> bool:
    request = struct.pack("16s16x", device.encode())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            flags = struct.unpack_from("H", fcntl.ioctl(probe, SIOCGIFFLAGS, request), 16)[0]
            if not flags & IFF_UP:
                return False
            if wanted.version == 6:
                return str(wanted.ip) in run(("ip", "-6", "-j", "addr", "show", "dev", device))
            return fcntl.ioctl(probe, SIOCGIFADDR, request)[20:24] == wanted.ip.packed
        except OSError:
            return False
