"""Role assignments on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gureum.identity.role import Assignment, Found

Name = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called, by kind and id: what is added to each id where a list asks for names."""

    known: Mapping[tuple[str, str], Name] = field(default_factory=dict[tuple[str, str], Name])

    def of(self, kind: str, id: str) -> dict[str, Any]:
        """The id, and the name and domain where they are known."""
        return {"id": id} | self.known.get((kind, id), {})


def show(found: Found, base_url: str, names: Names) -> dict[str, Any]:
    """An assignment as it is shown."""
    one, given = found.assignment, found.given
    links = {"assignment": f"{base_url}/v3{_path(given)}"}
    if found.group_id is not None:
        links["membership"] = f"{base_url}/v3/groups/{found.group_id}/users/{one.actor_id}"
    if found.prior_role_id is not None:
        links["prior_role"] = f"{base_url}/v3/prior_role/{one.role_id}/implies/{found.prior_role_id}"
    return {
        "links": links,
        "scope": _scope(one, names),
        one.actor_kind: names.of(one.actor_kind, one.actor_id),
        "role": names.of("role", one.role_id),
    }


def _scope(one: Assignment, names: Names) -> dict[str, Any]:
    scope: dict[str, Any] = {"system": {"all": True}}
    if one.target_kind != "system":
        scope = {one.target_kind: names.of(one.target_kind, one.target_id)}
    if one.inherited:
        scope["OS-INHERIT:inherited_to"] = "projects"
    return scope


def _path(one: Assignment) -> str:
    place = "/system" if one.target_kind == "system" else f"/{one.target_kind}s/{one.target_id}"
    path = f"{place}/{one.actor_kind}s/{one.actor_id}/roles/{one.role_id}"
    return f"/OS-INHERIT{path}/inherited_to_projects" if one.inherited else path
