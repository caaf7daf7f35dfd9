"""Whatever is done to a flow, it ends, and afterwards nothing of it remains: the generic tests of long operations.

A scenario says how to start a flow by API calls and how to ask that everything goes. The harness runs it on a whole cloud whose
runner it turns by hand, one step at a time, and makes trouble at every step and at every ask. `tests/flow/scenarios/` holds the
scenarios, a module a service, each with `SCENARIOS`. What must hold at every rest is `tests/faults/invariants.py`.
"""

import asyncio
import contextlib
import importlib
import pkgutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from gureum.app import ControlPlane
from gureum.contracts.frames import answer_from_json
from gureum.kernel import clock
from gureum.kernel.flow import Flow
from gureum.kernel.flow.outbox import record
from gureum.kernel.flow.runner import LOCK_SECONDS, run_strand
from gureum.kernel.flow.tables import asks, strands
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from tests.cloud import Cloud
from tests.faults.invariants import broken
from tests.flow import scenarios

BOOKKEEPING = frozenset(
    {"journal", "strands", "generations", "agents", "volume_pools", "trace_requests", "trace_works"}
)
"""Tables that remember on purpose; so do those called `…_past`."""
_MOST_STEPS = 500
_PATIENCE = 20.0
_AT_ONCE = 5.0
_REMOVALS = 6


_UNFINISHED = sa.select(strands).where(strands.c.finished_at.is_(None))
_DUE = _UNFINISHED.where(strands.c.due <= sa.bindparam("now")).order_by(strands.c.due, strands.c.id).limit(1)
_STRAND = sa.select(strands).where(strands.c.id == sa.bindparam("id"))
_BODIES = sa.select(asks.c.body)


@dataclass(frozen=True)
class Scenario:
    """How flows are started and ended.

    `given` makes what must be there before, and returns whatever the others need; it is driven to rest without trouble.
    `begin` starts what is tested; it may block, for it runs in a thread of its own. `remove` asks that all goes that the two
    made, which may not be refused; it is called at any moment, and after each rest until everything is gone. `ended` asserts
    that what clients see at rest is a goal or a clean failure. `leaves` names tables whose rows stay for ever; `planted` are ids
    that the scenario puts into the world without a row.
    """

    name: str
    flows: frozenset[str]
    given: Callable[["Stepped"], Any]
    begin: Callable[["Stepped", Any], object]
    remove: Callable[["Stepped", Any], object]
    ended: Callable[["Stepped", Any], None] = lambda _cloud, _made: None
    hosts: int = 1
    leaves: frozenset[str] = frozenset()
    planted: frozenset[str] = frozenset()


class Occurrence(NamedTuple):
    """The nth time that a step of a flow runs."""

    flow: str
    step: str
    nth: int


@dataclass
class Trace:
    """What a run went through."""

    steps: list[Occurrence] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Class names of the statements that agents were asked, each once."""


Interfere = Callable[[Occurrence, Any], bool]
"""Called before a step runs, with the strand's row; True when it did something, so that the driver looks again."""


