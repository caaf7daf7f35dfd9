"""Quotas and limits on the wire."""

from collections.abc import Mapping
from typing import Any

from gureum.block_storage.wire.schemas import always, wrapped
from gureum.kernel.faults import Invalid

UPDATE = always(wrapped("quota_set", {"type": "object", "minProperties": 1}))
UPDATE_CLASS = always(wrapped("quota_class_set", {"type": "object", "minProperties": 1}))
_MOST = 2**31 - 1


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a request says of quotas."""
    return {name: value for name, value in body.items() if name not in ("tenant_id", "skip_validation")}


def amounts(asked: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of a request. Raises Invalid."""
    return {name: _amount(name, value) for name, value in asked.items()}


def _amount(name: str, value: Any) -> int:
    try:
        if isinstance(value, bool | float):
            raise ValueError
        number = int(value)
    except (ValueError, TypeError):
        raise Invalid(f"{name} must be an integer") from None
    if number < -1:
        raise Invalid(f"{name} must be >= -1")
    if number > _MOST:
        raise Invalid(f"{name} must be <= {_MOST}")
    return number


def with_usage(limits: Mapping[str, int], used: Mapping[str, int]) -> dict[str, Any]:
    """Limits beside what is used of them."""
    return {name: {"limit": limit, "in_use": used.get(name, 0), "reserved": 0} for name, limit in limits.items()}


def absolute(limits: Mapping[str, int], used: Mapping[str, int]) -> dict[str, int]:
    """The limits that clients ask for as such."""
    return {
        "maxTotalVolumes": limits["volumes"],
        "maxTotalSnapshots": limits["snapshots"],
        "maxTotalVolumeGigabytes": limits["gigabytes"],
        "maxTotalBackups": limits["backups"],
        "maxTotalBackupGigabytes": limits["backup_gigabytes"],
        "totalVolumesUsed": used["volumes"],
        "totalGigabytesUsed": used["gigabytes"],
        "totalSnapshotsUsed": used["snapshots"],
        "totalBackupsUsed": used["backups"],
        "totalBackupGigabytesUsed": used["backup_gigabytes"],
    }
