"""Policy documents that other services keep here."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.service import allowed
from gureum.identity.store import stored_policies as store
from gureum.identity.store.listing import Listing
from gureum.identity.stored_policy import StoredPolicy
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_KNOWN = ("id", "type", "blob")


def search(tx: Tx, caller: Caller, listing: Listing) -> list[StoredPolicy]:
    """The policies that a list request means."""
    allowed.demand(caller, "list_policies")
    return store.search(tx, listing)


def get(tx: Tx, caller: Caller, id: str, rule: str = "get_policy") -> StoredPolicy:
    """A policy. Raises Forbidden, NotFound."""
    allowed.demand(caller, rule)
    found = store.find(tx, id)
    if found is None:
        raise NotFound(f"Could not find policy: {id}.")
    return found


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> StoredPolicy:
    """Keep a policy."""
    allowed.demand(caller, "create_policy")
    policy = StoredPolicy(new_hex(), asked["type"], asked["blob"], allowed.extra_of(asked, *_KNOWN))
    store.add(tx, policy)
    return policy


def update(tx: Tx, caller: Caller, id: str, asked: Mapping[str, Any]) -> StoredPolicy:
    """Change a policy; attributes that nobody declared are kept too. Raises Invalid for another id."""
    policy = get(tx, caller, id, "update_policy")
    if asked.get("id", id) != id:
        raise Invalid("Cannot change policy ID")
    changes = {name: asked[name] for name in ("type", "blob") if name in asked}
    store.change(tx, id, **changes, extra=policy.extra | allowed.extra_of(asked, *_KNOWN))
    return get(tx, caller, id, "update_policy")


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a policy."""
    get(tx, caller, id, "delete_policy")
    store.remove(tx, id)
