"""Quotas of a project: volumes and gigabytes, in all and of each type."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from gureum.block_storage.service.access import SERVICE
from gureum.block_storage.store import types
from gureum.block_storage.store.snapshots import snapshots
from gureum.block_storage.store.volumes import volumes
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, OverQuota
from gureum.kernel.policy import policy
from gureum.kernel.quota import CLASS_DEFAULT, UNLIMITED, Quotas, class_key
from gureum.kernel.store.tx import Tx

_BEFORE_TYPES = {
    "volumes": 10,
    "per_volume_gigabytes": UNLIMITED,
    "snapshots": 10,
    "gigabytes": 1000,
    "backups": 10,
    "backup_gigabytes": 1000,
}
_AFTER_TYPES = {"groups": 10}
_BY_TYPE = ("volumes", "gigabytes", "snapshots")
_size = sa.func.coalesce(volumes.c.extending_to, volumes.c.size)


def of_service(tx: Tx) -> Quotas:
    """The quotas that there are: those of types come and go with them."""
    defaults = dict(_BEFORE_TYPES)
    for name in reversed(types.names(tx).values()):
        defaults |= {f"{resource}_{name}": UNLIMITED for resource in _BY_TYPE}
    return Quotas(SERVICE, defaults | _AFTER_TYPES)


def usage(tx: Tx, project_id: str) -> dict[str, int]:
    """What a project uses of each quota."""
    rows = tx.all(
        sa.select(volumes.c.type_id, sa.func.count().label("number"), sa.func.sum(_size).label("size"))
        .where(volumes.c.project_id == project_id)
        .group_by(volumes.c.type_id)
    )
    kept = tx.all(
        sa.select(snapshots.c.type_id, sa.func.count().label("number"), sa.func.sum(snapshots.c.size).label("size"))
        .where(snapshots.c.project_id == project_id)
        .group_by(snapshots.c.type_id)
    )
    names = types.names(tx)
    used = dict.fromkeys(of_service(tx).defaults, 0)
    for row in rows:
        used["volumes"] += row.number
        used["gigabytes"] += row.size
        used[f"volumes_{names.get(row.type_id)}"] = row.number
        used[f"gigabytes_{names.get(row.type_id)}"] = row.size
    for row in kept:
        used["snapshots"] += row.number
        used["gigabytes"] += row.size
        used[f"snapshots_{names.get(row.type_id)}"] = row.number
        used[f"gigabytes_{names.get(row.type_id)}"] += row.size
    return used


def demand(tx: Tx, project_id: str, type_name: str, *, volumes: int, gigabytes: int, size: int) -> None:
    """Refuse `volumes` more volumes or `gigabytes` more GiB, or a volume of `size`, beyond a limit. Raises OverQuota."""
    quotas = of_service(tx)
    most = quotas.of(tx, project_id)["per_volume_gigabytes"]
    if 0 <= most < size:
        raise OverQuota(
            f"VolumeSizeExceedsLimit: Requested volume size {size}G is larger than maximum allowed limit {most}G."
        )
    _check(tx, project_id, _wanted("volumes", volumes, gigabytes, type_name))


def demand_snapshot(tx: Tx, project_id: str, type_name: str, gigabytes: int) -> None:
    """Refuse one more snapshot of so many GiB beyond a limit. Raises OverQuota."""
    _check(tx, project_id, _wanted("snapshots", 1, gigabytes, type_name))


def _wanted(what: str, number: int, gigabytes: int, type_name: str) -> dict[str, int]:
    return {
        "gigabytes": gigabytes,
        f"gigabytes_{type_name}": gigabytes,
        what: number,
        f"{what}_{type_name}": number,
    }


def _check(tx: Tx, project_id: str, wanted: dict[str, int]) -> None:
    quotas = of_service(tx)
    quotas.hold(tx, project_id)
    used = usage(tx, project_id)
    try:
        quotas.check(tx, project_id, wanted, lambda resource: used.get(resource, 0))
    except OverQuota as fault:
        raise OverQuota(_sentence(fault.about)) from None


def _sentence(over: Mapping[str, object]) -> str:
    name = str(over["resource"])
    if name.startswith("gigabytes"):
        return (
            f"VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed {name} quota. Requested "
            f"{over['requested']}G, quota is {over['limit']}G and {over['used']}G has been consumed."
        )
    if name.startswith("snapshots"):
        about = "" if name == "snapshots" else f" for quota '{name}'"
        return f"SnapshotLimitExceeded: Maximum number of snapshots allowed ({over['limit']}) exceeded{about}"
    return f"VolumeLimitExceeded: Maximum number of volumes allowed ({over['limit']}) exceeded for quota '{name}'."


def show(tx: Tx, caller: Caller, project_id: str) -> dict[str, int]:
    """A project's limits. Raises Forbidden."""
    policy.demand(SERVICE, "volume_extension:quotas:show", caller, {"project_id": project_id})
    return of_service(tx).of(tx, project_id)


def show_defaults(tx: Tx, caller: Caller, project_id: str) -> dict[str, int]:
    """The limits of a project that has none of its own. Raises Forbidden."""
    policy.demand(SERVICE, "volume_extension:quotas:show", caller, {"project_id": project_id})
    return of_service(tx).of(tx, CLASS_DEFAULT)


def update(tx: Tx, caller: Caller, project_id: str, amounts: Mapping[str, int]) -> dict[str, int]:
    """Give a project limits of its own. Raises Forbidden, Invalid for a quota that there is not."""
    policy.demand(SERVICE, "volume_extension:quotas:update", caller, {"project_id": project_id})
    return _set(tx, project_id, amounts, "quota set")


def reset(tx: Tx, caller: Caller, project_id: str) -> None:
    """Give a project the defaults. Raises Forbidden."""
    policy.demand(SERVICE, "volume_extension:quotas:delete", caller, {"project_id": project_id})
    of_service(tx).reset(tx, project_id)


def show_class(tx: Tx, caller: Caller, name: str) -> dict[str, int]:
    """The limits of a quota class; only `default` is anybody's. Raises Forbidden."""
    policy.demand(SERVICE, "volume_extension:quota_classes:get", caller, {})
    return of_service(tx).of(tx, class_key(name))


def update_class(tx: Tx, caller: Caller, name: str, amounts: Mapping[str, int]) -> dict[str, int]:
    """Set the limits of a quota class. Raises Forbidden, Invalid."""
    policy.demand(SERVICE, "volume_extension:quota_classes:update", caller, {})
    return _set(tx, class_key(name), amounts, "quota class set")


def must_be_known(tx: Tx, names: Iterable[str], what: str) -> None:
    """Raise Invalid for names of no quota; `what` they stand in."""
    unknown = sorted(set(names) - set(of_service(tx).defaults))
    if unknown:
        raise Invalid(f"Invalid input received: Bad key(s) in {what}: {', '.join(unknown)}")


def _set(tx: Tx, project_id: str, amounts: Mapping[str, int], what: str) -> dict[str, int]:
    must_be_known(tx, amounts, what)
    quotas = of_service(tx)
    quotas.set(tx, project_id, amounts)
    return quotas.of(tx, project_id)
