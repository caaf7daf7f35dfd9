"""Where 169.254.169.254 lives for one network: a namespace with one end of a veth pair, the other in the bridge.

A veth and not a port of Open vSwitch's own: that would be dead in the namespace once vswitchd was restarted.
"""

import hashlib
import socket
import subprocess
import threading
from pathlib import Path

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host import linux
from gureum.agent.host.bridges import INTEGRATION_BRIDGE
from gureum.agent.host.process import run
from gureum.agent.host.settings import HostFault, HostSettings
from gureum.contracts.hypervisor import MetadataPort

ADDRESS = "169.254.169.254"
NAMESPACES = Path("/run/netns")
TEXT = "The metadata service could not be set up."


def namespace(network_id: str) -> str:
    return f"ovnmeta-{network_id}"


def device(network_id: str) -> str:
    """The bridge's end of the pair; the other one has an `i` for inside at its end."""
    return "meta" + hashlib.sha256(network_id.encode()).hexdigest()[:9]


def ensure(settings: HostSettings, port: MetadataPort) -> None:
    """Make what is missing of namespace, pair, addresses and bridge port. DriverFault (again) when a daemon is away."""
    name, outer = namespace(port.network_id), device(port.network_id)
    inner = outer + "i"
    try:
        if not (NAMESPACES / name).exists():
            run(("ip", "netns", "add", name))
        inside = ("ip", "-n", name)
        if not _is_there((*inside, "link", "show", inner)):
            run(("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name))
        run(("ip", "link", "set", outer, "up"))
        run((*inside, "link", "set", "lo", "up"))
        run((*inside, "link", "set", inner, "address", port.mac, "up"))
        for address in (*port.addresses, f"{ADDRESS}/32"):
            run((*inside, "addr", "replace", address, "dev", inner))
        # Offloaded checksums would never be finished on the way through the userspace datapath.
        run(("nsenter", f"--net={NAMESPACES / name}", "ethtool", "-K", inner, "tx", "off"))
        plug = ("--", "--may-exist", "add-port", INTEGRATION_BRIDGE, outer)
        plug += ("--", "set", "Interface", outer, f"external_ids:iface-id={port.port_id}")
        _bridge(settings, *plug)
    except HostFault as fault:
        raise DriverFault(TEXT, str(fault), again=True) from fault


def remove(settings: HostSettings, network_id: str) -> None:
    """Take it all away."""
    name, outer = namespace(network_id), device(network_id)
    try:
        _bridge(settings, "--", "--if-exists", "del-port", outer)
        if _is_there(("ip", "link", "show", outer)):
            run(("ip", "link", "del", outer))
        if (NAMESPACES / name).exists():
            run(("ip", "netns", "del", name))
    except HostFault as fault:
        raise DriverFault("The metadata service could not be taken down.", str(fault), again=True) from fault


def listen(network_id: str) -> socket.socket:
    """A listening socket on port 80 in the network's namespace. Raises OSError."""
    made: list[socket.socket] = []
    failed: list[OSError] = []

    def work() -> None:
        # A thread of its own: it moves into the namespace and never comes back; the socket does.
        try:
            with (NAMESPACES / namespace(network_id)).open() as place:
                linux.setns(place.fileno(), linux.CLONE_NEWNET)
            listener = socket.create_server(("", 80), backlog=64)
            made.append(listener)
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]


def _bridge(settings: HostSettings, *words: str) -> None:
    command = ("ovs-vsctl", f"--db={settings.openvswitch_db}", "--timeout=10")
    run((*command, *words[1:]), env=settings.environment)


def _is_there(command: tuple[str, ...]) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
