"""Requests to a started cloud over its port, without the stock client."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def ok(self) -> Any:
        """The JSON of what went well (None without a body); fails the test for anything else."""
        assert 200 <= self.status < 300, f"{self.status}: {self.body.decode(errors='replace')}"
        return json.loads(self.body) if self.body else None


class Direct:
    """Who asks, with a token or without one. `exchanges` are all requests (what, body) with their answers, refusals too."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self.port = port
        self.token = token
        self.said: dict[str, Any] = {}
        self.exchanges: list[tuple[str, bytes, Answer]] = []

    def call(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, version: str = ""
    ) -> Answer:
        """One request on a connection of its own. `body` is JSON, or bytes sent as they are."""
        sent = {"Accept": "application/json"} | ({"X-Auth-Token": self.token} if self.token else {})
        if version:
            sent["OpenStack-API-Version"] = f"{ {'volume': 'volume'}.get(path.split('/')[1], 'compute') } {version}"
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if raw is not None:
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, raw, sent | dict(headers or {}))
            came = connection.getresponse()
            answer = Answer(came.status, {name.lower(): value for name, value in came.getheaders()}, came.read())
        finally:
            connection.close()
        self.exchanges.append((f"{method} {path}", raw or b"", answer))
        return answer

    def log_in(self, user: str, password: str, project: str | None = None) -> "Direct":
        """Another one with a token of its own. Fails the test where there is none to be had."""
        answer = self.call("POST", "/v3/auth/tokens", login(user, password, project))
        other = Direct(self.port, answer.headers.get("x-subject-token"))
        other.said = answer.ok()["token"]
        other.exchanges = self.exchanges
        return other


def login(user: str, password: str, project: str | None = None) -> dict[str, Any]:
    """The body of a login by password, in the default domain."""
    known = {"name": user, "domain": {"id": "default"}, "password": password}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": known}}}
    if project:
        auth["scope"] = {"project": {"name": project, "domain": {"id": "default"}}}
    return {"auth": auth}
