"""The bulk listener: agents dial it with a one-use grant, and the bytes of a console or a file flow past the link."""

import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from gureum.kernel.link.wire import check_peer

_GRANT_SECONDS = 15.0
_EXPECTED_SECONDS = 600.0
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class BulkServer:
    """Grants that wait for their agent, and the listener they come to."""

    def __init__(self, path: Path) -> None:
        self.address = f"unix:{path}"
        self._path = path
        # by digest: how long a look takes tells nothing of a grant
        self._waiting: dict[str, asyncio.Future[Stream]] = {}
        self._expected: dict[str, tuple[Serve, float]] = {}
        self._serving: set[asyncio.Future[None]] = set()
        self._listener: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen on a unix socket that only this user and root may open."""
        self._path.unlink(missing_ok=True)
        old = os.umask(0o177)
        try:
            self._listener = await asyncio.start_unix_server(self._accept, str(self._path))
        finally:
            os.umask(old)

    def grant(self) -> "tuple[str, asyncio.Future[Stream]]":
        """A new grant (32 bytes in hex, good for one connection) and the connection that will come with it."""
        grant = secrets.token_hex(32)
        waiting: asyncio.Future[Stream] = asyncio.get_running_loop().create_future()
        self._waiting[_digest(grant)] = waiting
        return grant, waiting

    def expect(self, serve: Serve) -> str:
        """A new grant, good for one connection within ten minutes, which `serve` has until it returns. From any thread."""
        now = time.monotonic()
        for old, (_, until) in tuple(self._expected.items()):
            if until < now:
                self._expected.pop(old, None)
        grant = secrets.token_hex(32)
        self._expected[_digest(grant)] = serve, now + _EXPECTED_SECONDS
        return grant

    async def wait(self, grant: str, waiting: "asyncio.Future[Stream]") -> Stream:
        """The connection that comes with the grant, which the caller closes. Raises TimeoutError."""
        try:
            async with asyncio.timeout(_GRANT_SECONDS):
                return await waiting
        finally:
            self._waiting.pop(_digest(grant), None)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            check_peer(writer.get_extra_info("socket"))
            async with asyncio.timeout(_GRANT_SECONDS):
                digest = _digest((await reader.readline()).decode("ascii", "replace").strip())
        except (OSError, TimeoutError, ValueError):
            writer.close()
            return
        serve, until = self._expected.pop(digest, (None, 0.0))
        if serve is not None and time.monotonic() < until:
            await self._serve(serve, reader, writer)
            return
        waiting = self._waiting.pop(digest, None)
        if waiting is None or waiting.done():
            writer.close()
        else:
            waiting.set_result((reader, writer))

    async def _serve(self, serve: Serve, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.ensure_future(serve(reader, writer))
        self._serving.add(serving)
        try:
            await asyncio.gather(serving, return_exceptions=True)
        finally:
            self._serving.discard(serving)
            writer.close()

    async def close(self) -> None:
        """Stop listening, and end what is served."""
        if self._listener is not None:
            self._listener.close()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


def _digest(grant: str) -> str:
    return hashlib.sha256(grant.encode()).hexdigest()
