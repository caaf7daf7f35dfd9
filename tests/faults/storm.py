"""A whole cloud in a storm: its control plane crashes and comes back with a torn database, its agents die, its link loses and
mixes frames, its drivers fail and hang, its clock jumps, its disk fills, while somebody uses it. Then all must be well."""

import asyncio
import contextlib
import os
import random
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gureum.kernel.clock import clock
from gureum.kernel.flow.tables import strands
from gureum.kernel.link.tables import agents
from gureum.kernel.store.tx import Tx
from tests.cloud import Client, Cloud
from tests.faults.invariants import broken
from tests.faults.weather import Weather

OPS = (
    "EnsureDomain",
    "RemoveDomain",
    "EnsureVolume",
    "RemoveVolume",
    "EnsureExport",
    "EnsurePort",
    "EnsureSwitch",
    "*",
)
_PATIENCE = 90.0
_SETTLING = 5.0


class _Crashed(Exception):
    """The process died while this was not committed."""


class Storm(Cloud):
    """A cloud and all that can happen to it. `log` is what did, to be shown with the seed."""

    def __init__(self, seed: int, hosts: int = 2) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.weather = Weather(random.Random(seed + 1))
        self.log: list[str] = []
        self.upheavals = 0
        """How often nothing could be answered: the control plane was away, or its disk full."""
        self._down = threading.Event()
        self._pipes: set[asyncio.Task[None]] = set()
        self._requests: set[asyncio.Task[Any]] = set()
        super().__init__(hosts=hosts)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._down.is_set():
            raise ConnectionRefusedError
        control, near = socket.socketpair()
        far, agent = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=control)
        task = asyncio.create_task(self.control.link.accept(reader, writer))
        self._pipes.add(task)
        task.add_done_callback(self._pipes.discard)
        self.weather.between(await asyncio.open_connection(sock=near), await asyncio.open_connection(sock=far))
        return await asyncio.open_connection(sock=agent)

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Nobody answers while the control plane is away, and a crash cuts off what is under way."""
        if self._down.is_set():
            raise ConnectionRefusedError
        task = asyncio.current_task()
        assert task is not None
        self._requests.add(task)
        try:
            await super().serve(scope, receive, send)
        finally:
            self._requests.discard(task)

    # -- what can happen

    def strokes(self) -> dict[str, Callable[[], None]]:
        """By name."""
        return {
            "control crashes": self.crash,
            "control restarts": self.restart,
            "agents die": self.kill_agents,
            "a driver fails": lambda: self._fault(),
            "a driver fails for a while": lambda: self._fault(again=True, times=3),
            "a driver fails after it did it": lambda: self._fault(after=True),
            "a report is lost": self._lose,
            "a driver hangs": self._hang,
            "the clock jumps": self._jump,
            "the disk is full": self._fill,
            "a guest crashes": self._crash_guest,
            "a host reboots": self._reboot,
        }

    def strike(self) -> None:
        """One of them."""
        name, stroke = self.dice.choice(list(self.strokes().items()))
        self.log.append(name)
        stroke()

    def crash(self) -> None:
        """`kill -9` and a power cut: what is not committed is gone, and the tail of the database's log is torn."""
        self.upheavals += 1
        old = self.control
        database: Any = old.database
        files = [self.state / f"gureum.sqlite{end}" for end in ("", "-wal")]
        held, copied = threading.Event(), threading.Event()

        def die(tx: Tx) -> None:
            for path in files:
                if path.exists():
                    shutil.copy(path, path.with_suffix(path.suffix + ".then"))
            copied.set()
            held.wait(_PATIENCE)
            # what shares its commit is lost with it, and the dead process answers nobody
            tx.conn.exec_driver_sql("ROLLBACK")
            raise _Crashed

        self._down.set()
        died = database.submit(die)
        assert copied.wait(_PATIENCE)
        database.refuse()
        self.run(self._abandon(old))
        database._jobs.put(None)
        for path in (*files, self.state / "gureum.sqlite-shm"):
            path.unlink(missing_ok=True)
            then = path.with_suffix(path.suffix + ".then")
            if then.exists():
                then.rename(path)
        _tear(files[1], self.dice)
        self.control = self.run(self._start())
        held.set()
        with contextlib.suppress(_Crashed):
            died.result(_PATIENCE)
        self._down.clear()

    async def _abandon(self, control: Any) -> None:
        """Forget a control plane, with all that runs in it."""
        doomed = [*control._tasks, control._chores, control._traces, control._policy, *self._pipes, *self._requests]
        for task in doomed:
            task.cancel()
        control.link._deaf()
        for session in tuple(control.link._sessions.values()):
            session.hang_up()
        control.link._listener.close()
        doomed.append(asyncio.ensure_future(control.bulk.close()))
        for task in doomed:
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        await asyncio.wait(doomed, timeout=0.1)

    def restart(self) -> None:
        """The control plane ends in order and another one opens its state."""
        self.upheavals += 1
        self._down.set()
        self.run(self.control.stop())
        self.control = self.run(self._start())
        self._down.clear()

    def kill_agents(self) -> None:
        """The agents' process ends and another begins; the world stays as it is."""
        self.disconnect_agent()
        self.connect_agent()

    def _fault(self, **more: Any) -> None:
        self.world.faults.add(self.dice.choice(OPS), **more)

    def _lose(self) -> None:
        """A report is lost with its connection."""
        self._fault(lose=True)
        self._after(self.dice.uniform(0.0, 0.2), self._cut)

    def _cut(self) -> None:
        for session in tuple(self.control.link._sessions.values()):
            session.hang_up()

    def _hang(self) -> None:
        fault = self.world.faults.add(self.dice.choice(OPS), hang=True)
        self._after(self.dice.uniform(0.05, 0.5), fault.release)

    def _jump(self) -> None:
        clock.offset += self.dice.choice((-7200, -60, 60, 7200))

    def _fill(self) -> None:
        """Nothing more can be written to the database for a moment."""
        self.upheavals += 1
        self._pages(1)
        time.sleep(self.dice.uniform(0.0, 0.1))
        self._pages(1073741823)

    def _pages(self, most: int) -> None:
        """How large the database may be. Others in the same commit may make it fail."""
        while True:
            with contextlib.suppress(sa.exc.OperationalError, sqlite3.OperationalError):
                self.write(lambda tx: tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {most}"))
                return

    def _crash_guest(self) -> None:
        guests = [guest.spec.server_id for guest in self.world.guests.values()]
        if guests:
            self.world.crash(self.dice.choice(guests))

    def _reboot(self) -> None:
        self.disconnect_agent()
        self.world.power_cut(f"host-{self.dice.randint(1, self.sim.hosts)}")
        self.connect_agent()

    def _after(self, seconds: float, work: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, work)

    # -- and then

    def subside(self) -> None:
        """The storm is over: wait until nothing goes on any more, and all is as it must be."""
        self.weather.calm()
        self.world.faults.clear()
        clock.offset = 0.0
        self._after(0.0, self._cut)
        self.rest()

    def rest(self) -> None:
        """Wait until nothing goes on. The last news of hosts may be under way still, so what must hold may come a bit later."""
        deadline = time.monotonic() + _SETTLING
        while True:
            try:
                self.wait(self._quiet, "rest", _PATIENCE)
            except AssertionError:
                raise AssertionError(f"it goes on for ever: {self.unfinished()}") from None
            wrong = broken(self)
            if not wrong and self._quiet():
                return
            assert time.monotonic() < deadline, wrong
            time.sleep(0.05)

    def _quiet(self) -> bool:
        def quiet(tx: Tx) -> bool:
            unfinished = tx.one(sa.select(strands.c.id).where(strands.c.finished_at.is_(None)).limit(1))
            up = tx.count(sa.select(agents.c.name).where(agents.c.up))
            return unfinished is None and up == self.sim.hosts

        return bool(self.read(quiet))

    def unfinished(self) -> list[Any]:
        """What still goes on."""
        return [
            dict(row._mapping)
            for row in self.read(lambda tx: tx.all(sa.select(strands).where(strands.c.finished_at.is_(None))))
        ]

    def fresh(self) -> Client:
        """The administrator with a new token, for tokens do not outlive a jumping clock."""
        return self.login("admin", "secret", "admin")


def _tear(wal: Path, dice: random.Random) -> None:
    """What a power cut leaves behind the last commit: pieces that were on their way."""
    if wal.exists():
        with wal.open("ab") as file:
            file.write(os.urandom(dice.choice((0, 1, 24, 100, 4096, 4120, 9000))))
