"""Host aggregates: an operator's groups of hosts, and the availability zones that some of them are."""

from collections.abc import Iterable, Mapping

from gureum.compute.aggregate import ZONE_KEY, Aggregate
from gureum.compute.host import DEFAULT_ZONE
from gureum.compute.service.hosts import refresh
from gureum.compute.store import aggregates as store
from gureum.compute.store import hosts, servers
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

_MOVED = (
    "The host cannot be added to the aggregate as the availability zone of the host would change from '{old}' to '{new}' "
    "but the host already has {count} instance(s). Changing the AZ of an existing instance is not supported by this "
    "action. Move the instances away from this host then try again. If you need to move the instances between AZs then "
    "you can use shelve_offload and unshelve to achieve this."
)


def everyone(tx: Tx, caller: Caller) -> list[Aggregate]:
    """All aggregates."""
    _demand(caller, "index")
    return store.everyone(tx)


def get(tx: Tx, caller: Caller, id: str, rule: str = "show") -> Aggregate:
    """An aggregate by its number. Raises Invalid for what is no number, NotFound."""
    _demand(caller, rule)
    try:
        number = int(id)
    except ValueError:
        raise Invalid("Invalid input received: id must be an integer") from None
    found = store.find(tx, number) if abs(number) < 2**63 else None
    if found is None:
        raise NotFound(f"Aggregate {id} could not be found.", name="AggregateNotFound")
    return found


def create(tx: Tx, caller: Caller, name: str, zone: str | None) -> Aggregate:
    """Make an aggregate. Raises Conflict for a name that is taken."""
    _demand(caller, "create")
    _must_be_free(tx, name)
    metadata = {} if zone is None else {ZONE_KEY: zone}
    store.add(tx, uuid=new_uuid(), name=name, metadata=metadata, created_at=clock.now())
    return _named(tx, name)


def update(tx: Tx, caller: Caller, id: str, *, name: str | None, zone: Mapping[str, str | None]) -> Aggregate:
    """Rename an aggregate (unless None), or change its zone, which `zone` holds where it was sent."""
    aggregate = get(tx, caller, id, "update")
    if name is not None and name != aggregate.name:
        _must_be_free(tx, name)
        store.change(tx, aggregate.id, name=name)
    _set(tx, aggregate, zone, "update aggregate")
    return get(tx, caller, id, "update")


def set_metadata(tx: Tx, caller: Caller, id: str, metadata: Mapping[str, str | None]) -> Aggregate:
    """Add entries to the metadata, change them, or take away those that are None."""
    aggregate = get(tx, caller, id, "set_metadata")
    _set(tx, aggregate, metadata, "update aggregate metadata")
    return get(tx, caller, id, "set_metadata")


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget an aggregate. Raises Invalid while it has hosts."""
    aggregate = get(tx, caller, id, "delete")
    if aggregate.hosts:
        raise Invalid(_refusal("remove host from aggregate", aggregate, "Host aggregate is not empty"))
    store.remove(tx, aggregate.id)


def add_host(tx: Tx, caller: Caller, id: str, host: str) -> Aggregate:
    """Put a host in. Raises NotFound, and Conflict where it is in already or would change its zone under its servers."""
    aggregate = get(tx, caller, id, "add_host")
    if hosts.find(tx, host) is None:
        raise NotFound(f"Compute host {host} could not be found.", name="ComputeHostNotFound")
    if aggregate.zone is not None:
        _must_not_be_elsewhere(tx, aggregate, [host], aggregate.zone, "add host to aggregate")
        _must_not_move(tx, aggregate, host, aggregate.zone)
    if host in aggregate.hosts:
        raise Conflict(f"Aggregate {aggregate.id} already has host {host}.", name="AggregateHostExists")
    store.add_host(tx, aggregate.id, host, clock.now())
    _settle_zones(tx, [host])
    return get(tx, caller, id, "add_host")


def remove_host(tx: Tx, caller: Caller, id: str, host: str) -> Aggregate:
    """Take a host out. Raises NotFound for one that is not in, Conflict where that would change the zone of servers."""
    aggregate = get(tx, caller, id, "remove_host")
    if host not in aggregate.hosts:
        raise NotFound(f"Cannot remove host {host} in aggregate {aggregate.id}")
    if aggregate.zone is not None and servers.on_host(tx, host):
        raise Conflict(
            _refusal("remove host from aggregate", aggregate, "One or more hosts contain instances in this zone")
        )
    store.remove_host(tx, aggregate.id, host)
    _settle_zones(tx, [host])
    return get(tx, caller, id, "remove_host")


def _demand(caller: Caller, rule: str) -> None:
    policy.demand("compute", f"os_compute_api:os-aggregates:{rule}", caller, {})


def _named(tx: Tx, name: str) -> Aggregate:
    found = store.find_by_name(tx, name)
    if found is None:
        raise NotFound(f"Aggregate {name} could not be found.", name="AggregateNotFound")
    return found


def _must_be_free(tx: Tx, name: str) -> None:
    if store.find_by_name(tx, name) is not None:
        raise Conflict(f"Aggregate {name} already exists.", name="AggregateNameExists")


def _set(tx: Tx, aggregate: Aggregate, changes: Mapping[str, str | None], action: str) -> None:
    """Merge metadata; the zone among it moves the hosts."""
    zone = changes.get(ZONE_KEY, aggregate.zone)
    if zone == "":
        raise Invalid(_refusal(action, aggregate, "Aggregate availability zone cannot be empty"))
    if zone != aggregate.zone:
        if zone is not None:
            _must_not_be_elsewhere(tx, aggregate, aggregate.hosts, zone, action)
        if any(servers.on_host(tx, host) for host in aggregate.hosts):
            raise Conflict(_refusal(action, aggregate, "One or more hosts contain instances in this zone"))
    merged = aggregate.metadata | dict(changes)
    kept = {key: value for key, value in merged.items() if value is not None}
    store.change(tx, aggregate.id, metadata=kept, updated_at=clock.now())
    _settle_zones(tx, aggregate.hosts)


def _must_not_be_elsewhere(tx: Tx, aggregate: Aggregate, names: Iterable[str], zone: str, action: str) -> None:
    found = store.aggregates_of_hosts(tx, names)
    others = sorted(
        {
            other.zone
            for several in found.values()
            for other in several
            if other.zone not in (None, zone) and other.id != aggregate.id
        },
        key=str,
    )
    if others:
        raise Conflict(_refusal(action, aggregate, f"One or more hosts already in availability zone(s) {others}"))


def _must_not_move(tx: Tx, aggregate: Aggregate, host: str, zone: str) -> None:
    several = store.aggregates_of_hosts(tx, [host]).get(host, [])
    old = next((one.zone for one in several if one.zone is not None), None)
    count = len(servers.on_host(tx, host)) if old != zone else 0
    if count:
        raise Conflict(_refusal("add host to aggregate", aggregate, _MOVED.format(old=old, new=zone, count=count)))


def _settle_zones(tx: Tx, names: Iterable[str]) -> None:
    """Write down the zone of hosts whose aggregates changed."""
    wanted = sorted(names)
    for name in wanted:
        hosts.hold(tx, name)
    found = store.aggregates_of_hosts(tx, wanted)
    for name in wanted:
        zones = [one.zone for one in found.get(name, []) if one.zone is not None]
        hosts.change(tx, name, zone=zones[0] if zones else DEFAULT_ZONE)
        refresh(tx, name)


def _refusal(action: str, aggregate: Aggregate, reason: str) -> str:
    return f"Cannot {action} {aggregate.id}. Reason: {reason}."
