"""Hosts of volumes on the wire."""

from typing import Any

from gureum import __version__
from gureum.block_storage.pool import Pool
from gureum.block_storage.service.hosts import Kept
from gureum.block_storage.service.volumes import ZONE
from gureum.kernel import clock
from gureum.kernel.clock import iso_micros

VENDOR, PROTOCOL = "gureum", "file"


def brief(pool: Pool) -> dict[str, Any]:
    """A pool as a host."""
    return {
        "host_name": pool.host,
        "service": "cinder-volume",
        "zone": ZONE,
        "service-status": "available" if pool.up else "unavailable",
        "service-state": "disabled" if pool.disabled else "enabled",
        "last-update": iso_micros(clock.now() if pool.up else pool.changed_at),
    }


def scheduler(host: str) -> dict[str, Any]:
    """The host of what places volumes."""
    return {
        "host_name": host,
        "service": "cinder-scheduler",
        "zone": ZONE,
        "service-status": "available",
        "service-state": "enabled",
        "last-update": iso_micros(clock.now()),
    }


def resource(host: str, whose: str, kept: Kept) -> dict[str, Any]:
    """What somebody keeps on a host. Numbers are text here."""
    return {
        "host": host,
        "project": whose,
        "volume_count": str(kept.volumes),
        "total_volume_gb": str(kept.volume_gib),
        "snapshot_count": str(kept.snapshots),
        "total_snapshot_gb": str(kept.snapshot_gib),
    }


def capabilities(pool: Pool) -> dict[str, Any]:
    """What the storage behind a pool can do."""
    return {
        "namespace": f"OS::Storage::Capabilities::{pool.host}",
        "vendor_name": VENDOR,
        "volume_backend_name": pool.backend,
        "pool_name": pool.name,
        "driver_version": __version__,
        "storage_protocol": PROTOCOL,
        "display_name": None,
        "description": None,
        "visibility": None,
        "replication_targets": [],
        "properties": {
            "thin_provisioning": {
                "title": "Thin Provisioning",
                "description": "Volumes take the space that is written.",
                "type": "boolean",
            },
        },
    }
