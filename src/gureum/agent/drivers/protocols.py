"""What a driver must be able to do. The simulator and the real drivers stand behind the same Protocols.

All calls are synchronous and may block; `agent.ops` runs them in threads, one at a time for each subject. All are idempotent:
called again with the same statement they find nothing to do, and an interrupted call is finished by calling it again.
They raise `DriverFault` for what cannot be done.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from gureum.contracts import hypervisor as hv
from gureum.contracts import images, switch, volumes


class DriverFault(Exception):
    """It cannot be done. `text` is fit for the resource's owner, `detail` for the operator; `again`: try later."""

    def __init__(self, text: str, detail: str = "", *, again: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.detail = detail
        self.again = again


Things = dict[str, list[str]]
"""Ids of what a driver has outside, by kind (contracts.outside)."""


class Disks(Protocol):
    """What of a disk's bytes only the running guest that has it open can do. A hypervisor is one."""

    def copy_disk(self, disk: Path, target: Path, progress: Callable[[int], None]) -> bool:
        """Copy what the disk holds at one instant into `target`, a new qcow2 file. False when no guest runs with it."""
        ...

    def grow_disk(self, disk: Path, size: int) -> bool:
        """Make the disk `size` bytes large under its guest. False when no guest runs with it."""
        ...


class Hypervisor(Disks, Protocol):
    """Guests on this host."""

    def things(self) -> Things:
        """`server`: every server that anything is left of here, domains and files alike; `tap`: ports that are plugged in."""
        ...

    def ground(self) -> hv.Ground: ...

    def inventory(self) -> hv.Inventory: ...

    def ensure(self, spec: hv.EnsureDomain, base: Path | None) -> hv.DomainReport:
        """Make the guest as `spec` says. `base` is the cached image file of its root disk, None when it boots from a volume."""
        ...

    def remove(self, spec: hv.RemoveDomain) -> None: ...

    def copy_root(self, spec: hv.EnsureCopy, progress: Callable[[int], None]) -> None:
        """Keep what the server's root disk holds at one instant as a file, beside the server and going with it."""
        ...

    def open_copy(self, spec: hv.SendCopy) -> BinaryIO:
        """The copy, to be read; DriverFault when there is none."""
        ...

    def remove_copy(self, spec: hv.RemoveCopy) -> None: ...

    def unplug(self, port_id: str) -> None:
        """Take away what is plugged in for a port, unless a running guest holds it: DriverFault then."""
        ...

    def domains(self) -> list[hv.DomainSeen]:
        """Our guests as the hypervisor has them now."""
        ...

    def watch(self, changed: Callable[[hv.DomainSeen], None]) -> None:
        """Call `changed`, from any thread, whenever a guest's power state changes, until `close`."""
        ...

    def close(self) -> None: ...


class Console(Protocol):
    """Serial log and VNC of guests."""

    def read(self, name: str, lines: int | None) -> str:
        """The serial console's last `lines` lines, bounded to 1 MiB; DriverFault when there is no such guest."""
        ...

    def vnc_socket(self, name: str) -> Path:
        """The unix socket the guest's VNC server listens on; DriverFault when it does not run."""
        ...


class Metadata(Protocol):
    """169.254.169.254 for the guests on this host, one listener a network."""

    def things(self) -> Things:
        """`server`: every server that it answers for."""
        ...

    def ensure(self, ports: Sequence[hv.MetadataPort], server_id: str, metadata: hv.GuestMetadata) -> None:
        """Answer for this guest on these networks from now on (also after a restart of the agent)."""
        ...

    def remove(self, server_id: str) -> None:
        """Forget the guest; networks without guests lose their listener."""
        ...


class Switch(Protocol):
    """Virtual networks, for the network role."""

    def things(self) -> Things:
        """`network`, `port`, `router`, `security_group`."""
        ...

    def apply(self, batch: Sequence[tuple[int, switch.SwitchAsk]]) -> dict[int, DriverFault | None]:
        """Apply (generation, statement) pairs in one transaction; says for each index what failed. Called by one thread."""
        ...

    def ports_up(self) -> Iterable[str]: ...

    def watch(self, changed: Callable[[str, bool], None]) -> None:
        """Call `changed(port id, up)`, from any thread, for every change, until `close`."""
        ...

    def close(self) -> None: ...


class Volumes(Protocol):
    """A storage pool. `disks` are those of the guests on its host."""

    def things(self) -> Things:
        """`volume` and `volume_snapshot`: all with a file in the pool."""
        ...

    def state(self) -> volumes.PoolState: ...

    def ensure(self, spec: volumes.EnsureVolume, disks: Disks, progress: Callable[[int], None]) -> None: ...

    def remove(self, volume_id: str) -> None: ...

    def snapshot(self, spec: volumes.EnsureSnapshot, disks: Disks, progress: Callable[[int], None]) -> None: ...

    def remove_snapshot(self, snapshot_id: str) -> None: ...

    def export(self, volume_id: str, host: str) -> hv.VolumeSource: ...

    def unexport(self, volume_id: str, host: str) -> None: ...


class Images(Protocol):
    """The host's cache of images."""

    def ensure(self, image: hv.ImageSource, progress: Callable[[int], None]) -> Path:
        """The image's bytes as a local file that never changes; its checksum was verified once."""
        ...

    def prune(self, unused_seconds: float) -> None:
        """Drop cached images that no guest uses and that nobody asked for in this time."""
        ...


class Inspector(Protocol):
    """Looks into files of tenants, for the fetch role, without trusting them."""

    def inspect(self, question: images.InspectImage) -> images.ImageFacts: ...
