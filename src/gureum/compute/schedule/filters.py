"""Filters: each looks at one host and says why it will not do, or nothing. Pure."""

from collections.abc import Callable, Iterator, Sequence

from gureum.compute.host import Host
from gureum.compute.schedule.capabilities import matches
from gureum.compute.schedule.wanted import Wanted

Filter = Callable[[Host, Wanted], str | None]


def compute(host: Host, _: Wanted) -> str | None:
    """The host must be up and enabled."""
    if not host.alive:
        return "the host is down"
    if not host.enabled:
        return f"the host is disabled: {host.disabled_reason}" if host.disabled_reason else "the host is disabled"
    return None


def retry(host: Host, wanted: Wanted) -> str | None:
    """A host that would not make the server is not asked again."""
    said = wanted.refused_by.get(host.name)
    return None if said is None else f"the host would not make it: {said}"


def requested_host(host: Host, wanted: Wanted) -> str | None:
    """An administrator may name the host."""
    if wanted.host is not None and host.name != wanted.host:
        return f"host {wanted.host} was asked for"
    return None


def availability_zone(host: Host, wanted: Wanted) -> str | None:
    """The host must be in the zone that was asked for."""
    if wanted.zone is not None and host.zone != wanted.zone:
        return f"zone {wanted.zone} was asked for, the host is in {host.zone}"
    return None


def image_properties(host: Host, wanted: Wanted) -> str | None:
    """The host must be what the image is made for."""
    properties = wanted.image_properties or {}
    arch = properties.get("hw_architecture") or properties.get("architecture")
    if arch and arch.lower() != host.cpu_arch.lower():
        return f"the image is for {arch}, the host is {host.cpu_arch}"
    kind = properties.get("img_hv_type") or properties.get("hypervisor_type")
    if kind and kind.lower() != host.hypervisor.lower() and {kind.lower(), host.hypervisor.lower()} != {"qemu", "kvm"}:
        return f"the image is for {kind}, the host has {host.hypervisor}"
    return None


def capabilities(host: Host, wanted: Wanted) -> str | None:
    """The host must have the capabilities that the flavor's extra specs name."""
    known = {
        "hypervisor_type": host.hypervisor,
        "hypervisor_version": host.hypervisor_version,
        "hypervisor_hostname": host.name,
        "host": host.name,
        "cpu_info:arch": host.cpu_arch,
        "cpu_info:model": host.cpu_model,
        "cpu_info:features": list(host.features),
    }
    for key, spec in (wanted.extra_specs or {}).items():
        scope, _, name = key.partition(":")
        if scope != "capabilities":
            continue
        if name not in known or not matches(known[name], spec):
            return f"the flavor wants {name} {spec}, the host has {known.get(name, 'none')}"
    return None


def aggregate_extra_specs(host: Host, wanted: Wanted) -> str | None:
    """An aggregate of the host must have what the flavor's extra specs in the aggregates' own scope say.

    Extra specs without a scope are nobody's: they name what only other services know.
    """
    known = wanted.aggregates.get(host.name, {})
    for key, spec in wanted.of_aggregates.items():
        values = known.get(key, ())
        if not any(matches(value, spec) for value in values):
            has = ", ".join(values) or "none"
            return f"the flavor wants {key} {spec} of an aggregate, the host's have {has}"
    return None


def anti_affinity(host: Host, wanted: Wanted) -> str | None:
    """A host has only so many servers of a group that shall be apart."""
    group, number = wanted.group, wanted.mates.get(host.name, 0)
    if group is None or group.policy != "anti-affinity" or number < group.most_per_host:
        return None
    return f"the host has {number} servers of the group already"


def affinity(host: Host, wanted: Wanted) -> str | None:
    """Servers of a group that shall be together are where the first one is."""
    if wanted.group is None or wanted.group.policy != "affinity" or not wanted.mates or host.name in wanted.mates:
        return None
    return "the group's other servers are elsewhere"


def same_host(host: Host, wanted: Wanted) -> str | None:
    """A server may be wished onto the host of another one."""
    if wanted.beside is None or host.name in wanted.beside:
        return None
    return "the servers that it shall share a host with are elsewhere"


def different_host(host: Host, wanted: Wanted) -> str | None:
    """A server may be wished away from the hosts of others."""
    return "a server that it shall not share a host with is there" if host.name in wanted.away_from else None


FILTERS: Sequence[tuple[str, Filter]] = (
    ("ComputeFilter", compute),
    ("RetryFilter", retry),
    ("RequestedHostFilter", requested_host),
    ("AvailabilityZoneFilter", availability_zone),
    ("ImagePropertiesFilter", image_properties),
    ("ComputeCapabilitiesFilter", capabilities),
    ("AggregateInstanceExtraSpecsFilter", aggregate_extra_specs),
    ("ServerGroupAntiAffinityFilter", anti_affinity),
    ("ServerGroupAffinityFilter", affinity),
    ("SameHostFilter", same_host),
    ("DifferentHostFilter", different_host),
)


def preference(host: Host, wanted: Wanted) -> int:
    """Which of the hosts that will do comes first where a group would rather be together, or apart: the least."""
    number = wanted.mates.get(host.name, 0)
    if wanted.group is None or not wanted.group.policy.startswith("soft-"):
        return 0
    return -number if wanted.group.policy == "soft-affinity" else number


def refusals(host: Host, wanted: Wanted) -> Iterator[tuple[str, str]]:
    """Every filter that will not have the host, and why."""
    for name, check in FILTERS:
        reason = check(host, wanted)
        if reason is not None:
            yield name, reason


def first_refusal(host: Host, wanted: Wanted) -> tuple[str, str] | None:
    """The first filter that will not have the host, and why; None when all will."""
    return next(refusals(host, wanted), None)
