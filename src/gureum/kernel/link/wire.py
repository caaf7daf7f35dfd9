"""Frames from a stream, and who may be at the other end."""

import asyncio
import os
import socket
import struct
from typing import Any

from gureum.contracts import frames


async def read_frame(reader: asyncio.StreamReader) -> frames.Frame:
    """The next frame. Raises ConnectionError for one that is too large, asyncio.IncompleteReadError at the end."""
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > frames.MAX_FRAME:
        raise ConnectionError(f"a frame of {size} bytes")
    return frames.unpack(await reader.readexactly(size))


def check_peer(sock: Any) -> None:
    """Raise ConnectionError unless a unix socket's other end is root or the user of this process."""
    if sock is None or sock.family != socket.AF_UNIX:
        return
    _pid, uid, _gid = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if uid not in (0, os.getuid()):
        raise ConnectionError(f"user {uid} may not be an agent")
