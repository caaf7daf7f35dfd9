"""Consoles on the wire."""

from typing import Any
from urllib.parse import quote, urlsplit

from gureum.compute.settings import settings
from gureum.kernel.http import Call
from gureum.kernel.numbers import whole

_MOST_LINES = 2**31


def lines(length: Any) -> int | None:
    """How many lines are asked for; None for all."""
    if length is None:
        return None
    figure = whole(length)
    return None if figure == -1 else min(figure, _MOST_LINES)


def address(call: Call, token: str) -> str:
    """Where a browser sees the screen: on the host that the client calls us, at the console's port or, where only one port
    is open, below /console of that one."""
    parts = urlsplit(call.root_url)
    path = quote(f"?token={token}", safe="")
    if settings.console_port is None:
        return f"{call.root_url}/console/vnc_auto.html?path={path}"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{settings.console_port}/vnc_auto.html?path={path}"
