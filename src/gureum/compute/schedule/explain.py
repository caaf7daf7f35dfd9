"""Why no host will do: for each the first filter that refuses it, with the numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gureum.compute.host import Host
from gureum.compute.schedule.filters import refusals as refusals_of
from gureum.compute.schedule.wanted import Wanted
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU, Inventory

_FILTERS = {VCPU: "CoreFilter", MEMORY_MB: "RamFilter", DISK_GB: "DiskFilter"}
_WORDS = {VCPU: "cores", MEMORY_MB: "MiB of memory", DISK_GB: "GiB of disk"}

_RACE = "Race"

Refusal = dict[str, Any]
"""`host`, `filter`, `reason`; where it is about an amount also `resource`, `wanted`, `free` and `capacity`."""


def refusals(
    hosts: Iterable[Host], inventories: Mapping[str, Mapping[str, Inventory]], wanted: Wanted
) -> list[Refusal]:
    """A refusal for every host: its first."""
    return [
        next(problems(host, inventories.get(host.uuid, {}), wanted), None) or late(host, "it had room a moment later")
        for host in hosts
    ]


def late(host: Host, reason: str) -> Refusal:
    """The refusal of a host that another look would have chosen."""
    return {"host": host.name, "filter": _RACE, "reason": reason}


def moved(refused: Iterable[Refusal]) -> bool:
    """Whether one of the hosts would do after all."""
    return any(one["filter"] == _RACE for one in refused)


def problems(host: Host, inventory: Mapping[str, Inventory], wanted: Wanted) -> Iterator[Refusal]:
    """All that keeps a server from a host; nothing where it fits."""
    for name, reason in refusals_of(host, wanted):
        yield {"host": host.name, "filter": name, "reason": reason}
    for resource_class, amount in wanted.resources.items():
        has = inventory.get(resource_class, Inventory(0))
        free = max(has.free, 0)
        if amount > free:
            yield {
                "host": host.name,
                "filter": _FILTERS[resource_class],
                "reason": f"{amount} {_WORDS[resource_class]} wanted, {free} of {has.capacity} free",
                "resource": resource_class,
                "wanted": amount,
                "free": free,
                "capacity": has.capacity,
            }


def summary(refused: Sequence[Refusal]) -> str:
    """What the owner of the server may know: how many hosts each filter refused, no names."""
    if not refused:
        return "No valid host was found. There are not enough hosts available."
    counts = Counter(one["filter"] for one in refused)
    listed = ", ".join(f"{name}: {number}" for name, number in counts.most_common())
    return f"No valid host was found. There are not enough hosts available. (hosts refused by {listed})"
