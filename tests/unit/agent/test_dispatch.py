"""Asks to reports: order, replacement, faults, batches, hanging drivers."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from gureum.agent.dispatch import Dispatch
from gureum.agent.drivers.protocols import Disks, DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.contracts import hypervisor as hv
from gureum.contracts import volumes as vol
from gureum.contracts.frames import Ask, Body, Frame, Progress, Report
from gureum.contracts.message import AgentFault, Done, Gone
from gureum.contracts.switch import EnsureSecurityGroup, RemovePort, RemoveSwitch, SwitchAsk

pytestmark = pytest.mark.anyio


class Pool:
    """Volumes whose calls wait for their gate."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.fails: dict[str, Exception] = {}

    def state(self) -> vol.PoolState:
        return vol.PoolState(pool="p", backend="p", total_gib=1, free_gib=1)

    def ensure(self, spec: vol.EnsureVolume, disks: Disks, progress: Callable[[int], None]) -> None:
        self._call(f"{spec.volume_id}:{spec.size_gib}")
        for percent in range(100):
            progress(percent)

    def remove(self, volume_id: str) -> None:
        self._call(f"remove {volume_id}")

    def snapshot(self, spec: vol.EnsureSnapshot, disks: Disks, progress: Callable[[int], None]) -> None: ...

    def remove_snapshot(self, snapshot_id: str) -> None: ...

    def export(self, volume_id: str, host: str) -> hv.VolumeSource:
        return hv.FileSource(path=f"/{volume_id}", format="raw")

    def unexport(self, volume_id: str, host: str) -> None: ...

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.gates:
            self.gates[name].wait(5)
        if name in self.fails:
            raise self.fails[name]


