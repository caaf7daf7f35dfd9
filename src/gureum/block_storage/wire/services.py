"""Services and pools on the wire."""

from collections.abc import Sequence
from typing import Any

from gureum import __version__
from gureum.block_storage.pool import Pool
from gureum.block_storage.service.volumes import ZONE
from gureum.block_storage.wire.hosts import PROTOCOL, VENDOR
from gureum.block_storage.wire.schemas import NAME_255, Schema, always, closed
from gureum.kernel import clock
from gureum.kernel.clock import Micros, iso_micros
from gureum.kernel.http import Change, History

_HOST: Schema = {"type": ["string", "null"], "minLength": 1, "maxLength": 255}
_TARGET: dict[str, Schema] = {
    "binary": NAME_255,
    "service": NAME_255,
    "host": _HOST,
    "cluster": {"type": ["string", "null"], "minLength": 0, "maxLength": 255},
}
_EITHER = {"anyOf": [{"required": ["binary"]}, {"required": ["service"]}]}
SWITCH = always(closed(_TARGET) | _EITHER)
SWITCH_WITH_REASON = always(closed(_TARGET | {"disabled_reason": NAME_255}) | _EITHER)

HISTORY = History(
    "service",
    "services",
    [
        Change((3, 7), "services may belong to a cluster", shows=frozenset({"cluster"})),
        Change((3, 49), "the state of the storage behind a service is shown", shows=frozenset({"backend_state"})),
    ],
)


def show(pool: Pool) -> dict[str, Any]:
    """A pool as the service that upstream would run for it."""
    return {
        "binary": "cinder-volume",
        "host": pool.host,
        "zone": ZONE,
        "status": "disabled" if pool.disabled else "enabled",
        "state": "up" if pool.up else "down",
        "updated_at": iso_micros(_seen(pool.up, pool.changed_at)),
        "backend_state": "up" if pool.up else "down",
        "cluster": None,
        "disabled_reason": pool.disabled_reason,
        "replication_status": "disabled",
        "active_backend_id": None,
        "frozen": False,
    }


def show_scheduler(host: str) -> dict[str, Any]:
    """The part of the control plane that places volumes."""
    return {
        "binary": "cinder-scheduler",
        "host": host,
        "zone": ZONE,
        "status": "enabled",
        "state": "up",
        "updated_at": iso_micros(clock.now()),
        "cluster": None,
        "disabled_reason": None,
    }


def _seen(up: bool, changed_at: Micros) -> Micros:
    """Whoever is connected is heard all the time."""
    return clock.now() if up else changed_at


def show_pools(pools: Sequence[Pool], *, detail: bool) -> list[dict[str, Any]]:
    """Pools, with their space where detail is asked for."""
    return [_pool(one, detail) for one in pools]


def _pool(pool: Pool, detail: bool) -> dict[str, Any]:
    name: dict[str, Any] = {"name": f"{pool.host}#{pool.name}"}
    if not detail:
        return name
    capabilities = {
        "volume_backend_name": pool.backend,
        "pool_name": pool.name,
        "vendor_name": VENDOR,
        "driver_version": __version__,
        "storage_protocol": PROTOCOL,
        "QoS_support": False,
        "filter_function": None,
        "goodness_function": None,
        "total_capacity_gb": pool.total_gib,
        "free_capacity_gb": pool.free_gib,
        "allocated_capacity_gb": max(0, round(pool.total_gib - pool.free_gib)),
        "reserved_percentage": 0,
        "multiattach": True,
        "backend_state": "up" if pool.up else "down",
        "timestamp": iso_micros(pool.changed_at),
    }
    return name | {"capabilities": capabilities}
