"""What would make a server fit: a remedy for each filter's refusal. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from gureum.compute.schedule.explain import Refusal
from gureum.placement.inventory import DISK_GB, MEMORY_MB, VCPU

_MOST_HOSTS = 3
_UNITS = {VCPU: "cores", MEMORY_MB: "MiB of memory", DISK_GB: "GiB of disk"}

FOR_OWNERS: Mapping[str, str] = {
    "ComputeFilter": "hosts are down or closed to new servers: ask the operator",
    "RetryFilter": "hosts would not make it: its fault says why",
    "RequestedHostFilter": "name no host",
    "AvailabilityZoneFilter": "name another availability zone, or none",
    "ImagePropertiesFilter": "take an image that is made for this cloud's hosts",
    "ComputeCapabilitiesFilter": "take a flavor whose extra specs want less",
    "AggregateInstanceExtraSpecsFilter": "take a flavor whose extra specs want less of the hosts' aggregates",
    "ServerGroupAntiAffinityFilter": "take a server group whose servers need not be apart",
    "ServerGroupAffinityFilter": "take a server group whose servers need not be together",
    "SameHostFilter": "ask for no host of other servers (same_host)",
    "DifferentHostFilter": "keep it away from fewer servers (different_host)",
    "CoreFilter": "take a flavor with fewer cores",
    "RamFilter": "take a flavor with less memory",
    "DiskFilter": "take a flavor with less disk",
}
"""What the owner of the server can do about a filter."""


def for_owner(refused: Iterable[str]) -> list[str]:
    """What the owner can do, from the filters that refused."""
    return [FOR_OWNERS[name] for name in dict.fromkeys(refused) if name in FOR_OWNERS]


def for_operator(by_host: Mapping[str, Sequence[Refusal]]) -> list[str]:
    """What would make the server fit, for the hosts that lack least."""
    nearest = sorted(by_host.items(), key=lambda one: (len(one[1]), _lacking(one[1]), one[0]))[:_MOST_HOSTS]
    return [
        f"{host} would take it, if {' and '.join(_condition(one) for one in problems)}" for host, problems in nearest
    ]


def _lacking(problems: Sequence[Refusal]) -> float:
    """How far off the amounts are, as shares of what is wanted."""
    return sum((one["wanted"] - one["free"]) / one["wanted"] for one in problems if "wanted" in one)


def _condition(problem: Refusal) -> str:
    if "wanted" not in problem:
        return f"this were not so: {problem['reason']}"
    missing, unit = problem["wanted"] - problem["free"], _UNITS[problem["resource"]]
    if problem["wanted"] > problem["capacity"]:
        return f"it had {missing} more {unit} (even empty it has only {problem['capacity']})"
    return f"{missing} more {unit} were free"
