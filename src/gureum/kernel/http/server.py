"""The HTTP server inside our own process: one uvicorn, one loop, a listener a port.

It runs here and not under a master of its own, which would leave workers serving after `kill -9`.
"""

from typing import Any

import uvicorn


class HttpServer(uvicorn.Server):
    """uvicorn without signal handlers: the process that runs it decides when to end."""

    def __init__(self, application: Any) -> None:
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
                http="httptools",
                ws="websockets-sansio",
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
