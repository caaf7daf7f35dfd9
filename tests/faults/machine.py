"""State machines: a tenant's calls in any order, against a small model of what should come of each.

A rule asks for one thing, compares the answer's status with what the model says, and waits until the cloud is at rest. Then the
cloud must be as the model, and hold what every cloud holds. The short form always takes the same ways; `GUREUM_LONG=1` takes many
more, new each time, and Hypothesis prints the shortest that fails as a program.
"""

import contextlib
from typing import Any, ClassVar

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from gureum.kernel.flow.tables import strands
from tests.chance import LONG
from tests.cloud import Client, Cloud, Response, Tenant
from tests.faults.invariants import broken, untold

PICKS = st.integers(0, 5)
"""Which of several there are."""
_TOLD = 2.0
"""How long the last news of a host may be under way."""


def take_all_ways(machine: type["TenantMachine"], cloud: Cloud, ways: int, steps: int) -> None:
    """Run a machine on a cloud. What it does in `ways` ways of so many steps, the long form does in twenty times as many."""
    machine.cloud, machine.tenant = cloud, cloud.project("member")
    machine.prepare()
    chosen = settings(
        max_examples=ways * 20 if LONG else ways,
        stateful_step_count=steps,
        derandomize=not LONG,
        database=None,
        deadline=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    finally:
        machine.clear()
    assert not untold(cloud)


class TenantMachine(RuleBasedStateMachine):
    """A machine whose rules are calls of one project, which is empty before and after each way."""

    cloud: ClassVar[Cloud]
    tenant: ClassVar[Tenant]

    @property
    def member(self) -> Client:
        """Who calls."""
        return self.tenant.member

    def expect(self, answer: Response, status: int) -> Any:
        """The body of an answer, whose status must be this one; whatever it began has ended."""
        assert answer.status == status, f"{answer.status}, not {status}: {answer.body.decode(errors='replace')[:300]}"
        self.rest(self.cloud)
        return answer.json if answer.body and "json" in answer.headers.get("content-type", "") else None

    @staticmethod
    def rest(cloud: Cloud) -> None:
        """Wait until nothing goes on, and what happened is told."""
        unfinished = sa.select(strands.c.id).where(strands.c.finished_at.is_(None)).limit(1)
        cloud.wait(lambda: cloud.read(lambda tx: tx.one(unfinished)) is None, "rest")
        with contextlib.suppress(AssertionError):
            cloud.wait(lambda: not broken(cloud), "what must hold", _TOLD)

    @classmethod
    def prepare(cls) -> None:
        """Make what all ways begin with."""

    @classmethod
    def clear(cls) -> None:
        """Take everything away that the project has."""
        raise NotImplementedError

    def compare(self) -> None:
        """Assert that the cloud is as the model."""
        raise NotImplementedError

    @invariant()
    def all_is_well(self) -> None:
        """Model, rows and world tell the same."""
        self.compare()
        wrong = broken(self.cloud)
        assert not wrong, wrong

    def teardown(self) -> None:
        """Everything can be taken away."""
        self.clear()
        self.rest(self.cloud)
        assert not broken(self.cloud)


def pick(things: dict[str, Any], number: int) -> str:
    """One of several, in the order in which they were made."""
    return list(things)[number % len(things)]
