"""One connection of a client, within bounds: of what it may send, of how slowly, and of how many there are.

uvicorn waits for the rest of a request as long as a client likes. Here a request's line and headers have a size and a time, a
body must move, an answer must be taken; and where there are too many connections, the one goes that a client has kept waiting
longest with the least to show for it.
"""

import time
from asyncio import TimerHandle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


@dataclass(frozen=True)
class Bounds:
    """How much, how long, how many."""

    connections: int = 4096
    url: int = 16 * 1024
    headers: int = 128
    header_bytes: int = 64 * 1024
    head_seconds: float = 20.0
    """From the first byte of a request, or from the connection on, to the end of its headers."""
    stall_seconds: float = 60.0
    """In so long a body brings `least_bytes` or its end, and a client takes some of the answer."""
    least_bytes: int = 4096
    grace_seconds: float = 1.0
    """How long a connection is left alone even where there are too many."""


_REFUSALS = {
    414: b"HTTP/1.1 414 URI Too Long",
    431: b"HTTP/1.1 431 Request Header Fields Too Large",
    503: b"HTTP/1.1 503 Service Unavailable",
}


class Connections:
    """The connections of one server, within its bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.open: set[Connection] = set()

    def make_room(self) -> bool:
        """Whether there is room for one more, after the one that is least worth keeping has gone where that is needed."""
        if len(self.open) < self.bounds.connections:
            return True
        now = time.monotonic()
        waiting = [one for one in self.open if one.waits and now - one.since > self.bounds.grace_seconds]
        if not waiting:
            return False
        min(waiting, key=lambda one: (one.received, one.since)).drop()
        return True


class Connection(HttpToolsProtocol):
    """uvicorn's, under the bounds above, one of its server's `all`."""

    all: Connections

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._bounds = self.all.bounds
        self.since = time.monotonic()
        """Since when the client is waited for."""
        self.received = 0
        """Bytes since then."""
        self.waits = True
        self._answering: RequestResponseCycle | None = None
        self._timer: TimerHandle | None = None
        self._unread: TimerHandle | None = None
        self._in_head = self._new_head = True
        self._head_bytes = self._unparsed = self._seen = 0
        self._refused = False

    # what asyncio tells

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if not self.all.make_room():
            self._refuse(503)
            return
        self.all.open.add(self)
        self._wait(self._bounds.head_seconds, self.drop)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self.received += len(data)
        if self._timer is None and self._idle():
            self._await_request()
        super().data_received(data)
        # the parser gives headers only whole, and keeps what is not
        self._unparsed = self._unparsed + len(data) if self._in_head and not self._new_head else 0
        self._new_head = False
        if self._unparsed > self._bounds.url + self._bounds.header_bytes:
            self._refuse(431)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self._bounds.stall_seconds, self.drop)

    def resume_writing(self) -> None:
        self._is_read()
        super().resume_writing()

    # what the parser tells

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = self._new_head = True
        self._head_bytes = 0
        if self._timer is None:
            self._wait(self._bounds.head_seconds, self.drop)

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self._bounds.url:
            self._refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._head_bytes += len(name) + len(value)
        if len(self.headers) > self._bounds.headers or self._head_bytes > self._bounds.header_bytes:
            self._refuse(431)

    def on_headers_complete(self) -> None:
        if self._refused:
            return
        self._in_head = False
        super().on_headers_complete()
        self._answering = self.cycle
        self._seen = self.received
        self._wait(self._bounds.stall_seconds, self._look)

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._refused:
            return
        self._stop()
        self.waits = self._idle()
        super().on_message_complete()

    # what uvicorn tells

    def on_response_complete(self) -> None:
        self.since, self.waits, self.received = time.monotonic(), True, 0
        if self._timer is not None and not self._in_head:
            # it was answered before it was heard out: the rest has its time, so that the client gets to read
            self._wait(self._bounds.stall_seconds, self.drop)
        super().on_response_complete()

    def handle_websocket_upgrade(self) -> None:
        self._forget()
        super().handle_websocket_upgrade()

    def drop(self) -> None:
        """End it without a word."""
        self._forget()
        self.transport.abort()

    def _idle(self) -> bool:
        """Whether all that was asked has been answered."""
        return not self.pipeline and (self._answering is None or self._answering.response_complete)

    def _await_request(self) -> None:
        """Something comes on a connection that was kept alive."""
        self.since, self.waits, self.received = time.monotonic(), True, 0
        self._wait(self._bounds.head_seconds, self.drop)

    def _look(self) -> None:
        """Whether the body has moved since the last look; where we ourselves do not read on, that is not the client's fault."""
        if self.received - self._seen < self._bounds.least_bytes and not self.flow.read_paused:
            self.drop()
            return
        self._seen = self.received
        self._wait(self._bounds.stall_seconds, self._look)

    def _refuse(self, status: int) -> None:
        """Say why, and hear no more of it."""
        if self._refused:
            return
        self._refused = True
        self.transport.write(_REFUSALS[status] + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.transport.close()
        self._forget()

    def _forget(self) -> None:
        self.all.open.discard(self)
        self._stop()
        self._is_read()

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._stop()
        self._timer = self.loop.call_later(seconds, then)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
