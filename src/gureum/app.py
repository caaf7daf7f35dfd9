"""The control plane put together: the only module that knows every service."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gureum.identity import api as identity_api
from gureum.identity import policy as identity_policy
from gureum.identity.service import bootstrap, tokens
from gureum.kernel.flow.runner import Runner
from gureum.kernel.http.api import Api
from gureum.kernel.http.edge import Edge, unknown_rules
from gureum.kernel.link import sessions
from gureum.kernel.link.bulk import BulkServer
from gureum.kernel.link.server import LinkServer
from gureum.kernel.policy import policy
from gureum.kernel.store.lanes import Database
from gureum.kernel.store.schema import metadata

APIS: list[Api] = [identity_api.API]
OFFERS = [bootstrap.Offer("identity", "keystone", "/v3")]


@dataclass(frozen=True)
class ControlConfig:
    """What a control process is started with."""

    state: Path
    region: str = "RegionOne"
    durable: bool = True
    trusted_proxies: Sequence[str] = ()
    admin_password: str | None = None
    policy_overrides: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])


class ControlPlane:
    """One control process: database, APIs, runner, agent link."""

    def __init__(self, config: ControlConfig) -> None:
        self.config = config
        register()
        self.database = Database(config.state / "gureum.sqlite", durable=config.durable)
        metadata.create_all(self.database.engine)
        self._bootstrap()
        self.edge = Edge(APIS, self.database, tokens.authenticate, config.trusted_proxies)
        self._tasks: list[asyncio.Task[Any]] = []

    def _bootstrap(self) -> None:
        password = self.config.admin_password
        hashed = bootstrap.hash_password(password) if password else ""
        self.database.write(lambda tx: bootstrap.bootstrap(tx, OFFERS, self.config.region, hashed))

    async def start(self) -> None:
        """Begin to run strands and to hold agents."""
        self.bulk = BulkServer(self.config.state / "bulk.sock")
        await self.bulk.open()
        self.link = LinkServer(self.database, self.bulk.address)
        await self.database.writing(sessions.all_down)
        await self.link.open(self.config.state / "agents.sock")
        self.runner = Runner(self.database)
        self._tasks.append(asyncio.create_task(self.runner.run()))

    async def stop(self) -> None:
        """End in order: no new steps, no agents, nothing queued."""
        self.runner.stop()
        await asyncio.gather(*self._tasks)
        await self.link.close()
        await self.bulk.close()
        self.database.close()


def register() -> None:
    """Make every service's rules known; refuses routes whose rule nobody has."""
    policy.add("identity", identity_policy.RULES)
    wrong = unknown_rules(APIS)
    if wrong:
        raise RuntimeError("routes without a rule: " + "; ".join(wrong))
