"""Roles of users and groups on projects, domains and the system: the same operations on ten paths."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gureum.identity.api import lists
from gureum.identity.role import ActorKind, Assignment, TargetKind
from gureum.identity.service import grants
from gureum.identity.wire import roles as wire
from gureum.kernel.http import Answer, Call, Routes, no_content

routes = Routes(most_bytes=lists.MOST_BYTES)


@dataclass(frozen=True)
class _Place:
    """One kind of path: roles of users or groups, on projects, domains or the system, on the thing itself or below it."""

    target: TargetKind
    actor: ActorKind
    inherited: bool = False

    @property
    def path(self) -> str:
        """The path of the list of roles."""
        thing = "system" if self.target == "system" else f"{self.target}s/{{{self.target}_id}}"
        below = "/OS-INHERIT" if self.inherited else ""
        return f"/v3{below}/{thing}/{self.actor}s/{{{self.actor}_id}}/roles"

    def rule(self, verb: str) -> str:
        """The name of the rule."""
        several = "s" if verb == "list" else ""
        if self.target == "system":
            return f"identity:{verb}_system_grant{several}_for_{self.actor}"
        return f"identity:{verb}_grant{several}"

    def named(self, ids: tuple[str, ...]) -> tuple[tuple[ActorKind, str], tuple[TargetKind, str]]:
        """Actor and target of a request's path parameters."""
        if self.target == "system":
            return (self.actor, ids[0]), ("system", grants.SYSTEM_ID)
        return (self.actor, ids[1]), (self.target, ids[0])

    def assignment(self, ids: tuple[str, ...]) -> Assignment:
        """The assignment that a request's path parameters name."""
        actor, target = self.named(ids)
        return Assignment(*actor, *target, role_id=ids[-1], inherited=self.inherited)


def _add(place: _Place) -> None:
    ending = "/inherited_to_projects" if place.inherited else ""
    one = f"{place.path}/{{role_id}}{ending}"

    def index(call: Call, *ids: str) -> dict[str, Any]:
        actor, target = place.named(ids)
        found = grants.given(call.tx, call.caller, actor, target, place.inherited)
        return lists.render(call, "roles", [wire.show(role, call.base_url) for role in found])

    def doing(verb: Callable[..., None]) -> Callable[..., Answer]:
        def handler(call: Call, *ids: str) -> Answer:
            verb(call.tx, call.caller, place.assignment(ids))
            return no_content()

        return handler

    if not (place.inherited and place.target == "project"):
        routes.get(f"{place.path}{ending}", place.rule("list"))(index)
    routes.put(one, place.rule("create"))(doing(grants.grant))
    routes.get(one, place.rule("check"))(doing(grants.check))
    routes.delete(one, place.rule("revoke"))(doing(grants.revoke))


for _actor in ("user", "group"):
    _add(_Place("project", _actor))
    _add(_Place("domain", _actor))
    _add(_Place("project", _actor, inherited=True))
    _add(_Place("domain", _actor, inherited=True))
    _add(_Place("system", _actor))
