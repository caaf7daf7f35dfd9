"""One agent: a name at the control plane, its link, and the drivers behind it."""

import asyncio
import importlib.metadata
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

import structlog

from gureum.agent.dispatch import After, Before, Dispatch, nothing_after, nothing_before
from gureum.agent.drivers.protocols import DriverFault, Hypervisor
from gureum.agent.drivers.registry import Drivers
from gureum.agent.news import Newsroom
from gureum.agent.questions import Questions
from gureum.agent.upkeep import prune_images
from gureum.contracts.client import BACKOFF, Connect, Link, dialer
from gureum.contracts.frames import PING_SECONDS, Ask, Hello, Question, Role, Welcome
from gureum.contracts.hypervisor import Inventory

DAY = 86_400.0
RETRY_SECONDS = 1.0
STARTING_SECONDS = 10.0
"""How long the first Hello waits for the hypervisor: libvirt's first connect takes 8 s."""
RESTARTING_SECONDS = 1.0
VERSION = importlib.metadata.version("gureum")

log = structlog.get_logger()


@dataclass(frozen=True)
class Threads:
    """Where drivers may block. Many agents of one process share them."""

    operations: Executor
    questions: Executor
    looks: Executor
    """For looking at how things are: never taken up by what somebody asked."""


@dataclass(frozen=True)
class Manners:
    """How an agent behaves on its link; the defaults are production's."""

    ping_seconds: float = PING_SECONDS
    before: Before = nothing_before
    after: After = nothing_after
    bulk: Callable[[str], Connect] = dialer
    """How to dial the bulk address of a question."""
    backoff: tuple[float, float] = BACKOFF
    """The first and the longest pause between dials, in seconds."""
    image_seconds: float = DAY
    """How long an image that no guest uses stays in the host's cache."""
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
        self._image_seconds = manners.image_seconds
        self._inventory: Inventory | None = None
        self._finding: asyncio.Task[None] | None = None
        self.link = Link(connect, self._hello, self, ping_seconds=manners.ping_seconds, backoff=manners.backoff)
        self._dispatch = Dispatch(
            drivers, threads.operations, self.link.send, before=manners.before, after=manners.after, bulk=manners.bulk
        )
        self._questions = Questions(drivers, threads.questions, self.link.send, manners.bulk)
        self._news = Newsroom(drivers, threads.looks, self.link.send)

    async def run(self) -> None:
        """Serve until cancelled; then everything but the guests ends."""
        upkeep = self._start_upkeep()
        try:
            await self.link.run()
        finally:
            if upkeep is not None:
                upkeep.cancel()
            if self._finding is not None:
                self._finding.cancel()
            self._news.lost()
            await self._questions.close()
            await self._dispatch.close()
            self._drivers.close()

    def _start_upkeep(self) -> asyncio.Task[None] | None:
        if self._drivers.images is None:
            return None
        return asyncio.ensure_future(prune_images(self._drivers.images, self._threads.looks, self._image_seconds))

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
            inventory=await self._known_inventory(),
            version=VERSION,
        )

    async def _known_inventory(self) -> Inventory | None:
        """What the host has: looked up anew, or as it was last when the hypervisor is away, or None when it still starts."""
        if self._drivers.hypervisor is None:
            return None
        if self._finding is None or self._finding.done():
            self._finding = asyncio.create_task(self._find_inventory(self._drivers.hypervisor))
        patience = STARTING_SECONDS if self._inventory is None else RESTARTING_SECONDS
        await asyncio.wait({self._finding}, timeout=patience)
        return self._inventory

    async def _find_inventory(self, hypervisor: Hypervisor) -> None:
        """Ask until the hypervisor says it; dial again when the control plane was told that the host is still coming."""
        while True:
            try:
                loop = asyncio.get_running_loop()
                found = await loop.run_in_executor(self._threads.looks, hypervisor.inventory)
                break
            except DriverFault as fault:
                log.warning("the hypervisor is not there yet", fault=fault.text, detail=fault.detail)
            except Exception:
                log.exception("looking up the inventory broke")
            await asyncio.sleep(RETRY_SECONDS)
        coming = self._inventory is None and self.link.stands
        self._inventory = found
        if coming:
            self.link.redial()
