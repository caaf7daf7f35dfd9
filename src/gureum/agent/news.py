"""Tells the control plane how things are: all of it at every connect, then each change."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Executor

import structlog

from gureum.agent.drivers.protocols import DriverFault, Hypervisor, Switch, Volumes
from gureum.agent.drivers.registry import Drivers
from gureum.contracts.frames import Frame, News, Tell
from gureum.contracts.hypervisor import DomainSeen, HostState
from gureum.contracts.switch import PortUp, SwitchState

POOL_SECONDS = 30.0
RETRY_SECONDS = 2.0

Changed = Callable[[News], None]

log = structlog.get_logger()


class Source:
    """A driver that says how things are (`whole`, blocks) and calls back from any thread when they change (`watch`)."""

    def __init__(self, whole: Callable[[], News], watch: Callable[[Changed], None] | None) -> None:
        self._whole = whole
        self._watch = watch
        self._held: list[News] | None = None
        self.looking: asyncio.Future[News] | None = None
        """A look that has not come back."""

    @classmethod
    def of_domains(cls, driver: Hypervisor) -> "Source":
        def watch(changed: Changed) -> None:
            def seen(domain: DomainSeen) -> None:
                changed(domain)

            driver.watch(seen)

        return cls(lambda: HostState(domains=tuple(driver.domains())), watch)

    @classmethod
    def of_ports(cls, driver: Switch) -> "Source":
        def watch(changed: Changed) -> None:
            driver.watch(lambda port_id, up: changed(PortUp(port_id=port_id, up=up)))

        return cls(lambda: SwitchState(ports_up=tuple(driver.ports_up())), watch)

    @classmethod
    def of_pool(cls, driver: Volumes) -> "Source":
        return cls(driver.state, None)

    def look(self, changed: Changed) -> News:
        """How things are now. The first look begins to watch before it looks. Blocks; raises what the driver raises."""
        if self._watch is not None:
            self._watch(changed)
            self._watch = None
        return self._whole()

    def hold(self) -> None:
        """From now on changes wait for the whole."""
        self._held = []

    def release(self) -> list[News]:
        """The whole was told: what changed meanwhile, to be told after it."""
        held, self._held = self._held or [], None
        return held

    def admit(self, news: News) -> bool:
        """Whether a change may be told at once; else it is held."""
        if self._held is None:
            return True
        self._held.append(news)
        return False


class Newsroom:
    """Watches the drivers. A change seen while the whole is looked up is told after it, so the last word is the newest.

    Each driver has a task of its own: one that hangs does not silence the others.
    """

    def __init__(self, drivers: Drivers, threads: Executor, send: Callable[[Frame], None]) -> None:
        self._threads = threads
        self._send = send
        self._once = [
            *([] if drivers.hypervisor is None else [Source.of_domains(drivers.hypervisor)]),
            *([] if drivers.switch is None else [Source.of_ports(drivers.switch)]),
        ]
        self._again = [] if drivers.volumes is None else [Source.of_pool(drivers.volumes)]
        self._tasks: list[asyncio.Task[None]] = []

    def connected(self) -> None:
        """A session stands: tell the whole."""
        self.lost()
        self._tasks = [asyncio.ensure_future(self._tell(source)) for source in self._once]
        self._tasks += [asyncio.ensure_future(self._keep_telling(source)) for source in self._again]

    def lost(self) -> None:
        """No session: nothing needs to be told, the next one hears the whole."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    async def _tell(self, source: Source) -> None:
        loop = asyncio.get_running_loop()

        def on_loop(news: News) -> None:
            if source.admit(news):
                self._send(Tell(news=news))

        def changed(news: News) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to be told
                loop.call_soon_threadsafe(on_loop, news)

        source.hold()
        self._send(Tell(news=await self._look(source, changed)))
        for news in source.release():
            self._send(Tell(news=news))

    async def _keep_telling(self, source: Source) -> None:
        while True:
            await self._tell(source)
            await asyncio.sleep(POOL_SECONDS)

    async def _look(self, source: Source, changed: Changed) -> News:
        """Ask a driver in a thread, again and again until it answers; never twice at once, however often the link falls."""
        if source.looking is not None:
            await asyncio.wait({source.looking})
        while True:
            source.looking = asyncio.get_running_loop().run_in_executor(self._threads, source.look, changed)
            try:
                return await asyncio.shield(source.looking)
            except DriverFault as fault:
                log.warning("a driver cannot say how things are", fault=fault.text, detail=fault.detail)
            except Exception:
                log.exception("looking at a driver broke")
            await asyncio.sleep(RETRY_SECONDS)
