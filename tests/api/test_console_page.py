"""The console's page: every file that it names is there, whichever port it is asked on, and nothing else is."""

import asyncio
import re
from typing import Any

import pytest

from tests.cloud import Cloud


def fetch(cloud: Cloud, path: str, port: int) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        await asyncio.sleep(0)

    scope = {"type": "http", "method": "GET", "path": path, "server": ("127.0.0.1", port), "headers": []}
    cloud.run(cloud.control.application(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


@pytest.mark.parametrize(("port", "below"), [(6080, "/"), (5000, "/console/")])
def test_the_page_and_all_that_it_loads_is_there(cloud: Cloud, port: int, below: str) -> None:
    waiting, seen = ["vnc_auto.html"], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        status, headers, body = fetch(cloud, below + name, port)
        assert status == 200, name
        policy = headers["content-security-policy"]
        for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'self'", "base-uri 'none'"):
            assert part in policy.split("; ")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in headers
        folder = name.rpartition("/")[0]
        for found in re.findall(r"""(?:src|href)="([^"]+)"|from ['"](\.[^'"]+)['"]""", body.decode()):
            parts = f"{folder}/{found[0] or found[1]}".split("/")
            path: list[str] = []
            for part in parts:
                if part == "..":
                    path.pop()
                elif part not in ("", "."):
                    path.append(part)
            waiting.append("/".join(path))
    assert {"console.css", "console.js", "novnc/core/rfb.js"} <= seen
    assert len(seen) > 40


@pytest.mark.parametrize("path", ["/nothing.js", "/../operator.py", "/novnc/../../../console.py", "/novnc"])
def test_nothing_else_is(cloud: Cloud, path: str) -> None:
    assert fetch(cloud, path, 6080)[0] == 404