class Stepped(Cloud):
    """A cloud whose strands run only when the test says so."""

    def __init__(self, hosts: int = 1) -> None:
        self._down = False
        self.spoilt = False
        super().__init__(hosts=hosts)

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._down:
            raise ConnectionRefusedError
        return await super()._dial()

    async def _start(self) -> ControlPlane:
        control = self._new_control()
        control.runner.stop()
        await control.start()
        return control

    def restart(self) -> None:
        """The control plane ends and another one opens its state; the agents dial again."""
        self._down = True
        self.run(self.control.stop())
        self.control = self.run(self._start())
        self._down = False
        self.settle()

    def reconnect(self) -> None:
        """The agents' processes end and others begin; the world stays as it is."""
        self.disconnect_agent()
        self.connect_agent()
        self.settle()

    def due(self) -> Any:
        """The strand whose turn it is, or None."""
        return self.read(lambda tx: tx.one(_DUE, now=clock.now()))

    def unfinished(self) -> list[Any]:
        """The strands that have not ended."""
        return self.read(lambda tx: tx.all(_UNFINISHED))

    def step(self, id: int) -> None:
        """Run one step."""
        self.write(lambda tx: _run(tx, id))

    def step_in_vain(self, id: int) -> None:
        """Run one step, and lose its transaction."""

        def job(tx: Tx) -> None:
            _run(tx, id)
            raise _Killed

        with contextlib.suppress(_Killed):
            self.write(job)

    def step_twice(self, id: int) -> None:
        """Run one step, and again from the same place, with all that the first time changed left as it is."""
        held = self.read(lambda tx: (_strand(tx, id), tx.all(sa.select(asks).where(asks.c.strand == id))))

        def rewind(tx: Tx) -> bool:
            row, waiting = held
            if tx.one(sa.select(strands.c.id).where(strands.c.parent == id).limit(1)) is not None:
                return False
            kind = {"subject_kind": row.subject_kind, "subject_id": row.subject_id}
            others = sa.select(strands.c.id).where(
                strands.c.finished_at.is_(None), *(strands.c[name] == value for name, value in kind.items())
            )
            if any(other.id != id for other in tx.all(others)):
                return False
            tx.execute(asks.delete().where(asks.c.strand == id))
            tx.execute(strands.update().where(strands.c.id == id).values(**row._mapping))
            for ask in waiting:
                tx.execute(asks.insert().values(**ask._mapping))
            return True

        self.step(id)
        if self.write(rewind):
            self.step(id)

    def expire(self) -> bool:
        """Let the deadline of everything that waits for agents pass; False when none has one."""
        waits = strands.c.finished_at.is_(None), strands.c.waiting == "asks", strands.c.silent.isnot(None)
        return bool(self.write(lambda tx: tx.execute(strands.update().where(*waits).values(due=clock.now()))))

    def _hurry(self) -> None:
        """Naps and pauses between tries end now."""
        rests = strands.c.finished_at.is_(None), strands.c.due > clock.now()
        rests += (sa.or_(strands.c.waiting.is_(None), strands.c.waiting == "fault", strands.c.tries > 0),)
        self.write(lambda tx: tx.execute(strands.update().where(*rests).values(due=clock.now())))

    def drive(
        self,
        interfere: Interfere | None = None,
        *,
        answered: Callable[[], bool] = lambda: True,
        until: Callable[[], object] = lambda: False,
        noting: bool = False,
    ) -> Trace:
        """Run steps until every strand has ended and what started them is `answered`, or `until` is true. `noting`: the trace
        has what is asked, too."""
        trace = Trace()
        seen: Counter[tuple[str, str]] = Counter()
        for _ in range(_MOST_STEPS):
            row = self._next(answered, until)
            if row is None:
                return trace
            key = row.flow, row.step
            occurrence = Occurrence(*key, seen[key] + 1)
            struck = interfere is not None and interfere(occurrence, row)
            if not struck:
                self.step(row.id)
            if self._stays(row):
                continue
            seen[key] += 1
            trace.steps.append(occurrence)
            if noting:
                self._note_asks(trace)
        raise AssertionError(f"still not at rest after {_MOST_STEPS} steps: {self.unfinished()}")

    def _stays(self, before: Any) -> bool:
        """Whether the step was lost, or only waited, to run again: how often it does depends on the time, so all of it is one
        occurrence."""
        after = self.read(lambda tx: _strand(tx, before.id))
        if after == before:
            return True
        waits = after.waiting is None and after.tries == 0 and (after.args == before.args or after.due > clock.now())
        return waits and (after.flow, after.step, after.finished_at) == (before.flow, before.step, None)

    def _next(self, answered: Callable[[], bool], until: Callable[[], object]) -> Any:
        deadline = time.monotonic() + _PATIENCE
        hurry = time.monotonic() + 0.05
        while time.monotonic() < deadline:
            self.rung.clear()
            if until():
                return None
            none_comes = answered()
            rows, now = self.unfinished(), clock.now()
            if due := [row for row in rows if row.due <= now]:
                return min(due, key=lambda row: (row.due, row.id))
            if none_comes and not rows:
                return None
            if time.monotonic() > hurry:
                self._hurry()
                hurry += 0.05
            self.rung.wait(0.02)
        raise AssertionError(f"nothing goes on: {self.unfinished()}")

    def _note_asks(self, trace: Trace) -> None:
        for row in self.read(lambda tx: tx.all(_BODIES)):
            op = msgspec.json.decode(row.body)["type"]
            if op not in trace.asked:
                trace.asked.append(op)

    def remains(self, leaves: frozenset[str]) -> dict[str, Any]:
        """What there is: rows of every table that shall be empty of it again, and everything outside."""

        counted = self.read(lambda tx: tx.one(_counts(leaves)))
        return dict(counted._mapping) | {f"outside: {kind}": things for kind, things in self.world.look().items()}


