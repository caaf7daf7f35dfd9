"""A whole cloud inside the test process: real database, real link, simulated hosts, requests without sockets.

`Cloud` runs the control plane and the simulated agent on a loop of its own; a test speaks to it through `Client`s, each with
a token of its own.
"""

import asyncio
import itertools
import json
import os
import random
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from gureum.agent.config import AgentConfig, SimConfig
from gureum.agent.drivers.sim import World
from gureum.agent.main import run_sim
from gureum.app import ControlConfig, ControlPlane
from gureum.block_storage.store.pools import pools
from gureum.compute.store.hosts import hosts
from gureum.identity.service import tokens
from gureum.identity.token import Scope
from gureum.kernel import clock
from gureum.kernel.flow import bell
from gureum.kernel.link.tables import agents
from gureum.kernel.store.tx import Tx
from gureum.settings import IdentitySettings, Settings
from tests import databases

PASSWORD = "secret"
HOST = "cloud.test:5000"
LINGER = float(os.environ.get("GUREUM_LINGER", "0"))
"""Seconds at most that a client takes to read an answer: shows tests that hurry to see what passes by, or a second go by."""


@dataclass
class Response:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def ok(self, status: int | None = None) -> Any:
        """The JSON body (None without one); fails the test for any other status than the given one, or than 2xx."""
        right = self.status == status if status else 200 <= self.status < 300
        assert right, f"{self.status}: {self.body.decode(errors='replace')}"
        return json.loads(self.body) if self.body and "json" in self.headers.get("content-type", "") else None


@dataclass
class Exchange:
    """A request of a test and its answer; `raw` is the request's body, `version` the microversion that it asked for."""

    method: str
    path: str
    version: str | None
    headers: dict[str, str]
    raw: bytes
    answer: Response


observers: list[Callable[[Exchange], None]] = []
"""Called with every exchange of every client, to check what no single test looks at; one that raises fails the test."""


class Cloud:
    """The cloud; `world` is what is simulated, to look into and to disturb."""

    def __init__(
        self,
        hosts: int = 1,
        latency: float = 0.0,
        database: str | None = None,
        identity: IdentitySettings | None = None,
        proxies: Sequence[str] = (),
    ) -> None:
        self.state = Path(tempfile.mkdtemp(prefix="gureum-test-"))
        self.settings = Settings(
            database=databases.new_url() if database is None else database, identity=identity or IdentitySettings()
        )
        if not self.settings.database:
            databases.lay(self.state / "gureum.sqlite")
        self.settings.api.trusted_proxies = list(proxies)
        self.sim = SimConfig(hosts=hosts, latency=latency)
        self.world = World()
        self._numbers = itertools.count(1)
        self.rung = threading.Event()
        self._stop_listening = bell.listen(self.rung.set)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.control = self.run(self._start())
        self.agent: asyncio.Task[None] | None = None
        self.connect_agent()
        self.settle()
        self.admin = self.login("admin", PASSWORD, "admin")

    def run(self, coroutine: Any, timeout: float = 75) -> Any:
        """Run a coroutine on the cloud's loop. The slowest that is right is an attachment, which waits a minute for its pool."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout)

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, as a server of ASGI hands it over."""
        await self.control.edge(scope, receive, send)

    def _new_control(self) -> ControlPlane:
        return ControlPlane(
            ControlConfig(
                state=self.state,
                durable=False,
                admin_password=PASSWORD,
                settings=self.settings,
                trusted_proxies=self.settings.api.trusted_proxies,
            )
        )

    async def _start(self) -> ControlPlane:
        control = self._new_control()
        await control.start()
        return control

    def connect_agent(self) -> None:
        """Start the simulated agent."""

        async def start() -> asyncio.Task[None]:
            config = AgentConfig(name="host", sim=self.sim)
            return asyncio.create_task(run_sim(config, self._dial, self.world, backoff=(0.005, 0.02)))

        self.agent = self.run(start())
        self.wait(lambda: self.control.link.connected(self.first_host), "the agent")

    def settle(self) -> None:
        """Wait until every agent is known with all that it tells of itself."""

        def known(tx: Tx) -> bool:
            up = (tx.count(sa.select(table).where(table.c.up)) for table in (agents, hosts))
            return all(number == self.sim.hosts for number in up) and tx.count(sa.select(pools).where(pools.c.up)) > 0

        self.wait(lambda: self.read(known), "the agents")

    @property
    def first_host(self) -> str:
        """The name of the first simulated host."""
        return "host" if self.sim.hosts == 1 else "host-1"

    def disconnect_agent(self) -> None:
        """Kill the agent; guests keep running."""

        async def kill() -> None:
            assert self.agent is not None
            self.agent.cancel()
            await asyncio.gather(self.agent, return_exceptions=True)

        self.run(kill())
        self.agent = None

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        task = asyncio.create_task(self.control.link.accept(reader, writer))
        self._sessions = {*getattr(self, "_sessions", ()), task}
        return await asyncio.open_connection(sock=theirs)

    def close(self) -> None:
        """End it and throw its state away."""
        self._stop_listening()
        if self.agent is not None:
            self.disconnect_agent()
        self.run(self.control.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        shutil.rmtree(self.state, ignore_errors=True)
        databases.forget(self.settings.database)

    def read(self, job: Callable[[Tx], Any]) -> Any:
        """Look into the database."""
        return self.control.database.read(job)

    def write(self, job: Callable[[Tx], Any]) -> Any:
        """Change the database behind the API's back, for what a test cannot bring about otherwise."""
        return self.control.database.write(job)

    def wait(self, ready: Callable[[], Any], what: str = "it", timeout: float = 10.0) -> Any:
        """Wait until `ready()` is true, and return it."""
        deadline, pause = time.monotonic() + timeout, 0.004
        while time.monotonic() < deadline:
            self.rung.clear()
            found = ready()
            if found:
                return found
            # what is asked may ring itself
            time.sleep(0.002)
            self.rung.wait(pause)
            pause = min(pause * 1.5, 0.02)
        raise AssertionError(f"{what} did not come about in {timeout} s")

    def login(
        self, user: str, password: str, project: str | None = None, *, system: bool = False, **scope: Any
    ) -> "Client":
        """A client with a token of its own. `project` is a name in the default domain; `scope` is a raw scope."""
        auth: dict[str, Any] = {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": user, "domain": {"id": "default"}, "password": password}},
            }
        }
        if project:
            auth["scope"] = {"project": {"name": project, "domain": {"id": "default"}}}
        elif system:
            auth["scope"] = {"system": {"all": True}}
        elif scope:
            auth["scope"] = scope
        answer = Client(self, None).post("/v3/auth/tokens", {"auth": auth})
        token = answer.ok(201)["token"]
        return Client(self, answer.headers["x-subject-token"], token)

    def anonymous(self) -> "Client":
        """A client without a token."""
        return Client(self, None)

    def project(self, *roles: str, passwords: bool = False) -> "Tenant":
        """A new project with a user for each role (member and reader where none is named), who has no password unless asked."""
        number = next(self._numbers)
        name = f"project-{number}"
        project = self.admin.post("/v3/projects", {"project": {"name": name, "domain_id": "default"}}).ok(201)[
            "project"
        ]
        tenant = Tenant(project["id"], name)
        known = {role["name"]: role["id"] for role in self.admin.get("/v3/roles").ok()["roles"]}
        for role in roles or ("member", "reader"):
            user_name = f"{role}-{number}"
            wish = {"name": user_name, "domain_id": "default"} | ({"password": PASSWORD} if passwords else {})
            user = self.admin.post("/v3/users", {"user": wish}).ok(201)["user"]
            self.admin.put(f"/v3/projects/{tenant.id}/users/{user['id']}/roles/{known[role]}").ok(204)
            tenant.clients[role] = self._client_of(user["id"], tenant.id)
        return tenant

    def _client_of(self, user: str, project: str) -> "Client":
        """A client with a token for which no password was shown: to check one takes as long as thirty requests."""
        scope = Scope("project", project)
        token = self.write(lambda tx: tokens.issue(tx, user, ("password",), scope, lifetime=clock.seconds(3600))).id
        client = Client(self, token)
        client.said = client.get("/v3/auth/tokens", headers={"x-subject-token": token}).ok()["token"]
        return client


