"""The host below the real drivers comes up sooner or later, and is let go at the end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from gureum.agent import ground
from gureum.agent.drivers import registry

pytestmark = pytest.mark.anyio


class Floor:
    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.events: list[str] = []

    def ensure(self) -> None:
        self.failures -= 1
        if self.failures >= 0:
            raise RuntimeError("Open vSwitch is not installed.")
        self.events.append("up")

    def watch(self) -> None:
        self.events.append("watched")

    def close(self) -> None:
        self.events.append("let go")


async def test_it_is_up_before_the_drivers_are_asked() -> None:
    floor = Floor(0)
    async with ground.grounded(floor, ThreadPoolExecutor(1)):
        assert floor.events == ["up", "watched"]
    assert floor.events == ["up", "watched", "let go"]


async def test_the_agent_goes_on_while_it_does_not_come_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "RETRY_SECONDS", 0.01)
    floor = Floor(3)
    async with ground.grounded(floor, ThreadPoolExecutor(1)):
        assert floor.events == []
        async with asyncio.timeout(5):
            while floor.events != ["up", "watched"]:
                await asyncio.sleep(0.005)
    assert floor.events[-1] == "let go"


async def test_roles_that_need_no_ground(tmp_path) -> None:
    assert registry.open_ground(("storage", "fetch"), tmp_path, {}) is None
    async with ground.grounded(None, ThreadPoolExecutor(1)):
        pass
