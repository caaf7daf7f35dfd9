"""Resource providers."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import at, nothing, root, shown
from gureum.placement.provider import Provider
from gureum.placement.service import resource_providers as providers
from gureum.placement.wire import providers as wire

routes = Routes(early=True, history=wire.HISTORY)

_RULES = "placement:resource_providers"
_ALL = "/resource_providers"
_ONE = "/resource_providers/{uuid}"


@routes.get(_ALL, f"{_RULES}:list", query=wire.LIST)
def index(call: Call) -> Answer:
    """The providers."""
    found = providers.search(call.tx, call.caller, wire.filters(call.query, call.version))
    latest = max((one.updated_at for one in found), default=None)
    return shown(call, {"resource_providers": [wire.show(one, root(call)) for one in found]}, latest)


@routes.post(_ALL, f"{_RULES}:create", body=wire.CREATE, until=(1, 19))
def create_silently(call: Call, body: dict[str, Any]) -> Answer:
    """Make a provider, and say where it is."""
    made = _create(call, body)
    return nothing(call, 201, at(call, f"{_ALL}/{made.uuid}"))


@routes.post(_ALL, f"{_RULES}:create", body=wire.CREATE, since=(1, 20))
def create(call: Call, body: dict[str, Any]) -> Answer:
    """Make a provider."""
    made = _create(call, body)
    answer = shown(call, wire.show(made, root(call)), made.updated_at)
    answer.headers.append(at(call, f"{_ALL}/{made.uuid}"))
    return answer


def _create(call: Call, body: dict[str, Any]) -> Provider:
    wanted = {"uuid": body.get("uuid"), "parent": body.get("parent_provider_uuid")}
    return providers.create(call.tx, call.caller, body["name"], **wanted)


@routes.get(_ONE, f"{_RULES}:show")
def show(call: Call, uuid: str) -> Answer:
    """A provider."""
    found = providers.get(call.tx, call.caller, uuid)
    return shown(call, wire.show(found, root(call)), found.updated_at)


@routes.put(_ONE, f"{_RULES}:update", body=wire.UPDATE)
def update(call: Call, uuid: str, body: dict[str, Any]) -> Answer:
    """Rename a provider or put it under another."""
    found = providers.update(
        call.tx,
        call.caller,
        uuid,
        body["name"],
        body.get("parent_provider_uuid"),
        moves="parent_provider_uuid" in body,
        may_move=body.get("may_move", True),
    )
    return shown(call, wire.show(found, root(call)), found.updated_at)


@routes.delete(_ONE, f"{_RULES}:delete")
def delete(call: Call, uuid: str) -> None:
    """Forget a provider."""
    providers.delete(call.tx, call.caller, uuid)
