"""Flavors: what sizes of servers there are, and for whom."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gureum.compute.flavor import Flavor
from gureum.compute.service import projects
from gureum.compute.store import flavor_lists
from gureum.compute.store import flavors as store
from gureum.compute.store.flavor_lists import FlavorList
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Invalid, NotFound
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx


def search(tx: Tx, caller: Caller, asked: FlavorList) -> list[Flavor]:
    """The flavors a caller asks for: only administrators see what is not for their project."""
    public = asked.public if caller.is_admin else True
    return flavor_lists.search(tx, replace(asked, public=public, project_id=caller.project_id))


def get(tx: Tx, caller: Caller, id: str) -> Flavor:
    """A flavor that the caller may use. Raises NotFound."""
    found = store.find_usable(tx, id, None if caller.is_admin else caller.project_id or "")
    if found is None:
        raise NotFound(f"Flavor {id} could not be found.", name="FlavorNotFound")
    return found


def create(tx: Tx, caller: Caller, flavor: Flavor) -> Flavor:
    """Keep a new flavor. Raises Conflict for an id or a name that is taken."""
    policy.demand("compute", "os_compute_api:os-flavor-manage:create", caller, {})
    if store.find(tx, flavor.id) is not None:
        raise Conflict(f"Flavor with ID {flavor.id} already exists.", name="FlavorIdExists")
    if store.find_by_name(tx, flavor.name) is not None:
        raise Conflict(f"Flavor with name {flavor.name} already exists.", name="FlavorExists")
    made = replace(flavor, created_at=clock.now())
    store.add(tx, made)
    return made


def describe(tx: Tx, caller: Caller, id: str, description: str | None) -> Flavor:
    """Change what a flavor is said to be."""
    policy.demand("compute", "os_compute_api:os-flavor-manage:update", caller, {})
    flavor = get(tx, caller, id)
    now = clock.now()
    store.change(tx, id, description=description, updated_at=now)
    return replace(flavor, description=description, updated_at=now)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a flavor; servers keep what they remember of it."""
    policy.demand("compute", "os_compute_api:os-flavor-manage:delete", caller, {})
    get(tx, caller, id)
    store.remove(tx, id)


def set_specs(tx: Tx, caller: Caller, id: str, specs: Mapping[str, Any], rule: str) -> None:
    """Add extra specs to a flavor, or change them. Numbers are kept as text."""
    policy.demand("compute", f"os_compute_api:os-flavor-extra-specs:{rule}", caller, {})
    flavor = get(tx, caller, id)
    for name in specs:
        if len(name) > 255:
            raise Invalid(f"The extra spec {name} is longer than 255 characters.")
    merged = flavor.extra_specs | {name: str(value) for name, value in specs.items()}
    store.change(tx, id, extra_specs=merged, updated_at=clock.now())


def spec_of(tx: Tx, caller: Caller, id: str, name: str) -> str:
    """One extra spec. Raises NotFound."""
    specs = get(tx, caller, id).extra_specs
    if name not in specs:
        raise NotFound(f"Flavor {id} has no extra specs with key {name}.", name="FlavorExtraSpecsNotFound")
    return specs[name]


def drop_spec(tx: Tx, caller: Caller, id: str, name: str) -> None:
    """Take an extra spec away. Raises NotFound."""
    policy.demand("compute", "os_compute_api:os-flavor-extra-specs:delete", caller, {})
    spec_of(tx, caller, id, name)
    specs = get(tx, caller, id).extra_specs
    kept = {key: value for key, value in specs.items() if key != name}
    store.change(tx, id, extra_specs=kept, updated_at=clock.now())


def access(tx: Tx, caller: Caller, id: str) -> list[str]:
    """The projects that may use a private flavor. Raises NotFound for a public one."""
    policy.demand("compute", "os_compute_api:os-flavor-access", caller, {})
    if get(tx, caller, id).is_public:
        raise NotFound("Access list not available for public flavors.")
    return flavor_lists.projects_of(tx, id)


def allow(tx: Tx, caller: Caller, id: str, project_id: str) -> list[str]:
    """Let a project use a private flavor. Raises Conflict for a public one, or where it may already."""
    policy.demand("compute", "os_compute_api:os-flavor-access:add_tenant_access", caller, {})
    projects.must_exist(tx, project_id)
    if get(tx, caller, id).is_public:
        raise Conflict("Can not add access to a public flavor.")
    if project_id in flavor_lists.projects_of(tx, id):
        raise Conflict(f"Flavor access already exists for flavor {id} and project {project_id} combination.")
    tx.insert(store.access, flavor_id=id, project_id=project_id)
    return flavor_lists.projects_of(tx, id)


def disallow(tx: Tx, caller: Caller, id: str, project_id: str) -> list[str]:
    """Take a private flavor from a project. Raises NotFound where it has none."""
    policy.demand("compute", "os_compute_api:os-flavor-access:remove_tenant_access", caller, {})
    get(tx, caller, id)
    if not tx.delete(store.access, flavor_id=id, project_id=project_id):
        raise NotFound(f"Flavor access not found for {id} / {project_id} combination.", name="FlavorAccessNotFound")
    return flavor_lists.projects_of(tx, id)
