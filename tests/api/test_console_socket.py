"""The websocket of a console, as clients open it that take the path out of the address."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.server_kit import V2, Kit, kit
from tests.cloud import Cloud


@pytest.fixture(scope="module")
def server(cloud: Cloud) -> tuple[Kit, str]:
    mine = kit(cloud)
    return mine, mine.server()


def token_path(mine: Kit, server: str) -> str:
    """What the address of a console says to ask for, behind the slash."""
    asked = {"remote_console": {"protocol": "vnc", "type": "novnc"}}
    path = f"{V2}/servers/{server}/remote-consoles"
    url = mine.member.post(path, asked, version="2.6").ok(200)["remote_console"]["url"]
    return parse_qs(urlsplit(url).query)["path"][0]


def connect(cloud: Cloud, port: int, query: str) -> list[dict[str, Any]]:
    """What a websocket at `/` is told first, until bytes of the guest have come or it was closed."""
    sent: list[dict[str, Any]] = []

    async def talk() -> None:
        done = asyncio.Event()
        incoming = iter([{"type": "websocket.connect"}])

        async def receive() -> dict[str, Any]:
            found = next(incoming, None)
            if found is None:
                await done.wait()
            return found or {"type": "websocket.disconnect", "code": 1000}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if message["type"] != "websocket.accept":
                done.set()
            await asyncio.sleep(0)

        scope = {
            "type": "websocket",
            "path": "/",
            "query_string": query.encode(),
            "server": ("127.0.0.1", port),
            "headers": [],
            "subprotocols": ["binary"],
        }
        await asyncio.wait_for(cloud.control.application(scope, receive, send), 20)

    cloud.run(talk())
    return sent


@pytest.mark.parametrize("port", [5000, 6080])
def test_it_opens_at_the_root_of_any_port(server: tuple[Kit, str], port: int) -> None:
    mine, id = server
    sent = connect(mine.cloud, port, token_path(mine, id).lstrip("?"))
    assert sent[0] == {"type": "websocket.accept", "subprotocol": "binary"}
    assert sent[1]["bytes"].startswith(b"RFB 003.008")


@pytest.mark.parametrize("query", ["", "token=", "token=bad"])
def test_without_a_token_it_is_closed(cloud: Cloud, query: str) -> None:
    assert [message["type"] for message in connect(cloud, 5000, query)] == ["websocket.close"]
