"""Somebody who uses a cloud in a storm: begins what the scenarios of flows begin, on whatever is there, and minds no refusal."""

import contextlib
import random
from concurrent.futures import CancelledError
from typing import Any

from tests.faults.storm import Storm
from tests.flow.harness import SCENARIOS, Scenario

_LISTS = {
    "server": ("/compute/v2.1/servers", "servers"),
    "image": ("/image/v2/images", "images"),
    "network": ("/network/v2.0/networks", "networks"),
    "subnet": ("/network/v2.0/subnets", "subnets"),
    "router": ("/network/v2.0/routers", "routers"),
    "volume": ("/volume/v3/volumes", "volumes"),
    "snapshot": ("/volume/v3/snapshots", "snapshots"),
    "attachment": ("/volume/v3/attachments", "attachments"),
}
_TURNS = 60
_BY_THEMSELVES = {"RestoreServer", "FollowGuest"}
"""What nobody asks for: the storm brings it about."""


class User:
    """`accepted` are the servers that were promised, and that nobody asked to delete; `hurt` is what was answered with a fault of
    ours, while the control plane was there and could write."""

    def __init__(self, storm: Storm, dice: random.Random) -> None:
        self._storm = storm
        self._dice = dice
        self.accepted: set[str] = set()
        self.hurt: list[str] = []
        self._scenarios = [one for one in SCENARIOS if not one.planted and not one.flows & _BY_THEMSELVES]
        self._begun = [one for one in self._scenarios if "BootServer" in one.flows]

    def settle(self) -> None:
        """Have something to begin with, in calm weather."""
        for name in ("boot server", "realise router"):
            self._scenario(name).given(self._storm)  # type: ignore[arg-type]

    def _scenario(self, name: str) -> Scenario:
        return next(one for one in SCENARIOS if one.name == name)

    def step(self) -> None:
        """Begin one thing. That it is refused, or that nobody answers, says nothing."""
        scenario = self._dice.choice(self._begun if self._dice.random() < 0.2 else self._scenarios)
        upheavals, outcome = self._storm.upheavals, "begun"
        try:
            self._begin(scenario)
        except (AssertionError, IndexError, KeyError, ConnectionError, CancelledError) as refusal:
            outcome = f"refused, {str(refusal)[:160]}"
            ours = outcome.startswith("refused, 500") and "injected fault" not in outcome
            if ours and upheavals == self._storm.upheavals:
                self.hurt.append(f"{scenario.name}: {refusal}")
        self._storm.log.append(f"{scenario.name}: {outcome}")

    def _begin(self, scenario: Scenario) -> None:
        made = self._anything()
        before = made.get("server")
        if "DeleteServer" in scenario.flows:
            self.accepted.discard(before or "")
        scenario.begin(self._storm, made)  # type: ignore[arg-type]
        if made.get("server") != before:
            self.accepted.add(made["server"])

    def _anything(self) -> dict[str, Any]:
        """One of each kind that there is."""
        admin = self._storm.admin
        if admin.get("/v3/auth/projects").status == 401:
            admin = self._storm.admin = self._storm.fresh()
        made: dict[str, Any] = {}
        for kind, (path, key) in _LISTS.items():
            found = admin.get(path, version="3.71" if kind == "attachment" else None).ok(200)[key]
            if found:
                made[kind] = self._dice.choice(sorted(one["id"] for one in found))
        return made

    def missing(self) -> set[str]:
        """What was promised and is not there."""
        there = self._storm.fresh().get("/compute/v2.1/servers").ok(200)["servers"]
        return self.accepted - {one["id"] for one in there}

    def leave(self) -> dict[str, list[str]]:
        """Ask that all goes, until nothing more does; gives what is left outside."""
        self._storm.admin = self._storm.fresh()
        for _ in range(_TURNS):
            for scenario in (self._scenario("boot server"), self._scenario("create volume"), self._networks()):
                with contextlib.suppress(AssertionError):
                    scenario.remove(self._storm, {})  # type: ignore[arg-type]
            self._storm.rest()
            left = {kind: things for kind, things in self._storm.world.look().items() if things}
            if not left:
                return {}
        return left

    def _networks(self) -> Scenario:
        return self._scenario("realise router")