@dataclass
class Tenant:
    """A project and a client for each of its users."""

    id: str
    name: str
    clients: "dict[str, Client]" = field(default_factory=dict)

    def __getattr__(self, role: str) -> "Client":
        try:
            return self.__dict__["clients"][role]
        except KeyError:
            raise AttributeError(role) from None


class Client:
    """Requests with one token, straight into the edge. Paths are as on port 5000: `/compute/v2.1/servers`."""

    def __init__(self, cloud: Cloud, token: str | None, said: dict[str, Any] | None = None) -> None:
        self.cloud = cloud
        self.token = token
        self.said = said or {}

    @property
    def user_id(self) -> str:
        """The id of the user."""
        return self.said["user"]["id"]

    @property
    def project_id(self) -> str:
        """The id of the project that the token is for."""
        return self.said["project"]["id"]

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """One request. `body` is JSON, or bytes sent as they are; `version` is a microversion of the path's service."""
        sent = {"host": HOST, "accept": "application/json"}
        if self.token:
            sent["x-auth-token"] = self.token
        if version:
            name = path.strip("/").split("/")[0]
            sent["openstack-api-version"] = (
                f"{ {'volume': 'volume', 'placement': 'placement'}.get(name, name) } {version}"
            )
        raw = b""
        if body is not None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent["content-type"] = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        sent |= {name.lower(): value for name, value in (headers or {}).items()}
        answer: Response = self.cloud.run(self._asgi(method, path, sent, raw))
        if LINGER:
            time.sleep(random.uniform(0, LINGER))
        for observe in observers:
            observe(Exchange(method, path, version, sent, raw, answer))
        return answer

    async def _asgi(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Response:
        parts = urlsplit(path)
        scope = {
            "type": "http",
            "method": method,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.encode(), value.encode(errors="surrogateescape")) for name, value in headers.items()],
            "server": ("127.0.0.1", 5000),
            "client": ("127.0.0.1", 50000),
            "scheme": "http",
        }
        pieces = [raw[at : at + 65536] for at in range(0, len(raw), 65536)] or [b""]
        incoming = iter([{"type": "http.request", "body": one, "more_body": True} for one in pieces[:-1]])
        last = [{"type": "http.request", "body": pieces[-1], "more_body": False}]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            found = next(incoming, None) or (last.pop() if last else None)
            return found or await asyncio.get_running_loop().create_future()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.cloud.serve(scope, receive, send)
        found: dict[str, str] = {}
        for name, value in sent[0]["headers"]:
            key = name.decode().lower()
            found[key] = f"{found[key]}, {value.decode()}" if key in found else value.decode()
        return Response(sent[0]["status"], found, b"".join(one.get("body", b"") for one in sent[1:]))

    def get(self, path: str, **more: Any) -> Response:
        """GET."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Response:
        """POST."""
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Response:
        """PUT."""
        return self.call("PUT", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> Response:
        """PATCH."""
        return self.call("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> Response:
        """DELETE."""
        return self.call("DELETE", path, **more)
