"""What projects may have and what they have: quotas, quota classes, limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from gureum.compute.service import projects
from gureum.compute.service.quotas import QUOTAS
from gureum.compute.store import server_groups, servers
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, Invalid
from gureum.kernel.policy import policy
from gureum.kernel.quota import CLASS_DEFAULT, UNLIMITED, class_key
from gureum.kernel.store.tx import Tx

_RULES = "os_compute_api:os-quota-sets"
_CLASS_RULES = "os_compute_api:os-quota-class-sets"


@dataclass(frozen=True, slots=True)
class Figure:
    """A limit and what is used of it."""

    limit: int
    in_use: int = 0


def show(tx: Tx, caller: Caller, project_id: str) -> dict[str, int]:
    """A project's limits. Raises Invalid for no project."""
    _demand(caller, "show", project_id)
    projects.must_exist(tx, project_id)
    return QUOTAS.of(tx, project_id)


def defaults(tx: Tx, caller: Caller, project_id: str) -> dict[str, int]:
    """The limits of projects that have none of their own."""
    _demand(caller, "defaults", project_id)
    projects.must_exist(tx, project_id)
    return QUOTAS.of(tx, CLASS_DEFAULT)


def detail(tx: Tx, caller: Caller, project_id: str) -> dict[str, Figure]:
    """A project's limits and what it uses of them."""
    _demand(caller, "detail", project_id)
    projects.must_exist(tx, project_id)
    return _figures(tx, project_id)


def update(tx: Tx, caller: Caller, project_id: str, wanted: Mapping[str, int], *, force: bool) -> dict[str, int]:
    """Give a project limits. Raises Invalid for one that is below what is used, unless forced."""
    _demand(caller, "update", project_id)
    projects.must_exist(tx, project_id)
    QUOTAS.hold(tx, project_id)
    if not force:
        used = _used(tx, project_id)
        for resource, amount in wanted.items():
            if amount != UNLIMITED and amount < used.get(resource, 0):
                raise Invalid(
                    f"Quota limit {amount} for {resource} must be greater than or equal to already used and reserved "
                    f"{used[resource]}."
                )
    QUOTAS.set(tx, project_id, wanted)
    return QUOTAS.of(tx, project_id)


def reset(tx: Tx, caller: Caller, project_id: str) -> None:
    """Give a project the defaults again."""
    _demand(caller, "delete", project_id)
    QUOTAS.reset(tx, project_id)


def show_class(tx: Tx, caller: Caller, name: str) -> dict[str, int]:
    """The limits of a quota class; only `default` is anybody's."""
    policy.demand("compute", f"{_CLASS_RULES}:show", caller, {})
    return QUOTAS.of(tx, class_key(name))


def update_class(tx: Tx, caller: Caller, name: str, wanted: Mapping[str, int]) -> dict[str, int]:
    """Change the limits of a quota class."""
    policy.demand("compute", f"{_CLASS_RULES}:update", caller, {})
    QUOTAS.set(tx, class_key(name), wanted)
    return QUOTAS.of(tx, class_key(name))


def of_caller(tx: Tx, caller: Caller, other: str | None) -> dict[str, Figure]:
    """The limits and usage of the caller's project, or of another. Raises Forbidden without a project."""
    if other is not None:
        policy.demand("compute", "os_compute_api:limits:other_project", caller, {})
    project_id = other or caller.project_id
    if project_id is None:
        raise Forbidden("Forbidden")
    return _figures(tx, project_id)


def _figures(tx: Tx, project_id: str) -> dict[str, Figure]:
    used = _used(tx, project_id)
    return {name: Figure(limit, used.get(name, 0)) for name, limit in QUOTAS.of(tx, project_id).items()}


def _used(tx: Tx, project_id: str) -> dict[str, int]:
    return servers.usage(tx, project_id) | {"server_groups": server_groups.count(tx, project_id)}


def _demand(caller: Caller, rule: str, project_id: str) -> None:
    target = {"project_id": project_id, "tenant_id": project_id}
    policy.demand("compute", f"{_RULES}:{rule}", caller, target)
