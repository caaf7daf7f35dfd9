"""Consoles in a browser: the noVNC page, and the websocket that carries a guest's screen.

The page's address holds a token that the compute API gave out. The websocket redeems it, the host's agent is asked to dial in
with a one-use grant, and from then on bytes flow between browser and guest without anybody looking at them.
"""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote

from gureum.contracts.hypervisor import OpenVnc
from gureum.kernel import log
from gureum.kernel.faults import Fault
from gureum.kernel.link.bulk import BulkServer
from gureum.kernel.link.server import LinkServer
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx

_logger = log.get("console")
_CHUNK = 64 * 1024
_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Redeem = Callable[[Tx, str], tuple[str, str, str] | None]
"""The (server id, host, domain name) that a token opens, or None."""


class Console:
    """The ASGI application of the console's port."""

    def __init__(self, database: Database, redeem: Redeem | None = None) -> None:
        self._database = database
        self._redeem = redeem
        self._link: LinkServer | None = None
        self._bulk: BulkServer | None = None

    def connect(self, link: LinkServer, bulk: BulkServer) -> None:
        """Give it the way to the agents."""
        self._link, self._bulk = link, bulk

    def owns(self, scope: Scope) -> bool:
        """Whether a request on the first port is for the console: everything below /console."""
        return bool(scope["path"].startswith("/console/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page's file, or a websocket."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._page(scope, send)

    async def _page(self, scope: Scope, send: Send) -> None:
        path = PurePosixPath(scope["path"].removeprefix("/console/").lstrip("/") or "vnc_auto.html")
        source = files("gureum.web").joinpath("static", "console", *path.parts)
        if ".." in path.parts or scope["method"] not in ("GET", "HEAD") or not source.is_file():
            await _answer(send, 404, b"Not found\n", "text/plain")
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        await _answer(send, 200, source.read_bytes(), kind)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        stream = await self._open(_token(scope))
        if stream is None:
            await send({"type": "websocket.close", "code": 1008, "reason": "The console token is not good any more."})
            return
        wanted = [name for name in scope.get("subprotocols", []) if name == "binary"]
        await send({"type": "websocket.accept", "subprotocol": wanted[0] if wanted else None})
        reader, writer = stream
        tasks = [asyncio.create_task(_to_guest(receive, writer)), asyncio.create_task(_to_browser(reader, send))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            writer.close()

    async def _open(self, token: str | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        redeem, link, bulk = self._redeem, self._link, self._bulk
        if token is None or redeem is None or link is None or bulk is None:
            return None
        found = await self._database.writing(lambda tx: redeem(tx, token))
        if found is None:
            return None
        server_id, host, name = found
        grant, waiting = bulk.grant()
        try:
            body = OpenVnc(server_id=server_id, name=name, address=bulk.address, grant=grant)
            await link.question(body, agent=host)
            return await bulk.wait(grant, waiting)
        except (Fault, TimeoutError) as error:
            _logger.info("console not opened", server=server_id, reason=repr(error))
            return None


def _token(scope: Scope) -> str | None:
    """The token of a console address: `?token=…`, of the websocket's own query or inside its `path`."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if "token" in query:
        return query["token"][0]
    inner = unquote(query.get("path", [""])[0])
    return parse_qs(inner.lstrip("?")).get("token", [None])[0]


async def _to_guest(receive: Receive, writer: asyncio.StreamWriter) -> None:
    while (message := await receive())["type"] != "websocket.disconnect":
        writer.write(message.get("bytes") or (message.get("text") or "").encode())
        await writer.drain()


async def _to_browser(reader: asyncio.StreamReader, send: Send) -> None:
    while chunk := await reader.read(_CHUNK):
        await send({"type": "websocket.send", "bytes": chunk})
    await send({"type": "websocket.close", "code": 1000})


async def _answer(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-security-policy", _POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-cache"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
