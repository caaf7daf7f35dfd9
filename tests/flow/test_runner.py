"""The strand engine, with flows made for the purpose and a hand that plays the agent."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gureum.contracts.message import AgentFault, Gone, Message
from gureum.contracts.message import Done as DoneReport
from gureum.contracts.switch import RemovePort
from gureum.kernel import clock
from gureum.kernel.faults import Conflict, Fault
from gureum.kernel.flow import Ask, Done, Flow, Go, Move, Nap, Spawn, Target, WhenBusy, busy, intend, others_wait, step
from gureum.kernel.flow.outbox import progress, record, undelivered
from gureum.kernel.flow.runner import Runner, run_due
from gureum.kernel.flow.tables import asks, strands
from gureum.kernel.store.database import Database
from gureum.kernel.store.schema import metadata
from gureum.kernel.store.tx import Tx
from tests.databases import again, new_database

marks = sa.Table(
    "test_marks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subject", sa.String(20)),
    sa.Column("mark", sa.String(200)),
)


def mark(tx: Tx, subject: str, text: str) -> None:
    tx.insert(marks, subject=subject, mark=text)


class Lift(Flow):
    subject_kind = "stone"

    @step
    def start(self, tx: Tx) -> Move:
        mark(tx, self.subject, "start")
        return Go(self.ask, {"height": 3})

    @step
    def ask(self, tx: Tx) -> Move:
        body = RemovePort(port_id=self.subject, network_id=str(self.args["height"]))
        return Ask(Target(agent="crane"), [("stone", self.subject, body)], then=self.lifted, silent=clock.seconds(5))

    @step
    def lifted(self, tx: Tx, answer: Message) -> Move:
        mark(tx, self.subject, f"lifted {type(answer).__name__}")
        return Done()

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        mark(tx, self.subject, f"failed {fault.message}")
        return Done()


class Drop(Flow):
    subject_kind = "stone"
    when_busy = WhenBusy.TAKE_OVER

    @step
    def start(self, tx: Tx) -> Move:
        body = RemovePort(port_id=self.subject, network_id="0")
        return Ask(Target(agent="crane"), [("stone", self.subject, body)], then=self.dropped, insist=True)

    @step
    def dropped(self, tx: Tx, answer: Message) -> Move:
        mark(tx, self.subject, "dropped")
        return Done()


class Paint(Flow):
    subject_kind = "stone"
    when_busy = WhenBusy.QUEUE

    @step
    def start(self, tx: Tx) -> Move:
        mark(tx, self.subject, f"painted {self.args.get('colour')}")
        return Done()


class Settle(Flow):
    subject_kind = "stone"
    yields = True

    @step
    def start(self, tx: Tx) -> Move:
        return Nap(clock.minutes(60), self.over)

    @step
    def over(self, tx: Tx) -> Move:
        mark(tx, self.subject, "others wait" if others_wait(tx, Settle, self.subject) else "settled")
        return Done()


class Crash(Flow):
    subject_kind = "stone"

    @step
    def start(self, tx: Tx) -> Move:
        mark(tx, self.subject, "never kept")
        raise ZeroDivisionError

    @step
    def failed(self, tx: Tx, fault: Fault) -> Move:
        mark(tx, self.subject, f"failed {fault.message}")
        return Done()


class Build(Flow):
    subject_kind = "house"

    @step
    def start(self, tx: Tx) -> Move:
        return Spawn([(Paint, "s1", {"colour": "red"}), (Paint, "s2", {"colour": "blue"})], then=self.built)

    @step
    def built(self, tx: Tx) -> Move:
        mark(tx, self.subject, "built")
        return Nap(clock.minutes(60), self.late)

    @step
    def late(self, tx: Tx) -> Move:
        return Done()


class Extend(Flow):
    subject_kind = "house"
    when_busy = WhenBusy.QUEUE

    @step
    def start(self, tx: Tx) -> Move:
        mark(tx, self.subject, "extended")
        return Done()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = new_database(tmp_path / "x.sqlite")
    metadata.create_all(database.engine)
    yield database
    clock.clock.offset = 0.0
    database.close()


def run(database: Database, most: int = 50) -> None:
    """Run until nothing is due."""
    for _ in range(most):
        if database.write(run_due) > 0:
            return
    raise AssertionError("there is always something due")


def seen(database: Database, subject: str = "s1") -> list[str]:
    statement = sa.select(marks.c.mark).where(marks.c.subject == subject).order_by(marks.c.id)
    return database.read(lambda tx: [row.mark for row in tx.all(statement)])


def open_asks(database: Database) -> list[int]:
    return database.read(lambda tx: [row.id for row in undelivered(tx, "crane", [], set())])


def begin(database: Database, flow: type[Flow] = Lift, subject: str = "s1", **args: object) -> None:
    database.write(lambda tx: intend(tx, flow, subject, **args))


def answer(database: Database, ask: int, body: Message) -> None:
    database.write(lambda tx: record(tx, ask, body))


def test_a_strand_waits_for_its_answer_and_ends(database: Database) -> None:
    begin(database)
    run(database)
    (ask,) = open_asks(database)
    assert seen(database) == ["start"]
    answer(database, ask, Gone())
    run(database)
    assert seen(database) == ["start", "lifted Gone"]
    assert not database.read(lambda tx: busy(tx, "stone", "s1"))
    assert open_asks(database) == []


def test_an_answer_that_comes_twice_changes_nothing(database: Database) -> None:
    begin(database)
    run(database)
    (ask,) = open_asks(database)
    for _ in range(3):
        answer(database, ask, DoneReport())
    run(database)
    answer(database, ask, AgentFault(text="late"))
    run(database)
    assert seen(database) == ["start", "lifted Done"]


def test_a_fault_leads_to_failed(database: Database) -> None:
    begin(database)
    run(database)
    answer(database, open_asks(database)[0], AgentFault(text="too heavy"))
    run(database)
    assert seen(database) == ["start", "failed too heavy"]


def test_a_fault_that_may_pass_is_asked_again(database: Database) -> None:
    begin(database)
    run(database)
    (ask,) = open_asks(database)
    answer(database, ask, AgentFault(text="away", again=True))
    run(database)
    assert open_asks(database) == [], "not before its pause is over"
    clock.clock.offset += 1
    assert open_asks(database) == [ask]
    answer(database, ask, DoneReport())
    run(database)
    assert seen(database) == ["start", "lifted Done"]


def test_silence_is_a_fault_and_progress_puts_it_off(database: Database) -> None:
    begin(database)
    run(database)
    (ask,) = open_asks(database)
    clock.clock.offset += 4
    database.write(lambda tx: progress(tx, ask))
    clock.clock.offset += 4
    run(database)
    assert seen(database) == ["start"]
    clock.clock.offset += 2
    run(database)
    assert seen(database) == ["start", "failed The host did not answer in time."]


def test_a_busy_subject_refuses_queues_or_is_taken_over(database: Database) -> None:
    begin(database)
    run(database)
    old = open_asks(database)[0]
    with pytest.raises(Conflict):
        begin(database, Lift)
    begin(database, Paint, colour="red")
    begin(database, Paint, colour="green")
    begin(database, Drop)
    begin(database, Drop)
    run(database)
    (new,) = open_asks(database)
    answer(database, old, DoneReport())
    run(database)
    assert seen(database) == ["start"], "the answer to what was superseded changes nothing"
    answer(database, new, AgentFault(text="stuck"))
    clock.clock.offset += 60
    answer(database, new, Gone())
    run(database)
    assert seen(database) == ["start", "dropped", "painted green"]


def test_a_nap_that_yields_ends_when_another_waits(database: Database) -> None:
    database.write(lambda tx: intend(tx, Settle, "s1"))
    run(database)
    assert seen(database) == []
    database.write(lambda tx: intend(tx, Paint, "s1", colour="red"))
    run(database)
    assert seen(database) == ["others wait", "painted red"]


def test_a_nap_that_does_not_yield_goes_on(database: Database) -> None:
    database.write(lambda tx: intend(tx, Build, "h1"))
    run(database)
    assert seen(database, "h1") == ["built"]
    database.write(lambda tx: intend(tx, Extend, "h1"))
    run(database)
    assert seen(database, "h1") == ["built"]


def test_generations_rise_with_every_ask_of_a_subject(database: Database) -> None:
    begin(database)
    run(database)
    begin(database, Drop)
    run(database)
    rows = database.read(lambda tx: tx.all(sa.select(asks.c.generation).order_by(asks.c.id)))
    assert [row.generation for row in rows] == [2], "the superseded ask is gone, the next has the next generation"


def test_an_exception_is_retried_then_told_and_its_writes_are_undone(database: Database) -> None:
    begin(database, Crash)
    for _ in range(10):
        run(database)
        clock.clock.offset += 120
    assert seen(database) == ["failed An internal error occurred; the operator's log has it."]


@contextlib.contextmanager
def running(database: Database) -> Iterator[None]:
    """A runner that runs by itself."""
    made: list[tuple[Runner, asyncio.AbstractEventLoop]] = []
    begun = threading.Event()

    async def serve() -> None:
        made.append((Runner(database), asyncio.get_running_loop()))
        begun.set()
        await made[0][0].run()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert begun.wait(10)
    yield
    runner, loop = made[0]
    loop.call_soon_threadsafe(runner.stop)
    thread.join()


def comes(ready: Callable[[], object]) -> bool:
    """Whether it does within some seconds."""
    deadline = time.monotonic() + 8
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(ready())


@pytest.mark.parametrize("jump", [-7200, 7200])
def test_a_clock_that_is_set_delays_no_step_and_ends_no_patience(database: Database, jump: int) -> None:
    with running(database):
        begin(database)
        assert comes(lambda: open_asks(database))
        (ask,) = open_asks(database)
        answer(database, ask, AgentFault(text="away", again=True))
        begin(database, Build, "h")
        assert comes(lambda: seen(database, "h"))
        clock.clock.offset += jump
        assert comes(lambda: not database.read(lambda tx: busy(tx, "house", "h"))), "its nap is over"
        assert comes(lambda: open_asks(database)), "what was put off is asked at once"
        assert seen(database)[:1] == ["start"], "nobody took the jump for silence"
        answer(database, ask, DoneReport())
        assert comes(lambda: "lifted Done" in seen(database))


def test_what_was_due_by_a_clock_that_was_wrong_is_due_when_a_runner_starts(database: Database) -> None:
    clock.clock.offset += 7200
    begin(database)
    clock.clock.offset -= 7200
    with running(database):
        assert comes(lambda: seen(database) == ["start"])


def test_a_parent_goes_on_when_all_children_have_ended(database: Database) -> None:
    begin(database, Build, "h")
    run(database)
    assert seen(database, "s1") == ["painted red"]
    assert seen(database, "s2") == ["painted blue"]
    assert seen(database, "h") == ["built"]
    clock.clock.offset += 3601
    run(database)
    assert not database.read(lambda tx: busy(tx, "house", "h"))


def test_another_runner_goes_on_where_one_was_killed(database: Database) -> None:
    begin(database)
    database.write(run_due)
    other = again(database)
    run(other)
    (ask,) = open_asks(other)
    answer(other, ask, DoneReport())
    run(other)
    other.close()
    assert seen(database) == ["start", "lifted Done"]
    unfinished = database.read(lambda tx: tx.count(sa.select(strands.c.id).where(strands.c.finished_at.is_(None))))
    assert unfinished == 0
