"""Allocations."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import shown
from gureum.placement.service import allocations
from gureum.placement.wire import allocations as wire

routes = Routes(early=True)

_ONE = "/allocations/{consumer}"


@routes.get(_ONE, "placement:allocations:list", history=wire.HISTORY)
def show(call: Call, consumer: str) -> Answer:
    """What a consumer holds."""
    found, held, generations = allocations.of_consumer(call.tx, call.caller, consumer)
    return shown(call, wire.show(found, held, generations), found.updated_at if found else None)


@routes.put(_ONE, "placement:allocations:update", body=wire.REPLACE, history=wire.HISTORY, status=204)
def replace(call: Call, consumer: str, body: dict[str, Any]) -> None:
    """Have a consumer hold something instead."""
    allocations.replace(call.tx, call.caller, wire.read(consumer, body))


@routes.delete(_ONE, "placement:allocations:delete")
def delete(call: Call, consumer: str) -> None:
    """Give back all that a consumer holds."""
    allocations.delete(call.tx, call.caller, consumer)


@routes.post(
    "/allocations",
    "placement:allocations:manage",
    body=wire.REPLACE_SEVERAL,
    history=wire.SEVERAL,
    status=204,
    since=(1, 13),
)
def replace_several(call: Call, body: dict[str, Any]) -> None:
    """Have several consumers hold something instead."""
    allocations.replace_several(call.tx, call.caller, [wire.read(one, asked) for one, asked in body.items()])


@routes.get(
    "/resource_providers/{uuid}/allocations",
    "placement:resource_providers:allocations:list",
    history=wire.OF_PROVIDER,
)
def of_provider(call: Call, uuid: str) -> Answer:
    """What is held of a provider."""
    provider, held = allocations.of_provider(call.tx, call.caller, uuid)
    latest = max((consumer.updated_at for consumer, _, _ in held), default=None)
    return shown(call, wire.show_of_provider(held, provider.generation), latest)
