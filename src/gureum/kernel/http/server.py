"""The HTTP server inside our own process: one uvicorn, one loop, a listener a port.

It runs here and not under a master of its own, which would leave workers serving after `kill -9`.
"""

import logging
import resource
from typing import Any

import uvicorn

from gureum.kernel.http.protocol import Bounds, Connection, Connections

_MOST_MESSAGE = 1024 * 1024
"""Bytes of one message of a browser to a console: the largest is a clipboard."""


def _bounds() -> Bounds:
    """Half of the files that the process may open are for clients."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Bounds(connections=min(Bounds.connections, files // 2))


class HttpServer(uvicorn.Server):
    """uvicorn without signal handlers: the process that runs it decides when to end."""

    def __init__(self, application: Any, bounds: Bounds | None = None) -> None:
        # what strangers send that is no HTTP is not worth a line each
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        super().__init__(
            uvicorn.Config(
                application,
                interface="asgi3",
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                date_header=True,
                proxy_headers=False,
                http=type("Connection", (Connection,), {"all": Connections(bounds or _bounds())}),
                ws="websockets-sansio",
                ws_max_size=_MOST_MESSAGE,
                ws_per_message_deflate=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=3,
                backlog=2048,
            )
        )

    def install_signal_handlers(self) -> None:
        """None of our own."""

    def capture_signals(self) -> Any:
        """None of our own."""
        return _nothing()


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...