@cache
def _counts(leaves: frozenset[str]) -> sa.Select[Any]:
    """How many rows each table has."""
    tables = [
        table
        for name, table in metadata.tables.items()
        if name not in BOOKKEEPING | leaves and not name.endswith("_past") and not name.startswith("test_")
    ]
    each = (sa.select(sa.func.count()).select_from(table).scalar_subquery().label(table.name) for table in tables)
    return sa.select(*each)


class _Killed(Exception):
    """The process ended in the middle of a step."""


def _strand(tx: Tx, id: int) -> Any:
    row = tx.one(_STRAND, id=id)
    assert row is not None
    return row


def _run(tx: Tx, id: int) -> None:
    """Run a strand's step, giving way to requests as the runner does."""
    tx.hurry(LOCK_SECONDS)
    run_strand(tx, _strand(tx, id))


class Run:
    """One run of a scenario on a cloud: from `given` to nothing."""

    def __init__(self, cloud: Stepped, scenario: Scenario) -> None:
        self.cloud = cloud
        self.scenario = scenario
        self.before = cloud.remains(scenario.leaves)
        cloud.spoilt = True
        self.made: Any = None
        self._requests: list[tuple[_Aside, bool]] = []

    def prepare(self) -> "Run":
        """Make what must be there, with no fault of an earlier run left."""
        self.cloud.world.faults.clear()
        made = _Aside(lambda: self.scenario.given(self.cloud))
        self.cloud.drive(answered=made.ended)
        self.made = made.result()
        return self

    def begin(self) -> "Run":
        """Start what is tested."""
        self._ask(lambda: self.scenario.begin(self.cloud, self.made))
        return self

    def remove(self) -> None:
        """Ask that all goes. It may not be refused."""
        self._ask(lambda: self.scenario.remove(self.cloud, self.made), must=True)

    def remove_in_a_hang(self, _strand: int = 0) -> None:
        """The same while no driver does anything: it is answered at once, and goes as far as it can. Then they go on."""
        faults = self.cloud.world.faults
        faults.add("*", hang=True, times=_MOST_STEPS)
        asked = _Aside(lambda: self.scenario.remove(self.cloud, self.made))
        self.cloud.wait(asked.ended, "an answer while drivers hang", _AT_ONCE)
        asked.result()
        self.cloud.drive(until=lambda: self.cloud.due() is None)
        faults.clear()

    def finish(self, *, well: bool = False) -> None:
        """Drive to rest, look at what clients see, remove all, and assert that nothing is left. `well`: no request may fail."""
        self.rest(well=well)
        self.scenario.ended(self.cloud, self.made)
        self._take_away()

    def clean(self) -> None:
        """Drive to rest, remove all, as often as it takes, and assert that nothing is left."""
        self.rest()
        self._take_away()

    def _take_away(self) -> None:
        after: dict[str, Any] = {}
        for _ in range(_REMOVALS):
            self.remove()
            self.rest()
            after = self.cloud.remains(self.scenario.leaves)
            if after == self.before:
                self.cloud.spoilt = False
                return
        left = {name: (value, after.get(name)) for name, value in self.before.items() if value != after.get(name)}
        raise AssertionError(f"{self.scenario.name}: not as it was before (before, after): {left}")

    def drive(self, interfere: Interfere | None = None, *, noting: bool = False) -> Trace:
        """Run steps until nothing goes on and every request is answered."""
        return self.cloud.drive(interfere, answered=self.answered, noting=noting)

    def answered(self) -> bool:
        """Whether every request is."""
        return all(one.ended() for one, _ in self._requests)

    def rest(self, *, well: bool = False) -> None:
        """Drive until nothing goes on; then what must always hold must hold."""
        self.drive()
        for request, must in self._requests:
            if must or well:
                request.result()
        self._requests.clear()
        wrong = broken(self.cloud, planted=self.scenario.planted)
        assert not wrong, f"{self.scenario.name}: {wrong}"

    def _ask(self, work: Callable[[], object], *, must: bool = False) -> None:
        """Send a request, and wait until it is answered or has started something."""
        before = {row.id for row in self.cloud.unfinished()}
        request = _Aside(work)
        self._requests.append((request, must))
        self.cloud.wait(lambda: request.ended() or {row.id for row in self.cloud.unfinished()} - before, "the request")


