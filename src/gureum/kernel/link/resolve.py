"""What an ask needs at its delivery and must not keep in the outbox: metadata, keys, paths. Services say how to fill it in."""

from collections.abc import Callable
from typing import Any, TypeVar

from gureum.contracts.message import Message
from gureum.kernel.store.tx import Tx

M = TypeVar("M", bound=Message)

_resolvers: dict[type[Any], Callable[[Tx, Any], Any]] = {}


def resolver(kind: type[M], fill: Callable[[Tx, M], M]) -> None:
    """Have `fill` complete every message of this kind before it is sent."""
    _resolvers[kind] = fill


def resolved(tx: Tx, body: Message) -> Message:
    """The message as it is sent."""
    fill = _resolvers.get(type(body))
    return body if fill is None else fill(tx, body)
