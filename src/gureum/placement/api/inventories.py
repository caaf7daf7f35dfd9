"""Inventories."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import at, shown
from gureum.placement.service import inventories
from gureum.placement.wire import inventories as wire

routes = Routes(early=True, history=wire.HISTORY)

_RULES = "placement:resource_providers:inventories"
_ALL = "/resource_providers/{uuid}/inventories"
_ONE = "/resource_providers/{uuid}/inventories/{resource_class}"
_ALL_DELETED = (1, 5)


@routes.get(_ALL, f"{_RULES}:list")
def index(call: Call, uuid: str) -> Answer:
    """All that a provider has."""
    provider, found = inventories.everything(call.tx, call.caller, uuid)
    return shown(call, wire.show_all(found, provider.generation), provider.updated_at)


@routes.post(_ALL, f"{_RULES}:create", body=wire.CREATE)
def create(call: Call, uuid: str, body: dict[str, Any]) -> Answer:
    """Give a provider something more."""
    name, made = body["resource_class"], wire.read(body)
    reserved = body.get("all_reserved", True)
    provider = inventories.create(call.tx, call.caller, uuid, name, made, all_reserved=reserved)
    generation = {"resource_provider_generation": provider.generation}
    answer = shown(call, wire.show(made) | generation, provider.updated_at, 201)
    answer.headers.append(at(call, f"/resource_providers/{uuid}/inventories/{name}"))
    return answer


@routes.put(_ALL, f"{_RULES}:update", body=wire.REPLACE)
def replace(call: Call, uuid: str, body: dict[str, Any]) -> Answer:
    """Have a provider have exactly this."""
    wanted = wire.read_all(body["inventories"])
    generation, reserved = body["resource_provider_generation"], body.get("all_reserved", True)
    provider = inventories.replace_all(call.tx, call.caller, uuid, wanted, generation, all_reserved=reserved)
    return shown(call, wire.show_all(wanted, provider.generation), provider.updated_at)


@routes.delete(_ALL, f"{_RULES}:delete")
def delete_all(call: Call, uuid: str) -> None:
    """Take everything from a provider."""
    inventories.delete_all(call.tx, call.caller, uuid, known=call.version >= _ALL_DELETED)


@routes.get(_ONE, f"{_RULES}:show")
def show(call: Call, uuid: str, resource_class: str) -> Answer:
    """What a provider has of a class."""
    provider, found = inventories.get(call.tx, call.caller, uuid, resource_class)
    generation = {"resource_provider_generation": provider.generation}
    return shown(call, wire.show(found) | generation, provider.updated_at)


@routes.put(_ONE, f"{_RULES}:update", body=wire.UPDATE)
def update(call: Call, uuid: str, resource_class: str, body: dict[str, Any]) -> Answer:
    """Change what a provider has of a class."""
    wanted, reserved = wire.read(body), body.get("all_reserved", True)
    generation = body["resource_provider_generation"]
    provider = inventories.update(call.tx, call.caller, uuid, resource_class, wanted, generation, all_reserved=reserved)
    shown_too = {"resource_provider_generation": provider.generation}
    return shown(call, wire.show(wanted) | shown_too, provider.updated_at)


@routes.delete(_ONE, f"{_RULES}:delete")
def delete(call: Call, uuid: str, resource_class: str) -> None:
    """Take a class from a provider."""
    inventories.delete(call.tx, call.caller, uuid, resource_class)
