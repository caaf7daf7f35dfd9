"""Projects as compute needs them: whether they are there."""

from gureum.identity.service import projects
from gureum.kernel.faults import Invalid
from gureum.kernel.store.tx import Tx


def must_exist(tx: Tx, project_id: str) -> None:
    """Raise Invalid for the id of no project."""
    if not projects.exists(tx, project_id):
        raise Invalid(f"Project ID {project_id} is not a valid project.")
