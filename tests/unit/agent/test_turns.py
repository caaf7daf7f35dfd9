"""Turns: what one works with, another waits for."""

import threading

from gureum.agent.drivers.turns import Turns


def test_who_comes_later_waits_until_all_is_free() -> None:
    turns, waiting, entered = Turns(), threading.Event(), threading.Event()

    def later() -> None:
        with turns.of(["b", "c"], waiting.set):
            entered.set()

    with turns.of(["a", "b"]):
        thread = threading.Thread(target=later)
        thread.start()
        assert waiting.wait(10) and not entered.is_set()
        with turns.of(["c"]):
            pass
    thread.join(10)
    assert entered.is_set()


def test_different_things_do_not_wait() -> None:
    turns = Turns()
    with turns.of(["a"]), turns.of(["b"]), turns.of([]):
        pass


def test_a_failure_lets_go() -> None:
    turns = Turns()
    try:
        with turns.of(["a"]):
            raise ValueError
    except ValueError:
        pass
    with turns.of(["a"]):
        pass
