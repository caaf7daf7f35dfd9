"""The metadata service: answers guests from files kept on this host, with the control plane up or down."""

import contextlib
import ipaddress
import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
import structlog

from gureum.agent.drivers.metadata import place
from gureum.agent.drivers.protocols import DriverFault, Things
from gureum.agent.host.settings import HostSettings, from_mapping
from gureum.contracts.hypervisor import GuestMetadata, MetadataPort

log = structlog.get_logger()

MOST_AT_ONCE = 16
"""Requests a network's guests may have open; more wait in the kernel's queue."""
REQUEST_SECONDS = 10.0
RETRY_SECONDS = 2.0


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept for a guest, on disk (0600) and in memory."""

    server_id: str
    ports: tuple[MetadataPort, ...]
    metadata: GuestMetadata


def answer(files: Mapping[str, bytes], path: str) -> bytes | None:
    """A file's bytes, or the names below a directory, one a line; None when there is neither."""
    name = unquote(urlsplit(path).path).strip("/")
    if name in files:
        return files[name]
    start = f"{name}/" if name else ""
    below = {rest.partition("/")[0] + "/" * ("/" in rest) for key in files if (rest := _after(key, start))}
    if not below:
        return None
    slashes = not name.startswith("openstack")  # EC2's listings mark directories, OpenStack's do not
    return "\n".join(sorted(word if slashes else word.rstrip("/") for word in below)).encode()


def _after(key: str, start: str) -> str:
    return key[len(start) :] if key.startswith(start) else ""


class _Request(BaseHTTPRequestHandler):
    """One request on one connection."""

    timeout = REQUEST_SECONDS
    server_version, sys_version = "gureum", ""
    files: Mapping[str, bytes] | None = None

    def do_GET(self) -> None:
        self._send(body=True)

    def do_HEAD(self) -> None:
        self._send(body=False)

    def _send(self, *, body: bool) -> None:
        content = None if self.files is None else answer(self.files, self.path)
        status = HTTPStatus.NOT_FOUND if content is None else HTTPStatus.OK
        content = content or b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if self.path.endswith(".json") else "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug("metadata request", guest=self.client_address[0], line=format % args)


class _Listener:
    """The server of one network."""

    def __init__(self, network_id: str, service: "MetadataService") -> None:
        self._network_id, self._service = network_id, service
        self._socket = place.listen(network_id)
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        threading.Thread(target=self._accept, name=f"metadata-{network_id[:8]}", daemon=True).start()

    def _accept(self) -> None:
        while True:
            self._free.acquire()
            try:
                connection, peer = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(connection, peer), daemon=True).start()

    def _serve(self, connection: socket.socket, peer: tuple[str, int]) -> None:
        try:
            connection.settimeout(REQUEST_SECONDS)
            files = self._service.files_of(self._network_id, peer[0])
            request = type("Request", (_Request,), {"files": files})
            with contextlib.suppress(OSError):
                request(connection, peer, self)
        finally:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            connection.close()
            self._free.release()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class MetadataService:
    """The `Metadata` driver."""

    def __init__(self, settings: HostSettings) -> None:
        self._settings = settings
        self._home = settings.state / "metadata"
        self._home.mkdir(mode=0o700, exist_ok=True, parents=True)
        self._lock = threading.Lock()
        self._listeners: dict[str, _Listener] = {}
        self._kept: dict[str, Kept] = {}
        for path in self._home.glob("*.kept"):
            with contextlib.suppress(msgspec.MsgspecError, OSError):
                kept = msgspec.msgpack.decode(path.read_bytes(), type=Kept)
                self._kept[kept.server_id] = kept
        if self._kept:
            threading.Thread(target=self._restore, name="metadata-restore", daemon=True).start()

    def _restore(self) -> None:
        """Answer again for the guests that were here before this process."""
        while True:
            try:
                with self._lock:
                    for kept in self._kept.values():
                        self._listen(kept.ports)
                return
            except DriverFault as fault:
                log.debug("metadata waits for the host", detail=fault.detail)
            time.sleep(RETRY_SECONDS)

    def ensure(self, ports: Sequence[MetadataPort], server_id: str, metadata: GuestMetadata) -> None:
        """Answer for this guest on these networks from now on. DriverFault (again) when the switch is away."""
        kept = Kept(server_id=server_id, ports=tuple(ports), metadata=metadata)
        with self._lock:
            part = self._home / f".{server_id}.part"
            with open_new(part) as file:
                file.write(msgspec.msgpack.encode(kept))
                file.flush()
                os.fsync(file.fileno())
            part.rename(self._path(server_id))
            self._kept[server_id] = kept
            self._listen(kept.ports)
            self._drop_idle()

    def things(self) -> Things:
        """Servers whose metadata is kept, whole or half written."""
        return {"server": sorted(path.stem.removeprefix(".") for path in self._home.iterdir())}

    def remove(self, server_id: str) -> None:
        """Forget the guest; networks without guests lose their listener, namespace and port."""
        with self._lock:
            if self._kept.get(server_id) is not None:
                # Networks first: a fault leaves the guest known, so that the next call finishes.
                kept = self._kept.pop(server_id)
                try:
                    self._drop_idle({port.network_id for port in kept.ports})
                except DriverFault:
                    self._kept[server_id] = kept
                    raise
            self._path(server_id).unlink(missing_ok=True)
            (self._home / f".{server_id}.part").unlink(missing_ok=True)

    def _listen(self, ports: Sequence[MetadataPort]) -> None:
        for port in ports:
            place.ensure(self._settings, port)
            if port.network_id not in self._listeners:
                try:
                    self._listeners[port.network_id] = _Listener(port.network_id, self)
                except OSError as error:
                    raise DriverFault(place.TEXT, str(error), again=True) from error

    def _drop_idle(self, also: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        busy = {port.network_id for kept in self._kept.values() for port in kept.ports}
        for network_id in (self._listeners.keys() | also) - busy:
            if listener := self._listeners.pop(network_id, None):
                listener.close()
            place.remove(self._settings, network_id)

    def files_of(self, network_id: str, address: str) -> Mapping[str, bytes] | None:
        """What the guest with this address on this network is told, None for a stranger."""
        asked = ipaddress.ip_address(address)
        # Without the lock: whoever holds it may be waiting for a daemon, and a guest shall not.
        for kept in list(self._kept.values()):
            known = kept.metadata.addresses.get(network_id, ())
            on_network = any(port.network_id == network_id for port in kept.ports)
            if on_network and any(ipaddress.ip_address(one) == asked for one in known):
                return kept.metadata.files
        return None

    def _path(self, server_id: str) -> Path:
        return self._home / f"{server_id}.kept"

    def close(self) -> None:
        """Stop answering; what is kept stays for the next process."""
        with self._lock:
            for listener in self._listeners.values():
                listener.close()
            self._listeners.clear()


def open_new(path: Path) -> Any:
    """A new file of root alone; what was there goes."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def open(state: Path, settings: Mapping[str, Any]) -> MetadataService:
    """For the registry. `settings` as HostSettings."""
    return MetadataService(from_mapping(state, settings))