class Rows:
    """A switch that notes its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.refuse: set[str] = set()
        self.broken: set[str] = set()
        self.seconds = 0.0

    def apply(self, batch: Sequence[tuple[int, SwitchAsk]]) -> dict[int, DriverFault | None]:
        names = [body.port_id if isinstance(body, RemovePort) else "other" for _, body in batch]
        self.batches.append(names)
        time.sleep(self.seconds)
        if self.broken & set(names):
            raise KeyError("broken")
        return {index: DriverFault("refused") if name in self.refuse else None for index, name in enumerate(names)}

    def ports_up(self) -> list[str]:
        return []

    def watch(self, changed: Callable[[str, bool], None]) -> None: ...

    def close(self) -> None: ...


class Desk:
    """A dispatch with its drivers, and what it sent."""

    def __init__(self, dispatch: Dispatch, pool: Pool, rows: Rows, sent: list[Frame]) -> None:
        self.dispatch, self.pool, self.rows, self.sent = dispatch, pool, rows, sent

    def ask(self, id: int, subject: str, generation: int, body: Body) -> None:
        self.dispatch.asked(Ask(id=id, subject=subject, generation=generation, body=body))

    def reports(self) -> dict[int, object]:
        return {frame.id: frame.answer for frame in self.sent if isinstance(frame, Report)}

    async def until(self, *ids: int) -> dict[int, object]:
        async with asyncio.timeout(5):
            while not set(ids) <= set(self.reports()):
                await asyncio.sleep(0.002)
        return self.reports()


@contextlib.asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    pool, rows, sent = Pool(), Rows(), []
    threads = ThreadPoolExecutor(4)
    dispatch = Dispatch(Drivers(volumes=pool, switch=rows), threads, sent.append)
    yield Desk(dispatch, pool, rows, sent)
    for gate in pool.gates.values():
        gate.set()
    await dispatch.close()
    threads.shutdown()


def volume(id: str, size: int) -> vol.EnsureVolume:
    return vol.EnsureVolume(volume_id=id, size_gib=size)


async def test_a_newer_ask_waits_and_those_between_are_never_run() -> None:
    async with desk() as d:
        d.pool.gates["v:1"] = threading.Event()
        d.ask(1, "v", 1, volume("v", 1))
        await asyncio.sleep(0.02)
        for id in (2, 3, 4):
            d.ask(id, "v", id, volume("v", id))
        d.ask(5, "v", 2, volume("v", 9))
        d.ask(1, "v", 1, volume("v", 1))
        d.pool.gates["v:1"].set()
        reports = await d.until(1, 4)
        await asyncio.sleep(0.02)
        assert d.pool.calls == ["v:1", "v:4"]
        assert set(reports) == {1, 4} and reports[4] == Done()


async def test_a_hanging_driver_holds_only_its_subject() -> None:
    async with desk() as d:
        d.pool.gates["v:1"] = threading.Event()
        d.ask(1, "v", 1, volume("v", 1))
        d.ask(2, "v", 2, vol.RemoveVolume(volume_id="v"))
        d.ask(3, "w", 1, volume("w", 1))
        await d.until(3)
        assert set(d.reports()) == {3}
        d.pool.gates["v:1"].set()
        reports = await d.until(1, 2)
        assert reports[2] == Gone() and d.pool.calls[-1] == "remove v"


async def test_faults_become_reports() -> None:
    async with desk() as d:
        d.pool.fails = {"v:1": DriverFault("full", "pool p", again=True), "w:1": KeyError("x")}
        d.ask(1, "v", 1, volume("v", 1))
        d.ask(2, "w", 1, volume("w", 1))
        d.ask(3, "x", 1, hv.RemoveDomain(server_id="s", name="n"))
        d.ask(4, "y", 1, vol.EnsureExport(volume_id="y", host="h"))
        reports = await d.until(1, 2, 3, 4)
        assert reports[1] == AgentFault(text="full", detail="pool p", again=True)
        assert reports[2] == AgentFault(text="internal error of the agent", detail="KeyError('x')")
        assert isinstance(reports[3], AgentFault) and "role host" in reports[3].detail
        assert reports[4] == vol.ExportReport(source=hv.FileSource(path="/y", format="raw"))


async def test_progress_is_told_but_not_all_of_it() -> None:
    async with desk() as d:
        d.ask(1, "v", 1, volume("v", 1))
        await d.until(1)
        assert [frame.percent for frame in d.sent if isinstance(frame, Progress)] == [0]


async def test_switch_asks_go_together_and_are_reported_apart() -> None:
    async with desk() as d:
        d.rows.seconds = 0.05
        d.rows.refuse = {"3"}
        for id in range(10):
            d.ask(id, f"port/{id}", 1, RemovePort(port_id=str(id), network_id="n"))
        await asyncio.sleep(0.03)
        for id in range(10, 15):
            d.ask(id, f"port/{id}", 1, RemovePort(port_id=str(id), network_id="n"))
        reports = await d.until(*range(15))
        assert [len(batch) for batch in d.rows.batches] == [10, 5]
        assert reports[3] == AgentFault(text="refused") and reports[4] == Gone()


async def test_one_statement_that_breaks_the_batch_spares_the_others() -> None:
    async with desk() as d:
        d.rows.broken = {"1"}
        for id in range(3):
            d.ask(id, f"port/{id}", 1, RemovePort(port_id=str(id), network_id="n"))
        d.ask(3, "group/g", 1, EnsureSecurityGroup(group_id="g", rules=()))
        d.ask(4, "switch/n", 1, RemoveSwitch(network_id="n"))
        reports = await d.until(0, 1, 2, 3, 4)
        assert isinstance(reports[1], AgentFault)
        assert (reports[0], reports[3], reports[4]) == (Gone(), Done(), Gone())


async def test_of_one_subject_the_batch_has_the_newest() -> None:
    async with desk() as d:
        d.ask(1, "port/a", 1, RemovePort(port_id="old", network_id="n"))
        d.ask(2, "port/a", 2, RemovePort(port_id="new", network_id="n"))
        assert set(await d.until(2)) == {2}
        assert d.rows.batches == [["new"]]
