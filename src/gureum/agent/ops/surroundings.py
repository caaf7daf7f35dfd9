"""Everything of ours on this host, for whoever compares it with the rows, and the removal of what only this finds."""

from gureum.agent.drivers.registry import Drivers
from gureum.agent.ops.roles import need
from gureum.contracts.message import Gone
from gureum.contracts.outside import Outside, RemoveTap


def look(drivers: Drivers) -> Outside:
    """Ask every driver that has things outside. Blocks; raises DriverFault when one cannot say."""
    found: dict[str, set[str]] = {}
    for driver in (drivers.hypervisor, drivers.metadata, drivers.switch, drivers.volumes):
        if driver is not None:
            for kind, ids in driver.things().items():
                found.setdefault(kind, set()).update(ids)
    things = {kind: sorted(ids) for kind, ids in found.items()}
    if drivers.hypervisor is None:
        return Outside(things=things)
    ground = drivers.hypervisor.ground()
    return Outside(things=things, now=ground.now, mtu=ground.mtu)


def unplug(drivers: Drivers, body: RemoveTap) -> Gone:
    need(drivers.hypervisor, "host").unplug(body.port_id)
    return Gone()
