"""libvirt's description of a guest, built as a tree so that no text of a tenant is ever markup."""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from gureum.agent.drivers.hypervisor.files import GuestFiles
from gureum.agent.drivers.hypervisor.record import Record, domain_uuid
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.accelerator import GUEST_GROUP, GUEST_USER
from gureum.agent.host.bridges import INTEGRATION_BRIDGE
from gureum.contracts.hypervisor import EnsureDomain, FileSource, Nic, RootDisk, VolumeDisk, VolumeSource

Element = ElementTree.Element

VIDEO_MODELS = {"vga", "virtio", "cirrus", "none"}
TRANSLATION_CACHE_MIB = 128
"""Under TCG; unbounded it grows to several times the guest's memory."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What guests on this host are made of."""

    accelerator: str
    machine: str
    userspace_datapath: bool
    hotplug_slots: int


def add(parent: Element, tag: str, text: str | None = None, **attributes: Any) -> Element:
    """A child element; an attribute named with a trailing underscore (a Python keyword) loses it."""
    child = ElementTree.SubElement(parent, tag, {key.rstrip("_"): str(value) for key, value in attributes.items()})
    child.text = text
    return child


def tap_name(port_id: str) -> str:
    return f"tap{port_id[:11]}"


def build(spec: EnsureDomain, files: GuestFiles, platform: Platform) -> str:
    """The whole domain, as `spec` says."""
    domain = Element("domain", {"type": "kvm" if platform.accelerator == "kvm" else "qemu"})
    add(domain, "name", spec.name)
    add(domain, "uuid", domain_uuid(spec.server_id))
    incarnation = spec.root.incarnation if isinstance(spec.root, RootDisk) else 0
    record = Record(server_id=spec.server_id, boots=spec.boots, incarnation=incarnation)
    add(domain, "metadata").append(record.element())
    add(domain, "memory", str(spec.memory_mib), unit="MiB")
    add(domain, "vcpu", str(spec.vcpus))
    _firmware(domain, spec, platform)
    _processor(domain, spec, platform)
    for event, action in (("poweroff", "destroy"), ("reboot", "restart"), ("crash", "destroy")):
        add(domain, f"on_{event}", action)
    _devices(domain, spec, files, platform)
    # The files are given to QEMU's user when they are made; libvirt leaves their owners alone.
    label = add(domain, "seclabel", type="static", model="dac", relabel="no")
    add(label, "label", f"{GUEST_USER}:{GUEST_GROUP}")
    return ElementTree.tostring(domain, encoding="unicode")


def _firmware(domain: Element, spec: EnsureDomain, platform: Platform) -> None:
    system = add(add(domain, "sysinfo", type="smbios"), "system")
    words = {
        # cloud-init believes in OpenStack's metadata only where it reads these two.
        "manufacturer": "OpenStack Foundation",
        "product": "OpenStack Nova",
        "version": "gureum",
        "serial": spec.server_id,
        "uuid": domain_uuid(spec.server_id),
        "family": "Virtual Machine",
    }
    for name, text in words.items():
        add(system, "entry", text, name=name)
    os = add(domain, "os")
    add(os, "type", "hvm", arch="x86_64", machine=platform.machine)
    add(os, "smbios", mode="sysinfo")


def _processor(domain: Element, spec: EnsureDomain, platform: Platform) -> None:
    features = add(domain, "features")
    add(features, "acpi")
    add(features, "apic")
    if platform.accelerator == "kvm":
        add(domain, "cpu", mode="host-model", check="partial")
    else:
        add(add(features, "tcg"), "tb-cache", str(TRANSLATION_CACHE_MIB), unit="MiB")
        add(domain, "cpu", mode="maximum", check="none")
    clock = add(domain, "clock", offset="utc")
    if platform.accelerator == "kvm":
        add(clock, "timer", name="pit", tickpolicy="delay")
        add(clock, "timer", name="rtc", tickpolicy="catchup")
    add(clock, "timer", name="hpet", present="no")


