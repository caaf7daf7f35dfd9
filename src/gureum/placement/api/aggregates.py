"""Aggregates of providers."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import shown
from gureum.placement.service import aggregates
from gureum.placement.wire import aggregates as wire

routes = Routes(early=True, history=wire.HISTORY)

_PATH = "/resource_providers/{uuid}/aggregates"
_RULES = "placement:resource_providers:aggregates"


@routes.get(_PATH, f"{_RULES}:list", since=(1, 1))
def show(call: Call, uuid: str) -> Answer:
    """A provider's aggregates."""
    provider, found = aggregates.of_provider(call.tx, call.caller, uuid)
    return shown(call, wire.show(found, provider.generation))


@routes.put(_PATH, f"{_RULES}:update", body=wire.REPLACE_LIST, since=(1, 1), until=(1, 18))
def replace_unseen(call: Call, uuid: str, body: list[str]) -> Answer:
    """Put a provider into exactly these aggregates, whatever its generation."""
    provider, found = aggregates.replace(call.tx, call.caller, uuid, body, None)
    return shown(call, wire.show(found, provider.generation))


@routes.put(_PATH, f"{_RULES}:update", body=wire.REPLACE, since=(1, 19))
def replace(call: Call, uuid: str, body: dict[str, Any]) -> Answer:
    """Put a provider into exactly these aggregates."""
    wanted, generation = body["aggregates"], body["resource_provider_generation"]
    provider, found = aggregates.replace(call.tx, call.caller, uuid, wanted, generation)
    return shown(call, wire.show(found, provider.generation))
