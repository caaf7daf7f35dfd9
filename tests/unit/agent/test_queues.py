"""Which asks are let in, and in what order."""

from hypothesis import given
from hypothesis import strategies as st

from gureum.agent.queues import Asks
from gureum.contracts.frames import Ask
from gureum.contracts.volumes import RemoveVolume


def ask(id: int, generation: int, subject: str = "v/1") -> Ask:
    return Ask(id=id, subject=subject, generation=generation, body=RemoveVolume(volume_id="1"))


def test_one_at_a_time_for_a_subject() -> None:
    asks = Asks()
    assert asks.offer(ask(1, 1)) and asks.offer(ask(2, 1)) and asks.offer(ask(3, 1, "v/2"))
    first = asks.take("v/1")
    assert first and first.id == 1
    assert asks.take("v/1") is None
    assert asks.take("v/2") is not None
    asks.finish(first)
    second = asks.take("v/1")
    assert second and second.id == 2


def test_newer_replaces_waiting_and_older_is_forgotten() -> None:
    asks = Asks()
    asks.offer(ask(1, 1))
    running = asks.take("v/1")
    assert running
    assert asks.offer(ask(2, 2)) and asks.offer(ask(3, 3))
    assert not asks.offer(ask(4, 2))
    asks.finish(running)
    last = asks.take("v/1")
    assert last and last.id == 3
    asks.finish(last)
    assert asks.take("v/1") is None and len(asks) == 0
    assert not asks.offer(ask(5, 2))


def test_the_same_ask_again_is_not_run_twice_at_once_but_later() -> None:
    asks = Asks()
    assert asks.offer(ask(1, 1))
    assert not asks.offer(ask(1, 1))
    running = asks.take("v/1")
    assert running and not asks.offer(ask(1, 1))
    asks.finish(running)
    assert asks.offer(ask(1, 1))


def test_batches_hold_a_subject_once() -> None:
    asks = Asks()
    for id, subject in enumerate(["a", "b", "a", "c"]):
        asks.offer(ask(id, 1, subject))
    batch = asks.take_batch(2)
    assert [each.subject for each in batch] == ["a", "b"]
    assert [each.subject for each in asks.take_batch(9)] == ["c"]
    for each in batch:
        asks.finish(each)
    assert [each.id for each in asks.take_batch(9)] == [2]


def test_what_is_remembered_is_bounded() -> None:
    asks = Asks(remembered=10)
    for id in range(100):
        asks.offer(ask(id, 1, f"v/{id}"))
    assert len(asks._highest) == 10


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4), st.sampled_from("ab"), st.booleans())))
def test_the_newest_always_runs_last_and_nothing_stays(steps: list[tuple[int, int, str, bool]]) -> None:
    asks, running, ran, highest = Asks(), {}, {"a": [], "b": []}, {"a": 0, "b": 0}
    for id, generation, subject, advance in steps:
        asks.offer(ask(id * 10 + generation, generation, subject))
        highest[subject] = max(highest[subject], generation)
        if advance and subject in running:
            asks.finish(running.pop(subject))
        if (taken := asks.take(subject)) is not None:
            assert subject not in running
            running[subject] = taken
            ran[subject].append(taken.generation)
    for subject in "ab":
        while True:
            if subject in running:
                asks.finish(running.pop(subject))
            taken = asks.take(subject)
            if taken is None:
                break
            running[subject] = taken
            ran[subject].append(taken.generation)
        assert ran[subject] == sorted(ran[subject])
    assert len(asks) == 0