def _devices(domain: Element, spec: EnsureDomain, files: GuestFiles, platform: Platform) -> None:
    devices = add(domain, "devices")
    if isinstance(spec.root, RootDisk):
        root = file_disk(str(files.root(spec.root.incarnation)), "qcow2", "vda")
    else:
        root = volume_disk(spec.root)
    add(root, "boot", order=1)
    devices.append(root)
    for blank in spec.blanks:
        devices.append(file_disk(str(files.blank(blank)), "raw", blank.device))
    for volume in spec.volumes:
        devices.append(volume_disk(volume))
    if spec.config_drive and files.config_drive.exists():
        # On virtio-scsi: small guests have no driver for the chipset's own controllers. As a CD it takes no vdX name.
        add(devices, "controller", type="scsi", model="virtio-scsi", index=0)
        drive = file_disk(str(files.config_drive), "raw", "sda", bus="scsi", kind="cdrom")
        add(drive, "readonly")
        devices.append(drive)
    add(devices, "controller", type="usb", model="none")
    if platform.machine == "q35":
        fixed = 5 + len(spec.blanks) + len(spec.volumes) + len(spec.nics)
        add(devices, "controller", type="pci", index=0, model="pcie-root")
        for index in range(1, 1 + fixed + platform.hotplug_slots):
            add(devices, "controller", type="pci", index=index, model="pcie-root-port")
    for nic in spec.nics:
        devices.append(interface(nic, platform))
    serial = add(devices, "serial", type="pty")
    add(serial, "log", file=files.console_log, append="on")
    graphics = add(devices, "graphics", type="vnc")
    add(graphics, "listen", type="socket", socket=files.vnc_socket)
    video = spec.properties.get("hw_video_model", "vga")
    add(add(devices, "video"), "model", type=video if video in VIDEO_MODELS else "vga")
    add(add(devices, "memballoon", model="virtio"), "stats", period=10)
    add(add(devices, "rng", model="virtio"), "backend", "/dev/urandom", model="random")


def file_disk(path: str, format: str, device: str, bus: str = "virtio", kind: str = "disk") -> Element:
    """A disk whose bytes are in a file."""
    disk = Element("disk", {"type": "file", "device": kind})
    add(disk, "driver", name="qemu", type=format, cache="writeback", discard="unmap")
    add(disk, "source", file=path)
    add(disk, "target", dev=device, bus=bus)
    return disk


def volume_disk(volume: VolumeDisk) -> Element:
    """A volume, found again by its serial. DriverFault for a source this host cannot open."""
    source: VolumeSource = volume.source
    if isinstance(source, FileSource):
        if not source.path.startswith("/"):
            raise DriverFault("The volume's place is malformed.", source.path)
        disk = file_disk(source.path, source.format, volume.device)
    else:
        disk = Element("disk", {"type": "network", "device": "disk"})
        add(disk, "driver", name="qemu", type="raw", cache="none", discard="unmap")
        place = add(disk, "source", protocol="nbd", name=source.export)
        add(place, "host", name=source.host, port=source.port)
        add(disk, "target", dev=volume.device, bus="virtio")
    add(disk, "serial", volume.volume_id)
    return disk


def interface(nic: Nic, platform: Platform) -> Element:
    """A port, plugged into the integration bridge under its id."""
    element = Element("interface", {"type": "bridge"})
    add(element, "mac", address=nic.mac)
    add(element, "source", bridge=INTEGRATION_BRIDGE)
    add(add(element, "virtualport", type="openvswitch"), "parameters", interfaceid=nic.port_id)
    add(element, "target", dev=tap_name(nic.port_id))
    add(element, "model", type="virtio")
    if platform.userspace_datapath:
        # The userspace datapath forwards what offloading left unfinished: TCP would be dead.
        add(add(element, "driver", name="qemu"), "host", csum="off")
    add(element, "mtu", size=nic.mtu)
    return element
