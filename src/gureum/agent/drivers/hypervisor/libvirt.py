"""libvirt and QEMU as the `Hypervisor`."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO
from xml.etree import ElementTree

import libvirt
import structlog

from gureum.agent.drivers.hypervisor import backup, domain_xml, plug, power, record, remains, taps
from gureum.agent.drivers.hypervisor.files import GuestFiles
from gureum.agent.drivers.hypervisor.link import Link, asking
from gureum.agent.drivers.images.tool import copy_cold, empty_for_guest, keep
from gureum.agent.drivers.protocols import DriverFault, Things
from gureum.agent.host import accelerator
from gureum.agent.host.bridges import kernel_datapath
from gureum.agent.host.libvirt import connection_uri
from gureum.agent.host.settings import HostSettings, from_mapping
from gureum.contracts import hypervisor as hv

log = structlog.get_logger()

UNDEFINE = (
    libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
    | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
    | libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
    | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
)
TELLING = {
    libvirt.VIR_DOMAIN_EVENT_STARTED,
    libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
    libvirt.VIR_DOMAIN_EVENT_RESUMED,
    libvirt.VIR_DOMAIN_EVENT_STOPPED,
    libvirt.VIR_DOMAIN_EVENT_CRASHED,
}
"""Lifecycle events after which a guest's power state may be another one."""


