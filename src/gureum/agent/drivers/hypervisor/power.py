"""Starting and stopping guests, and what their states are called."""

from typing import Any

import libvirt
import structlog

from gureum.agent.drivers.hypervisor.link import asking, wait_for
from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts.hypervisor import Manner, PowerState

log = structlog.get_logger()

PRESS_AGAIN = 10.0
"""Seconds after which the power button is pressed again: a guest that still boots does not hear the first time."""

STATES: dict[int, PowerState] = {
    libvirt.VIR_DOMAIN_RUNNING: "running",
    libvirt.VIR_DOMAIN_BLOCKED: "running",
    libvirt.VIR_DOMAIN_SHUTDOWN: "running",
    libvirt.VIR_DOMAIN_PMSUSPENDED: "running",
    libvirt.VIR_DOMAIN_PAUSED: "paused",
    libvirt.VIR_DOMAIN_SHUTOFF: "stopped",
    libvirt.VIR_DOMAIN_CRASHED: "crashed",
    libvirt.VIR_DOMAIN_NOSTATE: "stopped",
}
CRASHES = {libvirt.VIR_DOMAIN_SHUTOFF_CRASHED, libvirt.VIR_DOMAIN_SHUTOFF_FAILED}


def state(domain: Any) -> PowerState:
    """The guest's power state; `missing` when it went away meanwhile."""
    try:
        number, reason = domain.state()
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
            return "missing"
        raise
    if number == libvirt.VIR_DOMAIN_SHUTOFF and reason in CRASHES:
        return "crashed"
    return STATES.get(number, "stopped")


def active(domain: Any) -> bool:
    try:
        return domain.isActive() == 1
    except libvirt.libvirtError as error:
        if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
            return False
        raise


def start(domain: Any) -> None:
    """Power on."""
    with asking("The guest could not be started."):
        domain.createWithFlags(0)


def hold(domain: Any) -> None:
    """Keep the guest from computing; its memory stays."""
    if state(domain) == "running":
        with asking("The guest could not be paused."):
            domain.suspend()


def go_on(domain: Any) -> None:
    """Let a paused guest compute again."""
    if state(domain) == "paused":
        with asking("The guest could not be unpaused."):
            domain.resume()


def saved(domain: Any) -> bool:
    """Whether the guest's memory is on disk, for its next start."""
    with asking("The guest could not be looked up."):
        return domain.hasManagedSaveImage(0) == 1


def save(domain: Any) -> None:
    """Put the guest's memory on disk and end it; its next start goes on from there."""
    with asking("The guest could not be suspended."):
        domain.managedSave(libvirt.VIR_DOMAIN_SAVE_RUNNING)


def forget(domain: Any) -> None:
    """Throw away the memory that was put on disk."""
    with asking("The guest could not be looked up."):
        domain.managedSaveRemove(0)


def stop(domain: Any, manner: Manner, soft_timeout: int) -> None:
    """Power off: soft asks the guest for `soft_timeout` seconds, then (or hard) the plug is pulled. DriverFault if it stays."""
    if manner == "soft" and _ask_guest(domain, soft_timeout):
        return
    with asking("The guest could not be stopped."):
        try:
            domain.destroyFlags(libvirt.VIR_DOMAIN_DESTROY_DEFAULT)
        except libvirt.libvirtError as error:
            gone = (libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_NO_DOMAIN)
            if error.get_error_code() not in gone:
                raise
        if not wait_for(lambda: not active(domain), 30):
            raise DriverFault("The guest could not be stopped.", "QEMU does not end", again=True)


def _ask_guest(domain: Any, seconds: int) -> bool:
    left = float(seconds)
    with asking("The guest could not be stopped."):
        if state(domain) == "paused":
            domain.resume()  # a paused guest hears no button
        while left > 0:
            try:
                domain.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN)
            except libvirt.libvirtError as error:
                if not active(domain):
                    return True
                log.debug("power button", error=str(error))
            if wait_for(lambda: not active(domain), min(left, PRESS_AGAIN), 0.2):
                return True
            left -= PRESS_AGAIN
    return not active(domain)
