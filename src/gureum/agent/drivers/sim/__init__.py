"""The simulator: a second set of drivers over one `World`, the truth about machines that are not there."""

from gureum.agent.drivers.sim.world import World

__all__ = ["World"]