class LibvirtHypervisor:
    """The `Hypervisor` driver."""

    def __init__(self, settings: HostSettings, link: Link | None = None) -> None:
        self.settings = settings
        self._link = link or Link(connection_uri(settings))
        self._platform: domain_xml.Platform | None = None
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._events: SimpleQueue[str | None] = SimpleQueue()
        self._changed: Callable[[hv.DomainSeen], None] | None = None

    @property
    def platform(self) -> domain_xml.Platform:
        """What guests here are made of; found out once (a probe guest runs for it)."""
        with self._lock:
            if self._platform is None:
                chosen = self.settings.accelerator
                self._platform = domain_xml.Platform(
                    accelerator=accelerator.choose(self.settings.state) if chosen == "auto" else chosen,
                    machine=self.settings.machine,
                    userspace_datapath=not kernel_datapath(self.settings),
                    hotplug_slots=self.settings.hotplug_slots,
                )
            return self._platform

    def inventory(self) -> hv.Inventory:
        """What this host has."""
        with asking("The host's inventory could not be read."):
            connection = self._link.get()
            cores = connection.getInfo()[2]
            host = ElementTree.fromstring(connection.getCapabilities()).find("host/cpu")  # noqa: S314
            version = connection.getVersion()
        disk = os.statvfs(self.settings.state)
        memory_mib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024**2
        return hv.Inventory(
            vcpus=cores,
            memory_mib=max(0, memory_mib - self.settings.reserved_memory_mib),
            disk_gib=disk.f_blocks * disk.f_frsize // 1024**3,
            hypervisor="KVM" if self.platform.accelerator == "kvm" else "QEMU",
            hypervisor_version=version,
            cpu_model="" if host is None else host.findtext("model") or "",
            features=() if host is None else tuple(part.get("name", "") for part in host.iterfind("feature")),
            address=self.settings.address,
        )

    def ensure(self, spec: hv.EnsureDomain, base: Path | None) -> hv.DomainReport:
        """Make the guest as `spec` says."""
        with self._quiet(spec.server_id):
            domain = self._find(spec.server_id)
            known = record.of(domain) if domain is not None else None
            running = domain is not None and power.active(domain)
            saved = domain is not None and power.saved(domain)
            if spec.power == "stopped" or known is None or known.boots < spec.boots:
                if running:
                    power.stop(domain, spec.manner, spec.soft_timeout)
                if saved:
                    power.forget(domain)
                running = saved = False
            files = GuestFiles(self.settings.state, spec.server_id)
            if running and spec.power == "suspended":
                power.save(domain)
                running, saved = False, True
            if running:
                plug.match(domain, spec, self.platform)
            else:
                remains.end_stray(files.home)
            if not running and not saved:
                files.make(spec, base)
            xml = domain_xml.build(spec, files, self.platform)
            with asking("The guest could not be defined."):
                domain = self._link.get().defineXML(xml)
            if spec.power in ("running", "paused"):
                self._run(domain, spec, start=not running, saved=saved)
            return hv.DomainReport(server_id=spec.server_id, power=power.state(domain), boots=spec.boots)

    def _run(self, domain: Any, spec: hv.EnsureDomain, *, start: bool, saved: bool) -> None:
        """Running or paused. A guest whose memory was on disk has the devices of then."""
        if start:
            power.start(domain)
            if saved:
                plug.match(domain, spec, self.platform)
        if spec.power == "paused":
            power.hold(domain)
        else:
            power.go_on(domain)

    def remove(self, spec: hv.RemoveDomain) -> None:
        """Take the guest away with everything that is only its own."""
        with self._quiet(spec.server_id):
            domain = self._find(spec.server_id)
            if domain is not None:
                if power.active(domain):
                    power.stop(domain, "hard", 0)
                with asking("The guest could not be removed."):
                    domain.undefineFlags(UNDEFINE)
            files = GuestFiles(self.settings.state, spec.server_id)
            remains.end_stray(files.home)
            remains.unplug_ports(self.settings, record.domain_uuid(spec.server_id))
            remains.drop_log(self.settings, spec.name)
            files.remove()

    def _find(self, server_id: str) -> Any:
        with asking("The guest could not be looked up."):
            try:
                return self._link.get().lookupByUUIDString(record.domain_uuid(server_id))
            except libvirt.libvirtError as error:
                if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
                    return None
                raise

    def domains(self) -> list[hv.DomainSeen]:
        """Our guests as they are now."""
        with asking("The guests could not be listed."):
            found = [self._seen(domain) for domain in self._link.get().listAllDomains(0)]
        return [seen for seen in found if seen is not None]

    def things(self) -> Things:
        """Servers with a domain or a directory of files, and ports that are plugged in."""
        known = {seen.server_id for seen in self.domains()}
        home = self.settings.state / "instances"
        left = {entry.name for entry in home.iterdir()} if home.is_dir() else set[str]()
        return {"server": sorted(known | left), "tap": sorted(taps.plugged(self.settings))}

    def ground(self) -> hv.Ground:
        """The host's clock and the packets that it can send."""
        return hv.Ground(now=time.time_ns() // 1000, mtu=taps.mtu(self.settings))

    def unplug(self, port_id: str) -> None:
        """Take away what no running guest holds."""
        with asking("The guests could not be listed."):
            active = self._link.get().listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
            running = {domain.UUIDString() for domain in active}
        for device, guest in taps.plugged(self.settings).get(port_id, []):
            if guest in running:
                raise DriverFault("The port is plugged into a guest that runs.", f"{device} of {guest}")
            taps.remove(self.settings, device)

    def _seen(self, domain: Any) -> hv.DomainSeen | None:
        known = record.of(domain)
        if known is None:
            return None
        return hv.DomainSeen(server_id=known.server_id, power=power.state(domain), boots=known.boots)

    def copy_root(self, spec: hv.EnsureCopy, progress: Callable[[int], None]) -> None:
        """Keep what the root disk holds, by the guest's own QEMU where it runs."""
        files = GuestFiles(self.settings.state, spec.server_id)
        target = files.copy(spec.copy_id)
        if target.exists():
            return
        root, part = files.newest_root(), target.with_suffix(".part")
        try:
            if not self.copy_disk(root, part, progress):
                copy_cold(root, empty_for_guest(part), "The server's disk could not be copied.", progress)
            keep(part, target)
        except OSError as gone:
            raise DriverFault("The server's disk is not there.", str(gone)) from gone

    def open_copy(self, spec: hv.SendCopy) -> BinaryIO:
        """The copy, to be read."""
        try:
            return GuestFiles(self.settings.state, spec.server_id).copy(spec.copy_id).open("rb")
        except OSError as gone:
            raise DriverFault("The copy is not there.", str(gone)) from gone

    def remove_copy(self, spec: hv.RemoveCopy) -> None:
        """Take the copy away, whole or half made."""
        path = GuestFiles(self.settings.state, spec.server_id).copy(spec.copy_id)
        for file in (path, path.with_suffix(".part")):
            file.unlink(missing_ok=True)

    def copy_disk(self, disk: Path, target: Path, progress: Callable[[int], None]) -> bool:
        """Have the guest's own QEMU copy what the disk holds now."""
        domain, device = self._user_of(disk)
        if domain is None:
            return False
        backup.copy(domain, device, disk, target, progress)
        return True

    def grow_disk(self, disk: Path, size: int) -> bool:
        """Have the guest's own QEMU make the disk larger."""
        domain, device = self._user_of(disk)
        if domain is None:
            return False
        backup.grow(domain, device, size)
        return True

    def _user_of(self, disk: Path) -> tuple[Any, str]:
        with asking("The guests could not be listed."):
            for domain in self._link.get().listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
                if device := backup.device_of(domain, disk):
                    return domain, device
        return None, ""

    def watch(self, changed: Callable[[hv.DomainSeen], None]) -> None:
        """Tell of power states that changed, and of all guests after every reconnection."""
        first, self._changed = self._changed is None, changed
        if not first:
            return
        threading.Thread(target=self._tell, name="hypervisor-watch", daemon=True).start()
        self._link.follow(self._lifecycle, self._reopened)

    def _lifecycle(self, uuid: str, event: int) -> None:
        if event in TELLING:
            self._events.put(uuid)  # libvirt is not asked from within its own event

    def _reopened(self) -> None:
        for domain in self._link.get().listAllDomains(0):
            self._events.put(domain.UUIDString())

    def _tell(self) -> None:
        while (uuid := self._events.get()) is not None:
            try:
                with asking("The guest could not be looked up."):
                    seen = self._seen(self._link.get().lookupByUUIDString(uuid))
            except DriverFault as fault:
                log.debug("event passed over", detail=fault.detail)
                continue
            if seen is not None and seen.server_id not in self._busy and self._changed is not None:
                self._changed(seen)

    @contextlib.contextmanager
    def _quiet(self, server_id: str) -> "contextlib._GeneratorContextManager[None]":
        """While an operation on a guest is in hand, what happens on the way is no news; how it ended is."""
        self._busy.add(server_id)
        try:
            yield
        finally:
            self._busy.discard(server_id)
            if self._changed is not None:
                self._events.put(record.domain_uuid(server_id))

    def stop_all(self, soft_timeout: int = 30) -> list[str]:
        """End every guest of ours, all at once; the ids of those that ran. For an orderly `down --guests`."""
        with asking("The guests could not be listed."):
            running = {
                known.server_id: domain
                for domain in self._link.get().listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
                if (known := record.of(domain)) is not None
            }
        threads = [
            threading.Thread(target=power.stop, args=(domain, "soft", soft_timeout)) for domain in running.values()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(running)

    def close(self) -> None:
        """End the watch and the connection; guests stay."""
        self._changed = None
        self._events.put(None)
        self._link.close()


def open(state: Path, settings: Mapping[str, Any]) -> LibvirtHypervisor:
    """For the registry. `settings` as HostSettings."""
    return LibvirtHypervisor(from_mapping(state, settings))
