"""Plugging and unplugging volumes and ports while a guest runs: the difference between what it has and what it shall have."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import libvirt

from gureum.agent.drivers.hypervisor import domain_xml
from gureum.agent.drivers.hypervisor.link import asking, wait_for
from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts.hypervisor import EnsureDomain, VolumeDisk

RELEASE_SECONDS = 30.0
"""How long a guest may take to let go of a device."""
ASK_AGAIN = 8.0
"""Seconds after which it is asked once more: one that still boots does not hear the first time."""

Element = ElementTree.Element


def present(domain: Any) -> tuple[dict[str, Element], dict[str, Element]]:
    """The running guest's volumes by id, and its ports by id."""
    tree = ElementTree.fromstring(domain.XMLDesc(0))  # noqa: S314 (libvirt's own answer)
    disks = {serial: disk for disk in tree.iterfind("devices/disk") if (serial := disk.findtext("serial"))}
    nics: dict[str, Element] = {}
    for nic in tree.iterfind("devices/interface"):
        parameters = nic.find("virtualport/parameters")
        if parameters is not None:
            nics[parameters.get("interfaceid", "")] = nic
    return disks, nics


def match(domain: Any, spec: EnsureDomain, platform: domain_xml.Platform) -> None:
    """Make the running guest's volumes and ports those of `spec`. DriverFault when the guest does not let go of one."""
    volumes = {volume.volume_id: volume for volume in spec.volumes}
    if isinstance(spec.root, VolumeDisk):
        volumes[spec.root.volume_id] = spec.root
    with asking("The guest's devices could not be read."):
        disks, nics = present(domain)
    wanted = {nic.port_id: nic for nic in spec.nics}
    _unplug(domain, {key: disks[key] for key in disks.keys() - volumes.keys()}, "volume")
    _unplug(domain, {key: nics[key] for key in nics.keys() - wanted.keys()}, "port")
    for key in volumes.keys() - disks.keys():
        _plug(domain, domain_xml.volume_disk(volumes[key]), f"Volume {key} could not be attached.")
    for nic in spec.nics:
        if nic.port_id not in nics:
            _plug(domain, domain_xml.interface(nic, platform), f"Port {nic.port_id} could not be attached.")


def _plug(domain: Any, device: Element, text: str) -> None:
    with asking(text):
        domain.attachDeviceFlags(ElementTree.tostring(device, encoding="unicode"), libvirt.VIR_DOMAIN_AFFECT_LIVE)


def _unplug(domain: Any, devices: Mapping[str, Element], kind: str) -> None:
    def left() -> set[str]:
        disks, nics = present(domain)
        return devices.keys() & (disks if kind == "volume" else nics).keys()

    text = f"A {kind} could not be detached."
    waited = 0.0
    while devices and waited < RELEASE_SECONDS:
        with asking(text):
            for key in left():
                _ask_release(domain, devices[key])
            if wait_for(lambda: not left(), ASK_AGAIN):
                return
        waited += ASK_AGAIN
    if devices:
        names = ", ".join(sorted(left()))
        raise DriverFault(f"The guest does not let go of {kind} {names}; is it in use there?", f"after {waited:.0f} s")


def _ask_release(domain: Any, device: Element) -> None:
    try:
        domain.detachDeviceFlags(ElementTree.tostring(device, encoding="unicode"), libvirt.VIR_DOMAIN_AFFECT_LIVE)
    except libvirt.libvirtError as error:
        # Gone meanwhile, or still at it from the last time.
        if error.get_error_code() == libvirt.VIR_ERR_DEVICE_MISSING or "unplug" in str(error):
            return
        raise
