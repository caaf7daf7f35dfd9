"""One agent: a name at the control plane, its link, and the drivers behind it."""

import asyncio
import importlib.metadata
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

import structlog

from gureum.agent.dispatch import Before, Dispatch, nothing_before
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.news import Newsroom
from gureum.agent.questions import Questions
from gureum.contracts.client import Connect, Link, dialer
from gureum.contracts.frames import PING_SECONDS, Ask, Hello, Question, Role, Welcome
from gureum.contracts.hypervisor import Inventory

RETRY_SECONDS = 1.0
VERSION = importlib.metadata.version("gureum")

log = structlog.get_logger()


@dataclass(frozen=True)
class Threads:
    """Where drivers may block. Many agents of one process share them."""

    operations: Executor
    questions: Executor


@dataclass(frozen=True)
class Manners:
    """How an agent behaves on its link; the defaults are production's."""

    ping_seconds: float = PING_SECONDS
    before: Before = nothing_before
    bulk: Callable[[str], Connect] = dialer
    """How to dial the bulk address of a question."""
    epoch: int = field(default_factory=lambda: time.time_ns() // 1000)


class Agent:
    """Listens to its link, and hands on to dispatch, questions and news."""

    def __init__(
        self,
        name: str,
        roles: tuple[Role, ...],
        drivers: Drivers,
        connect: Connect,
        threads: Threads,
        manners: Manners | None = None,
    ) -> None:
        manners = manners or Manners()
        self.name = name
        self._roles = roles
        self._drivers = drivers
        self._threads = threads
        self._epoch = manners.epoch
        self.link = Link(connect, self._hello, self, ping_seconds=manners.ping_seconds)
        self._dispatch = Dispatch(drivers, threads.operations, self.link.send, before=manners.before)
        self._questions = Questions(drivers, threads.questions, self.link.send, manners.bulk)
        self._news = Newsroom(drivers, threads.questions, self.link.send)

    async def run(self) -> None:
        """Serve until cancelled; then everything but the guests ends."""
        try:
            await self.link.run()
        finally:
            self._news.lost()
            await self._questions.close()
            await self._dispatch.close()
            self._drivers.close()

    def welcomed(self, welcome: Welcome) -> None:
        self._news.connected()

    def asked(self, ask: Ask) -> None:
        self._dispatch.asked(ask)

    def questioned(self, question: Question) -> None:
        self._questions.questioned(question)

    def lost(self) -> None:
        self._news.lost()

    async def _hello(self) -> Hello:
        return Hello(
            agent=self.name,
            epoch=self._epoch,
            roles=self._roles,
            inventory=await self._inventory(),
            version=VERSION,
        )

    async def _inventory(self) -> Inventory | None:
        """What the host has; waits for a hypervisor that is still starting."""
        hypervisor = self._drivers.hypervisor
        if hypervisor is None:
            return None
        while True:
            try:
                return await asyncio.get_running_loop().run_in_executor(self._threads.questions, hypervisor.inventory)
            except DriverFault as fault:
                log.warning("the hypervisor is not there yet", fault=fault.text, detail=fault.detail)
                await asyncio.sleep(RETRY_SECONDS)