class _Aside:
    """Work in a thread of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._value: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._work()
        except BaseException as error:
            self._error = error

    def ended(self) -> bool:
        """Whether it has."""
        return not self._thread.is_alive()

    def result(self) -> Any:
        """What came of it."""
        self._thread.join(_PATIENCE)
        assert self.ended(), "the request does not end"
        if self._error is not None:
            raise self._error
        return self._value


def plain(cloud: Stepped, scenario: Scenario) -> Trace:
    """A run without trouble: what steps and asks there are."""
    run = Run(cloud, scenario).prepare().begin()
    trace = run.drive(noting=True)
    run.finish(well=True)
    assert trace.steps, f"{scenario.name} starts no flow"
    return trace


def at(
    cloud: Stepped,
    scenario: Scenario,
    occurrence: Occurrence,
    trouble: Callable[[Run, int], None],
    *,
    removed: bool = False,
) -> bool:
    """A run with `trouble` in place of one step; says whether the step came. `removed`: the trouble is the removal."""
    run = Run(cloud, scenario).prepare().begin()
    struck: list[Occurrence] = []

    def interfere(now: Occurrence, row: Any) -> bool:
        if struck or now != occurrence:
            return False
        struck.append(now)
        trouble(run, row.id)
        return True

    run.drive(interfere)
    run.clean() if removed else run.finish()
    return bool(struck)


def at_all(
    cloud: Stepped, scenario: Scenario, steps: Iterable[Occurrence], trouble: Callable[[Run, int], None]
) -> set[Occurrence]:
    """One run with `trouble` in place of each of the steps; says which never came."""
    run = Run(cloud, scenario).prepare().begin()
    left = set(steps)

    def interfere(now: Occurrence, row: Any) -> bool:
        if now not in left:
            return False
        left.remove(now)
        trouble(run, row.id)
        return True

    run.drive(interfere)
    run.finish()
    return left


def answered_again(cloud: Stepped, id: int) -> None:
    """Run a step, and have the answers that it got come once more."""
    got = cloud.read(lambda tx: tx.all(sa.select(asks).where(asks.c.strand == id, asks.c.answer.isnot(None))))
    cloud.step(id)

    def again(tx: Tx) -> None:
        before = _strand(tx, id)
        for ask in got:
            record(tx, ask.id, answer_from_json(ask.answer))
        assert _strand(tx, id) == before

    cloud.write(again)


def meet_all(
    cloud: Stepped, scenario: Scenario, ops: Sequence[str], trouble: Callable[[Run], None], **fault: Any
) -> list[str]:
    """One run in which the first ask of each kind meets an injected fault; `trouble` follows each. Says which never came."""
    run = Run(cloud, scenario).prepare()
    injected = [cloud.world.faults.add(op, **fault) for op in ops]
    met: list[Any] = []

    def new() -> list[Any]:
        return [one for one in injected if one.struck and one not in met]

    try:
        run.begin()
        cloud.drive(answered=run.answered, until=new)
        while meeting := new():
            met += meeting
            trouble(run)
            cloud.drive(answered=run.answered, until=new)
    finally:
        cloud.world.faults.clear()
    run.finish()
    return [one.op for one in injected if not one.struck]


def meet(
    cloud: Stepped, scenario: Scenario, op: str, trouble: Callable[[Run], None], *, removed: bool = False, **fault: Any
) -> None:
    """A run in which the first ask of a kind meets an injected fault; `trouble` follows once it has struck."""
    run = Run(cloud, scenario).prepare()
    injected = cloud.world.faults.add(op, **fault)
    try:
        run.begin()
        cloud.drive(until=lambda: injected.struck)
        assert injected.struck, f"{op} was never asked"
        trouble(run)
    finally:
        cloud.world.faults.clear()
    run.clean() if removed else run.finish()


def discovered() -> Iterator[Any]:
    """The modules of scenarios."""
    for found in pkgutil.iter_modules(scenarios.__path__):
        yield importlib.import_module(f"{scenarios.__name__}.{found.name}")


SCENARIOS: list[Scenario] = [one for module in discovered() for one in module.SCENARIOS]


def registered() -> set[str]:
    """The flows of the product; those that others are made of are not flows themselves."""
    return {
        name
        for name, flow in Flow.registry.items()
        if flow.__module__.startswith("gureum.") and not flow.__subclasses__()
    }
