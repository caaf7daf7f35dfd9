"""Extensions: what parts of the API went by before there were microversions, as far as they are served."""

from typing import Any

_SERVED = {
    "capabilities": ("Capabilities", "What the storage of a host can do."),
    "os-admin-actions": ("AdminActions", "States are reset and deletes forced."),
    "os-availability-zone": ("AvailabilityZones", "Availability zones."),
    "os-extended-snapshot-attributes": ("ExtendedSnapshotAttributes", "Snapshots tell project and progress."),
    "os-hosts": ("Hosts", "Hosts with what is kept on them."),
    "os-quota-class-sets": ("QuotaClasses", "The limits that projects begin with."),
    "os-quota-sets": ("Quotas", "Limits of projects."),
    "os-services": ("Services", "The processes that keep volumes."),
    "os-snapshot-actions": ("SnapshotActions", "What is done to snapshots."),
    "os-types-extra-specs": ("TypesExtraSpecs", "Extra specs of volume types."),
    "os-types-manage": ("TypesManage", "Volume types are made and deleted."),
    "os-used-limits": ("UsedLimits", "Limits with what is used of them."),
    "os-vol-host-attr": ("VolumeHostAttribute", "Volumes tell administrators their host."),
    "os-vol-image-meta": ("VolumeImageMetadata", "Volumes tell what came with their image."),
    "os-vol-tenant-attr": ("VolumeTenantAttribute", "Volumes tell their project."),
    "os-volume-actions": ("VolumeActions", "What is done to volumes."),
    "os-volume-type-access": ("VolumeTypeAccess", "Volume types for some projects only."),
    "scheduler-stats": ("Scheduler_stats", "Pools with their space."),
}


def show(alias: str) -> dict[str, Any] | None:
    """An extension; None for what is none here."""
    if alias not in _SERVED:
        return None
    name, description = _SERVED[alias]
    return {
        "name": name,
        "alias": alias,
        "description": description,
        "updated": "2014-12-03T00:00:00+00:00",
        "links": [],
    }


def everything() -> list[dict[str, Any]]:
    """All of them."""
    return [shown for alias in sorted(_SERVED) if (shown := show(alias)) is not None]
