"""The connection to libvirtd: opened when needed, opened again when it broke, with its events."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import libvirt
import structlog

from gureum.agent.drivers.protocols import DriverFault

log = structlog.get_logger()

AWAY = "The hypervisor does not answer."
RETRY = 0.5
"""Seconds between two attempts to reach libvirtd."""

Lifecycle = Callable[[str, int], None]
"""Called with a domain's uuid and libvirt's event number."""

_loop_lock = threading.Lock()
_loop_runs = False


def _run_event_loop() -> None:
    """libvirt's own event loop, once a process, before the first connection."""
    global _loop_runs
    with _loop_lock:
        if _loop_runs:
            return
        libvirt.registerErrorHandler(lambda _context, _error: None, None)  # it would print every error
        libvirt.virEventRegisterDefaultImpl()

        def run() -> None:
            while True:
                with contextlib.suppress(libvirt.libvirtError):
                    libvirt.virEventRunDefaultImpl()

        threading.Thread(target=run, name="libvirt-events", daemon=True).start()
        _loop_runs = True


class Link:
    """A shared, lasting connection. Thread safe."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._lock = threading.Lock()
        self._connection: Any = None
        self._closed = threading.Event()
        self._lifecycle: Lifecycle | None = None
        self._opened: Callable[[], None] | None = None

    def get(self) -> Any:
        """The open connection. DriverFault (again) while libvirtd is away."""
        with self._lock:
            if self._connection is not None and self._alive():
                return self._connection
            _run_event_loop()
            self._connection = None
            try:
                made = libvirt.open(self._uri)
                made.setKeepAlive(5, 3)
                if self._lifecycle is not None:
                    made.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._told, None)
            except libvirt.libvirtError as away:
                raise DriverFault(AWAY, str(away), again=True) from away
            self._connection = made
            return made

    def _alive(self) -> bool:
        try:
            return self._connection.isAlive() == 1
        except libvirt.libvirtError:
            return False

    def _told(self, _connection: Any, domain: Any, event: int, _detail: int, _opaque: Any) -> None:
        if self._lifecycle is not None:
            self._lifecycle(domain.UUIDString(), event)

    def follow(self, lifecycle: Lifecycle, opened: Callable[[], None]) -> None:
        """Tell of every lifecycle event from now on; `opened` after every (re)connection, when events may have been missed."""
        self._lifecycle, self._opened = lifecycle, opened
        with self._lock:
            self._connection = None
        threading.Thread(target=self._keep, name="libvirt-link", daemon=True).start()

    def _keep(self) -> None:
        seen: Any = None
        while not self._closed.is_set():
            try:
                connection = self.get()
                if connection is not seen:
                    seen = connection
                    if self._opened is not None:
                        self._opened()
            except DriverFault as fault:
                log.debug("libvirt is away", detail=fault.detail)
            except libvirt.libvirtError as error:
                log.warning("libvirt failed", error=str(error))
            self._closed.wait(RETRY)

    def close(self) -> None:
        """Let go of the connection; guests stay."""
        self._closed.set()
        self._lifecycle = self._opened = None
        with self._lock:
            if self._connection is not None:
                with contextlib.suppress(libvirt.libvirtError):
                    self._connection.close()
                self._connection = None


GONE = (libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_OPERATION_INVALID)
BROKEN = (libvirt.VIR_ERR_RPC, libvirt.VIR_ERR_SYSTEM_ERROR, libvirt.VIR_ERR_NO_CONNECT, libvirt.VIR_ERR_INVALID_CONN)
BUSY = (libvirt.VIR_ERR_OPERATION_TIMEOUT,)


@contextlib.contextmanager
def asking(text: str) -> "contextlib._GeneratorContextManager[None]":
    """Turn libvirt's errors into a DriverFault that says `text`; broken connections and busy guests may be tried again."""
    try:
        yield
    except libvirt.libvirtError as error:
        code = error.get_error_code()
        closed = code == libvirt.VIR_ERR_INTERNAL_ERROR and "socket is closed" in str(error)
        if code in BROKEN or closed:
            raise DriverFault(AWAY, str(error), again=True) from error
        raise DriverFault(text, str(error), again=code in BUSY) from error


def wait_for(true: Callable[[], bool], seconds: float, step: float = 0.1) -> bool:
    """Ask `true` every `step` seconds, for at most `seconds`; whether it came true."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True
