"""Hosts with what is kept on them, what their storage can do, and extensions."""

import socket
from typing import Any

from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import hosts
from gureum.block_storage.wire import extensions
from gureum.block_storage.wire import hosts as wire
from gureum.kernel.faults import NotFound
from gureum.kernel.http import Call
from gureum.kernel.http.route import AUTHENTICATED

routes = ScopedRoutes()
_HOSTS = "volume_extension:hosts"


@routes.get("/os-hosts", _HOSTS)
def index(call: Call) -> dict[str, Any]:
    """The hosts of volumes, and the scheduler's."""
    shown = [wire.brief(one) for one in hosts.search(call.tx, call.caller)]
    shown.append(wire.scheduler(socket.gethostname()))
    service = call.one("service")
    return {"hosts": [one for one in shown if service in (None, "", one["service"])]}


@routes.get("/os-hosts/{id}", _HOSTS)
def show(call: Call, id: str) -> dict[str, Any]:
    """What is kept on a host, all together and by project."""
    kept = hosts.kept(call.tx, call.caller, id)
    return {"host": [{"resource": wire.resource(id, whose, amounts)} for whose, amounts in kept]}


@routes.get("/capabilities/{id}", "volume_extension:capabilities")
def capabilities(call: Call, id: str) -> dict[str, Any]:
    """What the storage of a host can do."""
    return wire.capabilities(hosts.with_capabilities(call.tx, call.caller, id))


@routes.get("/extensions", AUTHENTICATED)
def all_extensions(call: Call) -> dict[str, Any]:
    """What is served, by the names it had once."""
    return {"extensions": extensions.everything()}


@routes.get("/extensions/{id}", AUTHENTICATED)
def extension(call: Call, id: str) -> dict[str, Any]:
    """One of them."""
    found = extensions.show(id)
    if found is None:
        raise NotFound("The resource could not be found.")
    return {"extension": found}
