"""What turns statements into driver calls, a module per noun. All of it is synchronous and runs in threads."""

from collections.abc import Callable

from gureum.agent.drivers.protocols import DriverFault
from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops import copies, domains, surroundings, volumes
from gureum.contracts import hypervisor as hv
from gureum.contracts import volumes as vol
from gureum.contracts.frames import Answer, Body
from gureum.contracts.outside import RemoveTap

Progress = Callable[[int, str], None]


def carry_out(drivers: Drivers, body: Body, progress: Progress) -> Answer:
    """Make one statement true. Raises DriverFault. Statements about the switch do not come here: they go in batches."""
    match body:
        case hv.EnsureDomain():
            return domains.ensure(drivers, body, progress)
        case hv.RemoveDomain():
            return domains.remove(drivers, body)
        case hv.EnsureCopy():
            return copies.ensure(drivers, body, progress)
        case hv.RemoveCopy():
            return copies.remove(drivers, body)
        case vol.EnsureVolume():
            return volumes.ensure(drivers, body, progress)
        case vol.RemoveVolume():
            return volumes.remove(drivers, body)
        case vol.EnsureSnapshot():
            return volumes.snapshot(drivers, body, progress)
        case vol.RemoveSnapshot():
            return volumes.remove_snapshot(drivers, body)
        case vol.EnsureExport():
            return volumes.export(drivers, body)
        case vol.RemoveExport():
            return volumes.unexport(drivers, body)
        case RemoveTap():
            return surroundings.unplug(drivers, body)
        case _:
            raise DriverFault("The agent cannot do this.", f"no operation for {type(body).__name__}")
