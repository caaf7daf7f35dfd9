"""Tags on resources."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.store.tx import Tx
from gureum.network.network import Network
from gureum.network.port import Port
from gureum.network.service import access, floating_ips, networks, ports, routers, security_groups, subnets
from gureum.network.store import floating_ips as floating_store
from gureum.network.store import networks as network_store
from gureum.network.store import ports as port_store
from gureum.network.store import routers as router_store
from gureum.network.store import security_groups as group_store
from gureum.network.store import subnets as subnet_store
from gureum.network.subnet import Subnet


class _Tagged(Protocol):
    @property
    def tags(self) -> list[str]: ...
    @property
    def project_id(self) -> str: ...
    @property
    def revision_number(self) -> int: ...


@dataclass(frozen=True)
class _Kind:
    member: str
    get: Callable[[Tx, Caller, str], _Tagged]
    change: Callable[..., None]
    network: Callable[[Tx, Any], Network | None] = lambda _tx, _thing: None
    """The network that rules about it look at."""


def _own_network(tx: Tx, thing: Subnet | Port) -> Network:
    return network_store.get(tx, thing.network_id)


def _subnet(tx: Tx, caller: Caller, id: str) -> _Tagged:
    return subnets.get(tx, caller, id)[0]


KINDS = {
    "networks": _Kind("network", networks.get, network_store.change, lambda _tx, network: network),
    "subnets": _Kind("subnet", _subnet, subnet_store.change, _own_network),
    "ports": _Kind("port", ports.get, port_store.change, _own_network),
    "routers": _Kind("router", routers.get, router_store.change),
    "floatingips": _Kind("floatingip", floating_ips.get, floating_store.change),
    "security-groups": _Kind("security_group", security_groups.get, group_store.change),
}
"""What can be tagged, by collection."""


def _found(tx: Tx, caller: Caller, kind: _Kind, id: str, verb: str) -> _Tagged:
    access.must_be_in_scope(caller, f"{verb}_{kind.member}:tags")
    resource = kind.get(tx, caller, id)
    target: dict[str, Any] = {"project_id": resource.project_id, "tenant_id": resource.project_id}
    network = kind.network(tx, resource)
    if network is not None:
        around = {"shared": network.shared, "router:external": network.external}
        target |= around | {"network:project_id": network.project_id}
    access.demand(caller, f"{verb}_{kind.member}:tags", target)
    return resource


def of(tx: Tx, caller: Caller, collection: str, id: str) -> list[str]:
    """A resource's tags. Raises NotFound, Forbidden."""
    return _found(tx, caller, KINDS[collection], id, "get").tags


def check(tx: Tx, caller: Caller, collection: str, id: str, tag: str) -> None:
    """Raise NotFound unless a resource has a tag."""
    if tag not in of(tx, caller, collection, id):
        raise NotFound(f"Tag {tag} could not be found.", name="TagNotFound")


def replace(tx: Tx, caller: Caller, collection: str, id: str, tags: Sequence[str]) -> list[str]:
    """Give a resource exactly these tags."""
    kind = KINDS[collection]
    _found(tx, caller, kind, id, "update")
    return _give(tx, kind, id, tags)


def add(tx: Tx, caller: Caller, collection: str, id: str, tags: Sequence[str], *, verb: str = "create") -> list[str]:
    """Give a resource tags besides those it has; `verb` names the rule that is asked."""
    kind = KINDS[collection]
    return _give(tx, kind, id, [*_found(tx, caller, kind, id, verb).tags, *tags])


def _give(tx: Tx, kind: _Kind, id: str, tags: Sequence[str]) -> list[str]:
    fresh = list(dict.fromkeys(tags))
    kind.change(tx, id, tags=fresh)
    return fresh


def remove(tx: Tx, caller: Caller, collection: str, id: str, tag: str | None = None) -> None:
    """Take a tag from a resource, all for None. Raises NotFound for a tag that it has not."""
    kind = KINDS[collection]
    resource = _found(tx, caller, kind, id, "delete")
    if tag is not None and tag not in resource.tags:
        raise NotFound(f"Tag {tag} could not be found.", name="TagNotFound")
    kind.change(tx, id, tags=[] if tag is None else [one for one in resource.tags if one != tag])
