"""Volume types."""

from typing import Any

import sqlalchemy as sa

from gureum.block_storage.service.access import SERVICE
from gureum.block_storage.store import types as store
from gureum.block_storage.store.volumes import volumes
from gureum.block_storage.volume_type import DEFAULT, VolumeType
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.ids import is_uuid, new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx


def bootstrap(tx: Tx) -> None:
    """Make the default type where there is none."""
    if store.find_by_name(tx, DEFAULT) is None:
        store.add(tx, VolumeType(new_uuid(), DEFAULT, "Default Volume Type", True, clock.now()))


def default(tx: Tx) -> VolumeType:
    """The type of volumes that name none: the one called `__DEFAULT__`, or the oldest when that was renamed."""
    found = store.find_by_name(tx, DEFAULT)
    if found is None:
        row = tx.one(sa.select(store.types).order_by(store.types.c.created_at, store.types.c.id).limit(1))
        if row is None:
            raise NotFound("Default volume type can not be found.")
        found = store.from_row(row)
    return found


def for_volume(tx: Tx, caller: Caller, asked: str | None) -> VolumeType:
    """The type of a new volume, by id or name. Raises NotFound."""
    if not asked:
        return default(tx)
    found = store.find(tx, asked) if is_uuid(asked) else store.find_by_name(tx, asked)
    if found is None or not _sees(tx, caller, found):
        words = f"{asked}" if is_uuid(asked) else f"with name {asked}"
        raise NotFound(f"Volume type {words} could not be found.")
    return found


def get(tx: Tx, caller: Caller, id: str) -> VolumeType:
    """A type that the caller sees. Raises NotFound, Forbidden."""
    policy.demand(SERVICE, "volume_extension:type_get", caller)
    return _visible(tx, caller, id)


def show_default(tx: Tx, caller: Caller) -> VolumeType:
    """The default type. Raises Forbidden."""
    policy.demand(SERVICE, "volume_extension:type_get", caller)
    return default(tx)


def create(
    tx: Tx, caller: Caller, name: str, description: str | None, is_public: bool, specs: dict[str, str]
) -> VolumeType:
    """A new type. Raises Forbidden, Invalid, Conflict for a name that exists."""
    policy.demand(SERVICE, "volume_extension:type_create", caller)
    _free(tx, name)
    made = VolumeType(new_uuid(), name, description, is_public, clock.now(), extra_specs=specs)
    store.add(tx, made)
    return made


def update(tx: Tx, caller: Caller, id: str, values: dict[str, Any]) -> VolumeType:
    """Change name, description, is_public. Raises Forbidden, NotFound, Conflict."""
    policy.demand(SERVICE, "volume_extension:type_update", caller)
    present = store.get(tx, id)
    name = values.get("name")
    if name is not None and name != present.name:
        _free(tx, name)
    store.change(tx, id, **values)
    return store.get(tx, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a type. Raises Forbidden, NotFound, Invalid for one in use or the default one."""
    policy.demand(SERVICE, "volume_extension:type_delete", caller)
    found = store.get(tx, id)
    if found.id == default(tx).id:
        raise Invalid(f"The volume type {id} is a default volume type and cannot be deleted.")
    if _used(tx, id):
        raise Invalid("Target volume type is still in use.")
    store.remove(tx, id)


def specs(tx: Tx, caller: Caller, id: str, may: str = "index") -> dict[str, str]:
    """A type's extra specs, as far as the caller sees them. Raises Forbidden, NotFound."""
    policy.demand(SERVICE, f"volume_extension:types_extra_specs:{may}", caller)
    return seen_specs(caller, _visible(tx, caller, id))


def spec(tx: Tx, caller: Caller, id: str, key: str) -> str:
    """One extra spec. Raises Forbidden, NotFound."""
    found = specs(tx, caller, id, "show")
    if key not in found:
        raise _no_spec(id, key)
    return found[key]


def change_specs(tx: Tx, caller: Caller, id: str, values: dict[str, str], may: str) -> None:
    """Put extra specs beside those that are there. Raises Forbidden, NotFound, Invalid for a type in use."""
    policy.demand(SERVICE, f"volume_extension:types_extra_specs:{may}", caller)
    store.change(tx, id, extra_specs=_unused(tx, id).extra_specs | values)


def remove_spec(tx: Tx, caller: Caller, id: str, key: str) -> None:
    """Take one extra spec away. Raises Forbidden, NotFound, Invalid for a type in use."""
    policy.demand(SERVICE, "volume_extension:types_extra_specs:delete", caller)
    left = dict(_unused(tx, id).extra_specs)
    if left.pop(key, None) is None:
        raise _no_spec(id, key)
    store.change(tx, id, extra_specs=left)


def projects(tx: Tx, caller: Caller, id: str) -> list[str]:
    """The projects that see a private type. Raises Forbidden, NotFound for a public one."""
    policy.demand(SERVICE, "volume_extension:volume_type_access:get_all_for_type", caller)
    if store.get(tx, id).is_public:
        raise NotFound("Access list not available for public volume types.")
    return store.projects_of(tx, id)


def grant(tx: Tx, caller: Caller, id: str, project_id: str) -> None:
    """Let a project see a private type. Raises Forbidden, NotFound, Invalid, Conflict."""
    policy.demand(SERVICE, "volume_extension:volume_type_access:addProjectAccess", caller)
    _private(tx, id)
    if project_id in store.projects_of(tx, id):
        raise Conflict(f"Volume type access for {id} / {project_id} combination already exists.")
    store.grant(tx, id, project_id)


def revoke(tx: Tx, caller: Caller, id: str, project_id: str) -> None:
    """Hide a private type from a project again. Raises Forbidden, NotFound, Invalid."""
    policy.demand(SERVICE, "volume_extension:volume_type_access:removeProjectAccess", caller)
    _private(tx, id)
    if not store.revoke(tx, id, project_id):
        raise NotFound(f"Volume type access not found for {id} / {project_id} combination.")


def seen_specs(caller: Caller, kind: VolumeType) -> dict[str, str]:
    """The extra specs that a caller sees: users see only those that are said to be for them."""
    if policy.allows(SERVICE, "volume_extension:types_extra_specs:read_sensitive", caller):
        return kind.extra_specs
    open_to_users = ("RESKEY:availability_zones", "multiattach", "replication_enabled")
    return {key: value for key, value in kind.extra_specs.items() if key in open_to_users}


def _sees(tx: Tx, caller: Caller, kind: VolumeType) -> bool:
    return kind.is_public or caller.is_admin or caller.project_id in store.projects_of(tx, kind.id)


def _visible(tx: Tx, caller: Caller, id: str) -> VolumeType:
    found = store.get(tx, id)
    if not _sees(tx, caller, found):
        raise NotFound(f"Volume type {id} could not be found.")
    return found


def _free(tx: Tx, name: str) -> None:
    if store.find_by_name(tx, name) is not None:
        raise Conflict(f"Volume Type {name} already exists.")


def _used(tx: Tx, id: str) -> bool:
    return tx.one(sa.select(volumes.c.id).where(volumes.c.type_id == id).limit(1)) is not None


def _unused(tx: Tx, id: str) -> VolumeType:
    found = store.get(tx, id)
    if _used(tx, id):
        raise Invalid("Volume Type is currently in use.")
    return found


def _private(tx: Tx, id: str) -> None:
    if store.get(tx, id).is_public:
        raise Invalid("Invalid volume type: Type access modification is not applicable to public volume type.")


def _no_spec(id: str, key: str) -> NotFound:
    return NotFound(f"Volume Type {id} has no extra specs with key {key}.")
