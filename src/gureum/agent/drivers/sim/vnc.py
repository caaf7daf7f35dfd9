"""Screens of simulated guests: a small RFB 3.8 server on a unix socket each, made when somebody looks."""

import asyncio
import contextlib
import shutil
import struct
import tempfile
import threading
from pathlib import Path

WIDTH, HEIGHT = 320, 200
_FORMAT = struct.Struct(">BBBBHHHBBBxxx")
_DEFAULT_FORMAT = _FORMAT.pack(32, 24, 0, 1, 255, 255, 255, 16, 8, 0)
_BARS = [
    (230, 230, 230),
    (230, 230, 0),
    (0, 230, 230),
    (0, 230, 0),
    (230, 0, 230),
    (230, 0, 0),
    (0, 0, 230),
    (20, 20, 20),
]
_FIXED = {0: 19, 4: 7, 5: 5}
"""Lengths of client messages without their type: SetPixelFormat, KeyEvent, PointerEvent."""


class Screens:
    """All the screens of a world, on one thread that starts with the first.

    Their sockets are in a directory that only this user can enter.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._directory: Path | None = None
        self._servers: dict[str, tuple[asyncio.Server, Path]] = {}
        self._made = 0

    def open(self, key: str, title: str) -> Path:
        """The socket of a screen, made now or before."""
        with self._lock:
            if key not in self._servers:
                loop, directory = self._start()
                self._made += 1
                path = directory / f"{self._made}.vnc"
                future = asyncio.run_coroutine_threadsafe(_listen(path, title), loop)
                self._servers[key] = (future.result(10), path)
            return self._servers[key][1]

    def shut(self, key: str) -> None:
        """The guest stopped: its screen goes dark."""
        with self._lock:
            server, path = self._servers.pop(key, (None, None))
            if server is None or path is None or self._loop is None:
                return
            self._loop.call_soon_threadsafe(_close, server)
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """All screens go dark, and the thread ends."""
        for key in list(self._servers):
            self.shut(key)
        with self._lock:
            loop, self._loop = self._loop, None
            directory, self._directory = self._directory, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)

    def _start(self) -> tuple[asyncio.AbstractEventLoop, Path]:
        if self._loop is None or self._directory is None:
            self._loop = asyncio.new_event_loop()
            # Not in the state directory: a unix socket's path holds 107 bytes.
            self._directory = Path(tempfile.mkdtemp(prefix="gureum-vnc-"))
            threading.Thread(target=_turn, args=(self._loop,), name="screens", daemon=True).start()
        return self._loop, self._directory


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def _close(server: asyncio.Server) -> None:
    server.close()
    for writer in list(_viewers.pop(server, ())):
        writer.close()


_viewers: dict[asyncio.Server, set[asyncio.StreamWriter]] = {}


async def _listen(path: Path, title: str) -> asyncio.Server:
    viewers: set[asyncio.StreamWriter] = set()

    async def viewer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        viewers.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await _greet(reader, writer, title)
                await _show(reader, writer)
        finally:
            viewers.discard(writer)
            writer.close()

    server = await asyncio.start_unix_server(viewer, str(path))
    _viewers[server] = viewers
    return server


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, title: str) -> None:
    """Version, security type none, and what the screen is."""
    writer.write(b"RFB 003.008\n")
    await reader.readexactly(12)
    writer.write(b"\x01\x01")
    await reader.readexactly(1)
    writer.write(b"\x00\x00\x00\x00")
    await reader.readexactly(1)
    name = title.encode()
    writer.write(struct.pack(">HH", WIDTH, HEIGHT) + _DEFAULT_FORMAT + struct.pack(">I", len(name)) + name)
    await writer.drain()


async def _show(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the viewer's messages. The picture never changes, so a request for changes gets no answer."""
    pixels = _picture(_DEFAULT_FORMAT)
    while True:
        kind = (await reader.readexactly(1))[0]
        if kind in _FIXED:
            body = await reader.readexactly(_FIXED[kind])
            if kind == 0:
                pixels = _picture(body[3:])
        elif kind == 2:
            _, count = struct.unpack(">BH", await reader.readexactly(3))
            await reader.readexactly(4 * count)
        elif kind == 3:
            incremental = (await reader.readexactly(9))[0]
            if not incremental:
                writer.write(struct.pack(">BBHHHHHi", 0, 0, 1, 0, 0, WIDTH, HEIGHT, 0) + pixels)
                await writer.drain()
        elif kind == 6:
            _, length = struct.unpack(">3sI", await reader.readexactly(7))
            await reader.readexactly(min(length, 1 << 20))
        else:
            raise ValueError(f"client message {kind}")


def _picture(pixel_format: bytes) -> bytes:
    """Colour bars in the viewer's pixel format."""
    bits, _depth, big, true_colour, *channels = _FORMAT.unpack(pixel_format)
    if bits not in (8, 16, 32) or not true_colour:
        raise ValueError(f"pixel format of {bits} bits")
    maxima, shifts = channels[:3], channels[3:]
    row = bytearray()
    for x in range(WIDTH):
        colour = _BARS[x * len(_BARS) // WIDTH]
        value = sum((part * top // 255) << shift for part, top, shift in zip(colour, maxima, shifts, strict=True))
        row += (value & ((1 << bits) - 1)).to_bytes(bits // 8, "big" if big else "little")
    return bytes(row) * HEIGHT
