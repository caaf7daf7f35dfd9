"""Resource classes."""

from typing import Any

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import at, nothing, root, shown
from gureum.placement.service import resource_classes as classes
from gureum.placement.wire import resource_classes as wire

routes = Routes(early=True)

_RULES = "placement:resource_classes"
_ALL = "/resource_classes"
_ONE = "/resource_classes/{name}"


@routes.get(_ALL, f"{_RULES}:list", since=(1, 2))
def index(call: Call) -> Answer:
    """The classes."""
    found = classes.everything(call.tx, call.caller)
    shown_all = [wire.show(name, root(call)) for name in found]
    return shown(call, {"resource_classes": shown_all}, max(found.values()))


@routes.post(_ALL, f"{_RULES}:create", body=wire.CREATE, since=(1, 2))
def create(call: Call, body: dict[str, Any]) -> Answer:
    """Make a custom class."""
    classes.create(call.tx, call.caller, body["name"])
    return nothing(call, 201, at(call, f"{_ALL}/{body['name']}"))


@routes.get(_ONE, f"{_RULES}:show", since=(1, 2))
def show(call: Call, name: str) -> Answer:
    """A class."""
    made = classes.get(call.tx, call.caller, name)
    return shown(call, wire.show(name, root(call)), made)


@routes.put(_ONE, f"{_RULES}:update", body=wire.CREATE, since=(1, 2), until=(1, 6))
def rename(call: Call, name: str, body: dict[str, Any]) -> Answer:
    """Give a custom class another name."""
    classes.rename(call.tx, call.caller, name, body["name"])
    return shown(call, wire.show(body["name"], root(call)))


@routes.put(_ONE, f"{_RULES}:update", since=(1, 7))
def ensure(call: Call, name: str) -> Answer:
    """Make a custom class, unless it is there."""
    wire.CREATE.check({"name": name}, call.version)
    new = classes.ensure(call.tx, call.caller, name)
    return nothing(call, 201 if new else 204, at(call, f"{_ALL}/{name}"))


@routes.delete(_ONE, f"{_RULES}:delete", since=(1, 2))
def delete(call: Call, name: str) -> None:
    """Forget a custom class."""
    classes.delete(call.tx, call.caller, name)
