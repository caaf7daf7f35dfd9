"""Why no host will do: for each the first filter that refuses it, with the numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from gureum.compute.host import Host
from gureum.compute.schedule.filters import first_refusal
from gureum.compute.schedule.wanted import Wanted
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU, Inventory

_FILTERS = {VCPU: "CoreFilter", MEMORY_MB: "RamFilter", DISK_GB: "DiskFilter"}
_WORDS = {VCPU: "cores", MEMORY_MB: "MiB of memory", DISK_GB: "GiB of disk"}

Refusal = dict[str, str]


def refusals(
    hosts: Iterable[Host], inventories: Mapping[str, Mapping[str, Inventory]], wanted: Wanted
) -> list[Refusal]:
    """A refusal for every host."""
    return [
        {"host": host.name, "filter": name, "reason": reason}
        for host in hosts
        for name, reason in [_of_host(host, inventories.get(host.uuid, {}), wanted)]
    ]


def _of_host(host: Host, inventory: Mapping[str, Inventory], wanted: Wanted) -> tuple[str, str]:
    found = first_refusal(host, wanted)
    if found is not None:
        return found
    for resource_class, amount in wanted.resources.items():
        has = inventory.get(resource_class, Inventory(0))
        if amount > has.free:
            words = _WORDS[resource_class]
            return _FILTERS[resource_class], f"{amount} {words} wanted, {max(has.free, 0)} of {has.capacity} free"
    return "Race", "it had room a moment later"


def summary(refused: Sequence[Refusal]) -> str:
    """What the owner of the server may know: how many hosts each filter refused, no names."""
    if not refused:
        return "No valid host was found. There are not enough hosts available."
    counts = Counter(one["filter"] for one in refused)
    listed = ", ".join(f"{name}: {number}" for name, number in counts.most_common())
    return f"No valid host was found. There are not enough hosts available. (hosts refused by {listed})"
