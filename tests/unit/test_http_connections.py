"""Connections of clients that send too much, too slowly, or are too many."""

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gureum.kernel.http.protocol import Bounds
from gureum.kernel.http.server import HttpServer
from gureum.processes import listeners

QUICK = Bounds(head_seconds=0.6, stall_seconds=0.6, least_bytes=100, connections=20, grace_seconds=0.1)
WHOLE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
LARGE = 64 * 1024 * 1024


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the whole body and says its length; at /early it answers without reading, at /large it answers with much."""
    size = 0
    while scope["path"] != "/early":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        if not message["more_body"]:
            break
    body = b"x" * LARGE if scope["path"] == "/large" else str(size).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]}
    )
    await send({"type": "http.response.body", "body": body})


class Served:
    """A server on a loop of its own."""

    def __init__(self, bounds: Bounds) -> None:
        (self._socket,) = listeners("127.0.0.1", [0])
        self.port: int = self._socket.getsockname()[1]
        self.server = HttpServer(application, bounds)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self.server.serve(sockets=[self._socket])), daemon=True
        )
        self._thread.start()
        self.until(lambda: self.server.started)

    def until(self, ready: Any) -> None:
        deadline = time.monotonic() + 10
        while not ready():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def close(self) -> None:
        self.server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    @contextmanager
    def connection(self, first: bytes = b"") -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as one:
            one.sendall(first)
            yield one

    def ask(self, method: str = "POST", path: str = "/", body: bytes = b"ab", headers: Any = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture
def served() -> Iterator[Served]:
    found = Served(QUICK)
    yield found
    found.close()


def status(one: socket.socket) -> int:
    """That of the next answer, which is read to its end."""
    answer = http.client.HTTPResponse(one)
    answer.begin()
    answer.read()
    return answer.status


def until_closed(one: socket.socket) -> float:
    """How long the other side keeps a connection."""
    began = time.monotonic()
    try:
        while one.recv(65536):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - began


def test_what_is_within_bounds_is_served(served: Served) -> None:
    assert served.ask() == (200, b"2")
    assert served.ask(path="/" + "a" * 16000) == (200, b"2")
    assert served.ask(headers={f"X-{number}": "x" * 500 for number in range(100)}) == (200, b"2")
    assert served.ask(body=b"x" * 1_000_000) == (200, b"1000000")


def test_lines_and_headers_are_only_so_long_and_so_many(served: Served) -> None:
    assert served.ask(path="/" + "a" * 17000)[0] == 414
    assert served.ask(headers={f"X-{number}": "x" for number in range(130)})[0] == 431
    assert served.ask(headers={f"X-{number}": "x" * 7000 for number in range(10)})[0] == 431
    assert served.ask() == (200, b"2")


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: "])
def test_what_never_ends_is_not_kept(served: Served, start: bytes) -> None:
    sent = 0
    with served.connection(start) as one, pytest.raises(ConnectionError):
        for _ in range(10_000):
            one.sendall(b"a" * 4096)
            sent += 4096
    assert sent < 8 * 1024 * 1024
    assert served.ask() == (200, b"2")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b""),
        (b"GET / HT", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: b\r\n"),
        (WHOLE + b"GET / HTTP/1.1\r\n", b"X-A: b\r\n"),
        (WHOLE, b"\r\n"),
    ],
)
def test_a_request_has_its_time_to_be_said(served: Served, first: bytes, then: bytes) -> None:
    with served.connection(first) as one:
        threading.Thread(target=drip, args=(one, then)).start()
        assert 0.3 < until_closed(one) < 3


def drip(one: socket.socket, data: bytes) -> None:
    """Send a little again and again."""
    try:
        while data:
            one.sendall(data)
            time.sleep(0.1)
    except OSError:
        pass


def test_a_body_that_hardly_moves_is_cut_off_and_one_that_moves_is_not(served: Served) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n"
    with served.connection(head) as one:
        threading.Thread(target=drip, args=(one, b"a")).start()
        assert until_closed(one) < 3
    with served.connection(head) as one:
        for _ in range(20):
            one.sendall(b"a" * 100)
            time.sleep(0.1)
        assert status(one) == 200


def test_who_is_answered_early_may_finish_and_read_but_not_go_on_for_ever(served: Served) -> None:
    head = b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    with served.connection(head % 100 + b"a" * 50) as one:
        assert status(one) == 200
        one.sendall(b"a" * 50 + WHOLE)
        assert status(one) == 200, "the connection goes on being used"
    with served.connection(head % 10**9) as one:
        threading.Thread(target=drip, args=(one, b"a" * 1000)).start()
        assert until_closed(one) < 3


def test_an_answer_that_nobody_takes_is_not_kept(served: Served) -> None:
    with served.connection(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n") as one:
        time.sleep(2)
        came = 0
        try:
            while data := one.recv(1 << 20):
                came += len(data)
        except ConnectionError:
            pass
    assert came < LARGE


def test_an_idle_connection_is_kept_alive_meanwhile(served: Served) -> None:
    with served.connection(WHOLE) as one:
        assert status(one) == 200
        time.sleep(1.5)
        one.sendall(WHOLE)
        assert status(one) == 200


@pytest.mark.parametrize(
    "first", [b"", b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", WHOLE]
)
def test_a_flood_of_slow_connections_does_not_keep_others_out(first: bytes) -> None:
    served = Served(Bounds(connections=20, grace_seconds=0.1))
    held: list[socket.socket] = []
    try:
        for _ in range(60):
            held.append(socket.create_connection(("127.0.0.1", served.port), timeout=10))
            held[-1].sendall(first)
            time.sleep(0.01)
        for _ in range(5):
            assert served.ask() == (200, b"2")
        assert len(served.server.server_state.connections) <= 20
    finally:
        for one in held:
            one.close()
        served.close()


def test_where_nobody_can_go_the_newest_is_told_so() -> None:
    served = Served(Bounds(connections=5, grace_seconds=60))
    held = [socket.create_connection(("127.0.0.1", served.port), timeout=10) for _ in range(5)]
    try:
        served.until(lambda: len(served.server.server_state.connections) == 5)
        with served.connection() as one:
            assert status(one) == 503
    finally:
        for one in held:
            one.close()
        served.close()
