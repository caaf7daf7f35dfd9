"""What a guest can leave behind when libvirt lost it: a QEMU process, ports of the bridge."""

import re
from pathlib import Path

from gureum.agent.drivers.hypervisor import taps
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.process import command_line, end
from gureum.agent.host.settings import HostSettings


def end_stray(home: Path) -> None:
    """End a QEMU that still has the guest's files open. To be called only when libvirt says that the guest does not run."""
    mark = f"{home}/"
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        line = command_line(int(entry.name))
        ours = bool(line) and "qemu-system" in line[0] and any(mark in part for part in line)
        if ours and not end(int(entry.name), mark, patience=2.0):
            raise DriverFault("The guest could not be stopped.", f"process {entry.name} does not end", again=True)


def drop_log(settings: HostSettings, name: str) -> None:
    """Remove QEMU's log of a guest that is gone; the system's libvirt keeps its own house."""
    if settings.own_daemons and re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,100}", name):
        for log in (settings.state / "libvirt/log/qemu").glob(f"{name}.log*"):
            log.unlink(missing_ok=True)


def unplug_ports(settings: HostSettings, domain_uuid: str) -> None:
    """Remove the bridge's ports of a guest that is gone. DriverFault (again) while Open vSwitch is away."""
    for plugs in taps.plugged(settings).values():
        for device, guest in plugs:
            if guest == domain_uuid:
                taps.remove(settings, device)
