"""Serial log and VNC of guests: plain files and sockets, so they work with libvirtd away."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import libvirt

from gureum.agent.drivers.hypervisor import power, record
from gureum.agent.drivers.hypervisor.files import GuestFiles
from gureum.agent.drivers.hypervisor.link import Link, asking
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.host.libvirt import connection_uri
from gureum.agent.host.settings import HostSettings, from_mapping

MOST_BYTES = 1024 * 1024
NO_GUEST = "There is no such server on this host."


class LibvirtConsole:
    """The `Console` driver."""

    def __init__(self, settings: HostSettings, link: Link | None = None) -> None:
        self._state = settings.state
        self._link = link or Link(connection_uri(settings))

    def read(self, name: str, lines: int | None) -> str:
        """The last `lines` lines, at most 1 MiB."""
        _domain, files = self._find(name)
        kept = b""
        # The log daemon moves a full log to `.0` and begins a new one.
        for path in (files.console_log, files.console_log.with_suffix(".log.0")):
            kept = _tail(path, MOST_BYTES - len(kept)) + kept
        text = kept.decode(errors="replace")
        return text if lines is None else "".join(text.splitlines(keepends=True)[-lines:] if lines > 0 else [])

    def vnc_socket(self, name: str) -> Path:
        """The unix socket of the guest's VNC server."""
        domain, files = self._find(name)
        with asking("The console cannot be reached."):
            if not power.active(domain) or not files.vnc_socket.exists():
                raise DriverFault("The server is not running.")
        return files.vnc_socket

    def _find(self, name: str) -> tuple[Any, GuestFiles]:
        with asking(NO_GUEST):
            try:
                domain = self._link.get().lookupByName(name)
            except libvirt.libvirtError as error:
                if error.get_error_code() == libvirt.VIR_ERR_NO_DOMAIN:
                    raise DriverFault(NO_GUEST) from error
                raise
            known = record.of(domain)
        if known is None:
            raise DriverFault(NO_GUEST, f"{name} is not ours")
        return domain, GuestFiles(self._state, known.server_id)


def _tail(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - most))
            return file.read(most)
    except OSError:
        return b""


def open(state: Path, settings: Mapping[str, Any]) -> LibvirtConsole:
    """For the registry. `settings` as HostSettings."""
    return LibvirtConsole(from_mapping(state, settings))
