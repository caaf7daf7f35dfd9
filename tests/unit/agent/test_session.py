"""An agent whose hypervisor is slow, away, or hangs."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from gureum.agent import news, session
from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.drivers.sim import World
from gureum.agent.drivers.sim.switch import SimSwitch
from gureum.agent.session import Agent, Threads
from gureum.contracts import hypervisor as hv
from gureum.contracts.client import dialer
from gureum.contracts.frames import Tell
from gureum.contracts.switch import SwitchState

pytestmark = pytest.mark.anyio


class Late:
    """A hypervisor that answers only while its gate is open."""

    def __init__(self) -> None:
        self.away = True
        self.gate = threading.Event()
        self.gate.set()
        self.looks = 0
        self.changed: Callable[[hv.DomainSeen], None] = lambda seen: None

    def inventory(self) -> hv.Inventory:
        self._answer()
        return hv.Inventory(vcpus=2, memory_mib=1, disk_gib=1, hypervisor="X", hypervisor_version=1)

    def domains(self) -> list[hv.DomainSeen]:
        self.looks += 1
        self.gate.wait(5)
        self._answer()
        return []

    def watch(self, changed: Callable[[hv.DomainSeen], None]) -> None:
        self.changed = changed

    def close(self) -> None: ...

    def _answer(self) -> None:
        if self.away:
            raise DriverFault("not there yet", again=True)


@contextlib.asynccontextmanager
async def agent(control, late: Late, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(session, "STARTING_SECONDS", 0.1)
    monkeypatch.setattr(session, "RESTARTING_SECONDS", 0.1)
    for module in (session, news):
        monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    pools = Threads(ThreadPoolExecutor(2), ThreadPoolExecutor(2), ThreadPoolExecutor(2))
    drivers = Drivers(hypervisor=late, switch=SimSwitch(World()))
    running = asyncio.create_task(Agent("a", ("host", "network"), drivers, dialer(control.address), pools).run())
    yield
    running.cancel()
    late.gate.set()
    await asyncio.wait([running])


async def test_other_roles_do_not_wait_for_the_hypervisor(control, monkeypatch: pytest.MonkeyPatch) -> None:
    late = Late()
    async with agent(control, late, monkeypatch):
        first = await control.session()
        assert first.hello.inventory is None
        assert (await first.get(Tell)).news == SwitchState()
        late.away = False
        second = await control.session()
        assert second.hello.inventory.vcpus == 2
        assert (await second.get(Tell, lambda t: isinstance(t.news, hv.HostState))).news == hv.HostState()
        late.away = True
        second.writer.transport.abort()
        assert (await control.session()).hello.inventory.vcpus == 2


async def test_a_hypervisor_that_hangs_is_asked_once_and_told_late(control, monkeypatch: pytest.MonkeyPatch) -> None:
    late = Late()
    late.away = False
    late.gate.clear()
    async with agent(control, late, monkeypatch):
        for _ in range(4):
            last = await control.session()
            assert (await last.get(Tell)).news == SwitchState()
            last.writer.transport.abort()
        last = await control.session()
        assert (await last.get(Tell)).news == SwitchState()
        assert late.looks == 1
        seen = hv.DomainSeen(server_id="s", power="running", boots=1)
        late.changed(seen)
        late.gate.set()
        assert (await last.get(Tell, lambda t: not isinstance(t.news, SwitchState))).news == hv.HostState()
        assert (await last.get(Tell, lambda t: not isinstance(t.news, SwitchState))).news == seen
