"""What is plugged into the integration bridge for guests, by the marks that libvirt leaves there."""

import json
from pathlib import Path
from typing import Any

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.process import run
from gureum.agent.host.settings import HostFault, HostSettings

_AWAY = "Open vSwitch could not be asked for its ports."
_DEVICES = Path("/sys/class/net")


def plugged(settings: HostSettings) -> dict[str, list[tuple[str, str]]]:
    """Port id to (device, domain's uuid) of what is plugged in for it. DriverFault (again) while Open vSwitch is away."""
    listed = json.loads(_vsctl(settings, "--format=json", "--columns=name,external_ids", "list", "Interface") or "{}")
    found: dict[str, list[tuple[str, str]]] = {}
    for name, ids in listed.get("data", []):
        marks: dict[str, Any] = dict(ids[1])
        if "iface-id" in marks and "vm-id" in marks:
            found.setdefault(marks["iface-id"], []).append((name, marks["vm-id"]))
    return found


def remove(settings: HostSettings, device: str) -> None:
    """Take a plug away, with its device where that is still there."""
    _vsctl(settings, "--if-exists", "del-port", device)
    if (_DEVICES / device).exists():
        try:
            run(("ip", "link", "del", device))
        except HostFault as fault:
            raise DriverFault("The port's device could not be removed.", str(fault), again=True) from fault


def mtu(settings: HostSettings) -> int:
    """The largest packet, in bytes, of the device that has this host's address; 0 where none has it."""
    try:
        listed = json.loads(run(("ip", "-j", "addr", "show", "to", settings.address)) or "[]")
    except (HostFault, ValueError):
        return 0
    return min((one["mtu"] for one in listed if "mtu" in one), default=0)


def _vsctl(settings: HostSettings, *words: str) -> str:
    try:
        return run(("ovs-vsctl", f"--db={settings.openvswitch_db}", "--timeout=10", *words), env=settings.environment)
    except HostFault as fault:
        raise DriverFault(_AWAY, str(fault), again=True) from fault
