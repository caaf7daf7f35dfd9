"""Traits."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import at, dated, nothing, shown
from gureum.placement.service import traits
from gureum.placement.wire import traits as wire

routes = Routes(early=True, since=(1, 6))

_ONE = "/traits/{name}"
_OF_PROVIDER = "/resource_providers/{uuid}/traits"
_RULES = "placement:resource_providers:traits"


@routes.get("/traits", "placement:traits:list", query=wire.LIST)
def index(call: Call) -> Answer:
    """The traits."""
    found = traits.everything(call.tx, call.caller, **wire.filters(call.query))
    return shown(call, wire.show(found), max(found.values(), default=None))


@routes.get(_ONE, "placement:traits:show", status=204)
def show(call: Call, name: str) -> Answer:
    """Whether there is a trait."""
    made = traits.get(call.tx, call.caller, name)
    return nothing(call, 204, *dated(call, made))


@routes.put(_ONE, "placement:traits:update", status=201)
def ensure(call: Call, name: str) -> Answer:
    """Make a custom trait."""
    new, made = traits.ensure(call.tx, call.caller, name)
    return nothing(call, 201 if new else 204, at(call, f"/traits/{name}"), *dated(call, made))


@routes.delete(_ONE, "placement:traits:delete")
def delete(call: Call, name: str) -> None:
    """Forget a custom trait."""
    traits.delete(call.tx, call.caller, name)


@routes.get(_OF_PROVIDER, f"{_RULES}:list")
def of_provider(call: Call, uuid: str) -> Answer:
    """A provider's traits."""
    provider, names = traits.of_provider(call.tx, call.caller, uuid)
    return shown(call, wire.show_of_provider(names, provider.generation), provider.updated_at)


@routes.put(_OF_PROVIDER, f"{_RULES}:update", body=wire.REPLACE)
def replace(call: Call, uuid: str, body: dict[str, Any]) -> Answer:
    """Give a provider exactly these traits."""
    generation = body["resource_provider_generation"]
    provider, names = traits.replace(call.tx, call.caller, uuid, body["traits"], generation)
    return shown(call, wire.show_of_provider(names, provider.generation), provider.updated_at)


@routes.delete(_OF_PROVIDER, f"{_RULES}:delete")
def clear(call: Call, uuid: str) -> None:
    """Take all traits from a provider."""
    traits.clear(call.tx, call.caller, uuid)
