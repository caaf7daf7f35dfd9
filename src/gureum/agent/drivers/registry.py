"""Which driver stands behind which capability. Real drivers are imported only when they are asked for,
so that an agent runs where their libraries are missing.

A real driver is a callable `open(state, settings)` named by `module:function` here: `state` is the agent's state
directory, `settings` what the agent's configuration has under `settings.host`, which all drivers get, with `settings.<kind>`
laid over it (a plain mapping, may be empty).
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from gureum.agent.drivers import protocols
from gureum.agent.drivers.turns import Turns

REAL: dict[str, str] = {
    "hypervisor": "gureum.agent.drivers.hypervisor.libvirt:open",
    "console": "gureum.agent.drivers.hypervisor.console:open",
    "metadata": "gureum.agent.drivers.metadata.server:open",
    "images": "gureum.agent.drivers.images.cache:open",
    "switch": "gureum.agent.drivers.switch.ovn:open",
    "volumes": "gureum.agent.drivers.volumes.files:open",
    "inspector": "gureum.agent.drivers.images.inspector:open",
}

KINDS: dict[str, tuple[str, ...]] = {
    "host": ("images", "hypervisor", "console", "metadata"),
    "network": ("switch",),
    "storage": ("volumes",),
    "fetch": ("inspector",),
}
"""What each role needs."""


@dataclass(frozen=True, kw_only=True)
class Drivers:
    """The drivers of one agent; None where its roles need none."""

    hypervisor: protocols.Hypervisor | None = None
    console: protocols.Console | None = None
    metadata: protocols.Metadata | None = None
    images: protocols.Images | None = None
    switch: protocols.Switch | None = None
    volumes: protocols.Volumes | None = None
    inspector: protocols.Inspector | None = None
    turns: Turns = field(default_factory=Turns)
    """Of volumes and snapshots by id: while one is copied, no guest starts with it, and the other way round."""

    def close(self) -> None:
        """End the watches. Guests, networks and exports stay as they are."""
        for driver in (self.hypervisor, self.switch):
            if driver is not None:
                driver.close()


def open_real(roles: tuple[str, ...], state: Path, settings: Mapping[str, Mapping[str, Any]]) -> Drivers:
    """The real drivers of these roles. ImportError without a library, DriverFault where a driver cannot start."""
    kinds = [kind for role in roles for kind in KINDS[role]]
    return Drivers(
        **{kind: load(REAL[kind])(state, {**settings.get("host", {}), **settings.get(kind, {})}) for kind in kinds}
    )


GROUND, GROUND_SETTINGS = "gureum.agent.host.host:Host", "gureum.agent.host.settings:from_mapping"
GROUNDED = ("host", "network")
"""Roles that need the host's daemons and bridges."""


class Ground(Protocol):
    """What real drivers stand on: the host's daemons and bridges. All calls block."""

    def ensure(self) -> None:
        """Bring it up, or find that it is. Raises with one clear sentence when it cannot be."""
        ...

    def watch(self) -> None:
        """Keep it up from now on, until `close`."""
        ...

    def close(self) -> None:
        """End watching; all of it stays up."""
        ...


def open_ground(roles: tuple[str, ...], state: Path, settings: Mapping[str, Mapping[str, Any]]) -> Ground | None:
    """What the real drivers of these roles stand on, None when they stand by themselves."""
    if not set(roles) & set(GROUNDED):
        return None
    return load(GROUND)(load(GROUND_SETTINGS)(state, settings.get("host", {})))


def load(place: str) -> Callable[..., Any]:
    """What `module:name` names."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)
