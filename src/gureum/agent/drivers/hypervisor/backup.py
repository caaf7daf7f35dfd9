"""What only the QEMU that has a disk open can do with it: copy what it holds at one instant, and make it larger."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import libvirt

from gureum.agent.drivers.hypervisor.link import asking, wait_for
from gureum.agent.drivers.images.tool import empty_for_guest, qemu_img, virtual_size
from gureum.agent.drivers.protocols import DriverFault

POLL_SECONDS = 0.2
ABORT_SECONDS = 30.0
COPY = "The disk could not be copied while its server runs."
GROW = "The volume could not be extended while its server runs."

_one_at_a_time: dict[str, threading.Lock] = {}
"""By domain: QEMU makes one backup at a time."""
_registry = threading.Lock()


def device_of(domain: Any, disk: Path) -> str | None:
    """The name (vda …) under which a running guest has a file open, None for one that has not."""
    tree = ElementTree.fromstring(domain.XMLDesc(0))  # noqa: S314 (libvirt's own answer)
    for each in tree.iterfind("devices/disk"):
        source, target = each.find("source"), each.find("target")
        if source is not None and target is not None and source.get("file") == str(disk):
            return target.get("dev")
    return None


def copy(domain: Any, device: str, disk: Path, target: Path, progress: Callable[[int], None]) -> None:
    """Copy what the disk holds now into `target`, a new qcow2 file that stands alone. The guest goes on writing meanwhile.

    DriverFault (again) when the guest ends before the copy does.
    """
    with _registry:
        lock = _one_at_a_time.setdefault(domain.UUIDString(), threading.Lock())
    while not lock.acquire(timeout=1.0):
        progress(0)
    try:
        _abort(domain)  # of an agent that is no more
        empty_for_guest(target)
        qemu_img(("create", "-q", "-f", "qcow2", target, str(virtual_size(disk, "qcow2", backed=True))), COPY)
        with asking(COPY):
            domain.backupBegin(
                _description(domain, device, target), None, libvirt.VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL
            )
        _wait(domain, progress)
    finally:
        lock.release()


def grow(domain: Any, device: str, size: int) -> None:
    """Make the disk `size` bytes large; the guest sees it at once."""
    with asking(GROW):
        domain.blockResize(device, size, libvirt.VIR_DOMAIN_BLOCK_RESIZE_BYTES)


def _description(domain: Any, device: str, target: Path) -> str:
    backup = ElementTree.Element("domainbackup", {"mode": "push"})
    disks = ElementTree.SubElement(backup, "disks")
    tree = ElementTree.fromstring(domain.XMLDesc(0))  # noqa: S314 (libvirt's own answer)
    for each in tree.iterfind("devices/disk/target"):
        name = each.get("dev", "")
        wanted = name == device
        disk = ElementTree.SubElement(disks, "disk", {"name": name, "backup": "yes" if wanted else "no"})
        if wanted:
            disk.set("type", "file")
            ElementTree.SubElement(disk, "driver", {"type": "qcow2"})
            ElementTree.SubElement(disk, "target", {"file": str(target)})
    return ElementTree.tostring(backup, encoding="unicode")


def _running(domain: Any) -> bool:
    return domain.jobInfo()[0] != libvirt.VIR_DOMAIN_JOB_NONE


def _abort(domain: Any) -> None:
    with asking(COPY):
        if _running(domain):
            domain.abortJob()
            if not wait_for(lambda: not _running(domain), ABORT_SECONDS):
                raise DriverFault(COPY, "an earlier job does not end", again=True)


def _wait(domain: Any, progress: Callable[[int], None]) -> None:
    def ended() -> bool:
        job = domain.jobInfo()
        progress(min(99, job[4] * 100 // max(1, job[3])))
        return job[0] == libvirt.VIR_DOMAIN_JOB_NONE

    try:
        while not wait_for(ended, 60, POLL_SECONDS):
            pass
        done = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
    except libvirt.libvirtError as error:
        raise DriverFault(COPY, str(error), again=True) from error
    if done.get("operation") != libvirt.VIR_DOMAIN_JOB_OPERATION_BACKUP or not done.get("success"):
        raise DriverFault(COPY, str(done.get("errmsg", "the copy was ended")), again=True)
