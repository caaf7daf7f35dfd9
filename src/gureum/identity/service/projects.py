"""Projects."""

from gureum.identity.project import Project
from gureum.identity.store import projects as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict
from gureum.kernel.ids import new_hex
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx


def get(tx: Tx, caller: Caller, id: str) -> Project:
    """A project. Raises NotFound, or Forbidden for one that the caller may not see."""
    found = store.find(tx, id)
    _demand("identity:get_project", caller, found)
    return store.get(tx, id)


def create(tx: Tx, caller: Caller, project: Project) -> Project:
    """Keep a new project. Raises Conflict for a name that its domain has already, NotFound for a domain that is not there."""
    _demand("identity:create_project", caller, project)
    store.get(tx, project.domain_id or "", domain=True)
    if store.find_by_name(tx, project.name, project.domain_id) is not None:
        raise Conflict(
            f"it is not permitted to have two projects with the same name in the same domain : {project.name}.",
            store="project",
        )
    store.add(tx, project)
    return project


def new(name: str, domain_id: str, **values: object) -> Project:
    """A project that is not kept yet, under its domain."""
    plain = {"is_domain": False, "enabled": True, "description": ""}
    return Project(id=new_hex(), name=name, domain_id=domain_id, parent_id=domain_id, **(plain | values))  # type: ignore[arg-type]


def _demand(rule: str, caller: Caller, project: Project | None) -> None:
    target = {} if project is None else {"target.project.domain_id": project.domain_id, "target.project.id": project.id}
    policy.demand("identity", rule, caller, target)
