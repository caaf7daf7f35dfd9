"""Guests on a host: what a domain should look like, and what became of it."""

from typing import Literal

from gureum.contracts.message import Message

PowerState = Literal["running", "stopped", "paused", "crashed", "missing"]
Power = Literal["running", "stopped", "paused", "suspended"]
Manner = Literal["soft", "hard"]


class FileSource(Message, frozen=True, kw_only=True):
    """Bytes in a file that the host opens itself."""

    path: str
    format: Literal["raw", "qcow2"]


class NbdSource(Message, frozen=True, kw_only=True):
    """Bytes behind an NBD export of another host."""

    host: str
    port: int
    export: str


VolumeSource = FileSource | NbdSource


class ImageSource(Message, frozen=True, kw_only=True):
    """An image of the image service. `path` is filled in at delivery (same machine) and is read-only for the host."""

    image_id: str
    sha512: str
    size: int
    format: str
    path: str = ""


class RootDisk(Message, frozen=True, kw_only=True):
    """The guest's root disk, a copy-on-write overlay over the cached image, `size_gib` large (0: as large as the image).

    `incarnation` rises with a rebuild: a disk of an older incarnation is thrown away.
    """

    image: ImageSource
    size_gib: int
    incarnation: int = 0


class BlankDisk(Message, frozen=True, kw_only=True):
    """An empty disk that lives and dies with the domain: ephemeral (formatted ext4) or swap."""

    device: str
    size_mib: int
    kind: Literal["ephemeral", "swap"]


class VolumeDisk(Message, frozen=True, kw_only=True):
    """A volume of the volume service, as `device` (vdb …) in the guest; `serial` is the volume id."""

    device: str
    volume_id: str
    source: VolumeSource


class Nic(Message, frozen=True, kw_only=True):
    """A port of the network service, plugged into the integration bridge under the port's id."""

    port_id: str
    mac: str
    mtu: int
    network_id: str = ""


class MetadataPort(Message, frozen=True, kw_only=True):
    """Where the host answers 169.254.169.254 for one network: the network's metadata port."""

    network_id: str
    port_id: str
    mac: str
    addresses: tuple[str, ...]
    """With prefix length, as in 172.16.0.2/24."""


class GuestMetadata(Message, frozen=True, kw_only=True):
    """What the guest learns about itself, by config drive and by metadata service alike. Filled in at delivery.

    `files` maps a path as `openstack/latest/meta_data.json` to its content. `addresses` are the guest's fixed addresses,
    with the network each is on, so that the metadata service knows who asks: {network id: [address, …]}.
    """

    files: dict[str, bytes]
    addresses: dict[str, list[str]]


class EnsureDomain(Message, frozen=True, kw_only=True):
    """A guest shall exist exactly like this.

    `boots` counts how often it shall have been started: a running guest whose counter is lower is restarted, in the
    given `manner` (soft: ask it to shut down, wait `soft_timeout` seconds, then pull the plug).
    `power`: a paused guest keeps its memory and does not compute; a suspended one has its memory on disk, and goes on from
    there when it runs again under the same `boots`. Suspending a guest that does not run leaves it stopped.
    `volumes` and `nics` are plugged and unplugged live to match.
    """

    server_id: str
    name: str
    """libvirt's name, as instance-0000000d."""
    vcpus: int
    memory_mib: int
    power: Power
    boots: int = 1
    manner: Manner = "hard"
    soft_timeout: int = 60
    root: RootDisk | VolumeDisk
    blanks: tuple[BlankDisk, ...] = ()
    volumes: tuple[VolumeDisk, ...] = ()
    nics: tuple[Nic, ...] = ()
    metadata_ports: tuple[MetadataPort, ...] = ()
    config_drive: bool = True
    metadata: GuestMetadata | None = None
    properties: dict[str, str] = {}
    """Image and flavor properties that drivers understand (hw_disk_bus, hw_video_model, …)."""


class RemoveDomain(Message, frozen=True, kw_only=True):
    """The guest, its root and blank disks, taps, config drive, console log shall be gone; its volumes stay."""

    server_id: str
    name: str


class EnsureCopy(Message, frozen=True, kw_only=True):
    """The host shall keep what the server's root disk holds at one instant, as one qcow2 file, also while the guest writes."""

    server_id: str
    copy_id: str


class SendCopy(Message, frozen=True, kw_only=True):
    """The copy shall be sent to the control plane's bulk listener at `address` under `grant`, both filled in at delivery.

    After the grant go a line with the size in bytes and the bytes; a line comes back: `ok`, or `no` or `again` and why.
    """

    server_id: str
    copy_id: str
    address: str = ""
    grant: str = ""


class RemoveCopy(Message, frozen=True, kw_only=True):
    server_id: str
    copy_id: str


class DomainReport(Message, frozen=True, kw_only=True):
    """Report of an `EnsureDomain`: the guest is as asked."""

    server_id: str
    power: PowerState
    boots: int


class DomainSeen(Message, frozen=True, kw_only=True):
    """Event, and part of `HostState`: the power state of a guest as it is on the host now."""

    server_id: str
    power: PowerState
    boots: int = 0


class ReadConsole(Message, frozen=True, kw_only=True):
    """Question: the last `lines` lines of the guest's serial console (None: all that is kept, at most 1 MiB)."""

    server_id: str
    name: str
    lines: int | None = None


class ConsoleText(Message, frozen=True, kw_only=True):
    """Answer: console output; bytes that are no UTF-8 are replaced."""

    text: str


class OpenVnc(Message, frozen=True, kw_only=True):
    """Question: connect the guest's VNC server with the control plane's bulk listener at `address` under `grant`."""

    server_id: str
    name: str
    address: str
    grant: str


class Inventory(Message, frozen=True, kw_only=True):
    """What a host has: totals, in cores, MiB and GiB."""

    vcpus: int
    memory_mib: int
    disk_gib: int
    hypervisor: str
    """QEMU, KVM …, upstream's hypervisor_type."""
    hypervisor_version: int
    """libvirt's number: 7002000 for 7.2.0."""
    cpu_arch: str = "x86_64"
    cpu_model: str = ""
    features: tuple[str, ...] = ()
    address: str = "127.0.0.1"


class Ground(Message, frozen=True, kw_only=True):
    """What a host is like, as far as it may change: its clock in microseconds since the epoch, and the largest packet in bytes
    that goes between it and others."""

    now: int
    mtu: int


class HostState(Message, frozen=True, kw_only=True):
    """Told at every connect: the guests on the host, by what the hypervisor says and not by memory."""

    domains: tuple[DomainSeen, ...] = ()
