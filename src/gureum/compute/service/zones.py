"""Availability zones, as the hosts' aggregates make them."""

from collections import defaultdict
from dataclasses import dataclass, field

from gureum.compute.compute_service import INTERNAL_ZONE, ComputeService
from gureum.compute.service import compute_services
from gureum.kernel.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone is available while one of its services is enabled."""

    name: str
    available: bool
    services: list[ComputeService] = field(default_factory=list[ComputeService])


def zones(tx: Tx) -> list[Zone]:
    """Every zone with its services: those that are available first, each by name."""
    found: defaultdict[str, list[ComputeService]] = defaultdict(list)
    for service in compute_services.everyone(tx):
        found[service.zone].append(service)
    made = [Zone(name, any(one.enabled for one in found[name]), found[name]) for name in sorted(found)]
    return sorted(made, key=lambda zone: not zone.available)


def of_hosts(tx: Tx) -> list[Zone]:
    """The zones that servers can be in."""
    return [zone for zone in zones(tx) if zone.name != INTERNAL_ZONE]
