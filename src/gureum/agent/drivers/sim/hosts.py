"""Puts simulated hosts together: names, roles, drivers."""

from pathlib import Path

from gureum.agent.config import SimConfig
from gureum.agent.drivers.registry import Drivers
from gureum.agent.drivers.sim.console import SimConsole
from gureum.agent.drivers.sim.hypervisor import SimHypervisor
from gureum.agent.drivers.sim.images import SimImages
from gureum.agent.drivers.sim.inspector import FileInspector
from gureum.agent.drivers.sim.metadata import SimMetadata
from gureum.agent.drivers.sim.switch import SimSwitch
from gureum.agent.drivers.sim.volumes import SimVolumes
from gureum.agent.drivers.sim.world import World
from gureum.contracts.frames import Role
from gureum.contracts.hypervisor import Inventory

HYPERVISOR_VERSION = 1_000_000


def open_world(config: SimConfig, state: Path | None) -> World:
    """The world kept in `state`, or a new one that is kept nowhere."""
    path = None if state is None else state / "world.sqlite"
    world = World(path, seed=config.seed, latency=config.latency)
    world.clock_ahead, world.mtu = config.clock_ahead, config.mtu
    return world


def names(name: str, roles: tuple[Role, ...], count: int) -> list[tuple[str, tuple[Role, ...]]]:
    """The hosts of one process: `name`, or `name`-1 …, where the first has all the roles and the others only `host`."""
    if count == 1:
        return [(name, roles)]
    return [(f"{name}-{number}", roles if number == 1 else ("host",)) for number in range(1, count + 1)]


def drivers_of(world: World, name: str, roles: tuple[Role, ...], config: SimConfig) -> Drivers:
    """The simulated drivers that a host of these roles needs."""
    host = "host" in roles
    return Drivers(
        hypervisor=SimHypervisor(world, name, _inventory(config)) if host else None,
        console=SimConsole(world, name) if host else None,
        metadata=SimMetadata(world, name) if host else None,
        images=SimImages(world, name) if host else None,
        switch=SimSwitch(world) if "network" in roles else None,
        volumes=SimVolumes(world, config.pool_gib) if "storage" in roles else None,
        inspector=FileInspector() if "fetch" in roles else None,
    )


def _inventory(config: SimConfig) -> Inventory:
    return Inventory(
        vcpus=config.vcpus,
        memory_mib=config.memory_mib,
        disk_gib=config.disk_gib,
        hypervisor="SIM",
        hypervisor_version=HYPERVISOR_VERSION,
        cpu_model="simulated",
    )
