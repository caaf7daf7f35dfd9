"""Everything of ours on this host, for whoever compares it with the rows."""

from gureum.agent.drivers.registry import Drivers
from gureum.contracts.outside import Outside


def look(drivers: Drivers) -> Outside:
    """Ask every driver that has things outside. Blocks; raises DriverFault when one cannot say."""
    found: dict[str, list[str]] = {}
    for driver in (drivers.hypervisor, drivers.switch, drivers.volumes):
        if driver is not None:
            found.update(driver.things())
    return Outside(things=found)
