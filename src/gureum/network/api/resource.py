"""The operations that all resources have: list, create (one or many), show, update, delete, each with revisions checked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, PreconditionFailed
from gureum.kernel.http import Answer, Call, Routes
from gureum.kernel.http.route import TxKind
from gureum.kernel.store.tx import Tx
from gureum.network.service.listing import Query
from gureum.network.wire import query
from gureum.network.wire.body import Body

_IF_MATCH = re.compile(r"revision_number=([0-9]{1,999})\Z")

Shown = dict[str, Any]


class Revised(Protocol):
    """Anything with a revision."""

    @property
    def revision_number(self) -> int: ...


@dataclass(frozen=True)
class Resource:
    """One resource of the API. Everything but `path` and `body` is a call of the door and the rendering of what it says."""

    path: str
    body: Body
    items: Callable[[Call, Query], list[Shown]]
    show: Callable[[Call, str], Shown]
    create: Callable[[Call, Mapping[str, Any], Mapping[str, Any]], Shown]
    update: Callable[[Call, str, Mapping[str, Any]], Shown]
    delete: Callable[[Tx, Caller, str], None]
    create_many: Callable[[Call, Sequence[Mapping[str, Any]]], list[Shown]] | None = None
    """Where a list of creations is more than one after the other."""
    update_rule: str | None = None
    """The rule of PUT, where it is not named after the resource."""

    def create_all(self, call: Call, asked: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[Shown]:
        """Several at once, all or none."""
        if self.create_many is not None:
            return self.create_many(call, [values for values, _ in asked])
        return [self.create(call, values, given) for values, given in asked]


def check_revision(call: Call, revision: int) -> None:
    """Raise PreconditionFailed when the request insists on another revision (`If-Match: revision_number=N`)."""
    wanted = call.headers.get("if-match")
    if wanted is None:
        return
    found = _IF_MATCH.match(wanted.strip())
    if found is None:
        raise Invalid("Invalid input for operation: Invalid If-Match header.", name="InvalidInput")
    if int(found.group(1)) != revision:
        raise PreconditionFailed(
            f"Constrained to {found.group(1)}, but current revision is {revision}",
            name="RevisionNumberConstraintFailed",
        )


def no_body(call: Call) -> None:
    """Raise Invalid for a DELETE that says something."""
    if call.raw:
        raise Invalid("Request body is not supported in DELETE.", name="HTTPBadRequest")


def add_routes(routes: Routes, resource: Resource, *, list_writes: bool = False) -> None:
    """Register a resource's operations. `list_writes`: its list may have to make something first, so it opens its own."""
    member, collection, path = resource.body.member, resource.body.collection, resource.path

    def items(call: Call) -> Shown:
        asked = query.read(call)
        return query.page(call, asked, collection, resource.items(call, asked))

    def create(call: Call) -> Answer:
        asked, many = resource.body.creations(call.raw, call.caller)
        if many:
            shown = resource.create_all(call, [(one.values, one.given) for one in asked])
            return Answer(201, {collection: shown})
        return Answer(201, {member: resource.create(call, asked[0].values, asked[0].given)})

    def show(call: Call, id: str) -> Shown:
        return {member: query.only(call, resource.show(call, id))}

    def update(call: Call, id: str) -> Shown:
        values = resource.body.change(call.raw)
        check_revision(call, resource.show(call, id)["revision_number"])
        return {member: resource.update(call, id, values)}

    def delete(call: Call, id: str) -> None:
        no_body(call)
        if "if-match" in call.headers:
            check_revision(call, resource.show(call, id)["revision_number"])
        resource.delete(call.tx, call.caller, id)

    routes.get(path, f"get_{member}", **({"tx": TxKind.OWN} if list_writes else {}))(items)
    routes.post(path, f"create_{member}", raw=True)(create)
    routes.get(f"{path}/{{id}}", f"get_{member}")(show)
    routes.put(f"{path}/{{id}}", resource.update_rule or f"update_{member}", raw=True)(update)
    routes.delete(f"{path}/{{id}}", f"delete_{member}")(delete)
