"""Every flow through every kind of trouble. See `harness.py`; a flow gets here by a scenario."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chance import LONG
from tests.flow.harness import (
    SCENARIOS,
    Run,
    Scenario,
    Stepped,
    Trace,
    answered_again,
    at,
    at_all,
    meet,
    meet_all,
    plain,
    registered,
)

WITHOUT = Path(__file__).parent / "without_scenario.txt"


class Stage:
    """A cloud for one scenario, and what the scenario goes through when nothing is wrong."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.cloud = Stepped(scenario.hosts)
        self.trace: Trace = plain(self.cloud, scenario)

    def mend(self) -> None:
        """A new cloud in place of one that a failed test has left things in."""
        if self.cloud.spoilt:
            self.cloud.close()
            self.cloud = Stepped(self.scenario.hosts)


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda scenario: scenario.name)
def built(request: pytest.FixtureRequest) -> Iterator[Stage]:
    stage = Stage(request.param)
    yield stage
    stage.cloud.close()


@pytest.fixture
def stage(built: Stage) -> Stage:
    built.mend()
    return built


def test_it_runs_the_flows_that_it_says(stage: Stage) -> None:
    assert {step.flow for step in stage.trace.steps} >= stage.scenario.flows


def _meets(stage: Stage, trouble: Callable[[Run, int], None]) -> None:
    """Each step meets the trouble: all in one run, and those that did not come there (in the long form: all) in runs of their
    own."""
    steps = stage.trace.steps
    left = at_all(stage.cloud, stage.scenario, steps, trouble)
    for step in steps if LONG else sorted(left):
        assert at(stage.cloud, stage.scenario, step, trouble), step


def test_each_step_twice(stage: Stage) -> None:
    _meets(stage, lambda run, id: run.cloud.step_twice(id))


def test_each_answer_twice(stage: Stage) -> None:
    _meets(stage, lambda run, id: answered_again(run.cloud, id))


def test_killed_within_each_step(stage: Stage) -> None:
    def kill(run: Run, id: int) -> None:
        run.cloud.step_in_vain(id)
        run.cloud.restart()

    _meets(stage, kill)


def test_killed_after_each_step(stage: Stage) -> None:
    def kill(run: Run, id: int) -> None:
        run.cloud.step(id)
        run.cloud.restart()

    _meets(stage, kill)


def test_removed_before_each_step_while_drivers_hang(stage: Stage) -> None:
    for step in stage.trace.steps:
        assert at(stage.cloud, stage.scenario, step, Run.remove_in_a_hang, removed=True), step


def test_removed_while_each_driver_hangs(stage: Stage) -> None:
    for op in stage.trace.asked:
        meet(stage.cloud, stage.scenario, op, Run.remove_in_a_hang, hang=True, removed=True)


def test_each_ask_fails(stage: Stage) -> None:
    for op in stage.trace.asked:
        meet(stage.cloud, stage.scenario, op, lambda run: None)
        meet(stage.cloud, stage.scenario, op, lambda run: None, after=True)


def _asks_meet(stage: Stage, trouble: Callable[[Run], None], **fault: Any) -> None:
    """Each kind of ask meets the fault, which changes no flow's way: in runs as in `_meets`."""
    asked = stage.trace.asked
    left = meet_all(stage.cloud, stage.scenario, asked, trouble, **fault)
    for op in asked if LONG else left:
        meet(stage.cloud, stage.scenario, op, trouble, **fault)


def test_each_ask_fails_for_a_while(stage: Stage) -> None:
    _asks_meet(stage, lambda run: None, again=True)


def test_each_report_is_lost_until_the_agent_comes_back(stage: Stage) -> None:
    _asks_meet(stage, lambda run: run.cloud.reconnect(), lose=True)


def test_each_report_is_lost_for_good(stage: Stage) -> None:
    def expire(run: Run) -> None:
        run.cloud.wait(run.cloud.unfinished, "the wait")
        run.cloud.expire()
        if any(one.waiting == "asks" and one.silent is None for one in run.cloud.unfinished()):
            run.cloud.reconnect()

    for op in stage.trace.asked:
        meet(stage.cloud, stage.scenario, op, expire, lose=True)


def test_each_report_is_late(stage: Stage) -> None:
    def let_time_pass(run: Run) -> None:
        if run.cloud.expire():
            due = run.cloud.due()
            run.cloud.step(due.id)
        run.cloud.world.faults.clear()

    for op in stage.trace.asked:
        meet(stage.cloud, stage.scenario, op, let_time_pass, hang=True)


def test_every_flow_has_a_scenario() -> None:
    covered = {flow for scenario in SCENARIOS for flow in scenario.flows}
    excepted = {line for line in WITHOUT.read_text().splitlines() if line and not line.startswith("#")}
    assert covered <= registered(), "scenarios name flows that there are not"
    assert registered() - covered == excepted, "the exceptions are exactly the flows without a scenario, and get fewer"
