"""Credentials that users keep, and EC2 keys, which are credentials of the type `ec2`."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gureum.identity.credential import EC2, Credential
from gureum.identity.service import allowed
from gureum.identity.store import credentials as store
from gureum.identity.store import projects, users
from gureum.identity.store.listing import EVERYTHING, Listing
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound
from gureum.kernel.ids import new_hex
from gureum.kernel.store.tx import Tx

_KNOWN = ("user_id", "project_id", "type", "blob")


def get(tx: Tx, caller: Caller, id: str) -> Credential:
    """A credential. Raises NotFound, or Forbidden for one that the caller may not see."""
    return _of(tx, caller, "get_credential", id)


def search(tx: Tx, caller: Caller, listing: Listing) -> list[Credential]:
    """The credentials that a list request means, of those that the caller may see: all, or their own."""
    if not allowed.allows(caller, "list_credentials"):
        allowed.demand(caller, "list_credentials", {"target.credential.user_id": caller.user_id})
        listing = listing.where("user_id", caller.user_id)
    return store.search(tx, listing)


def create(tx: Tx, caller: Caller, asked: Mapping[str, Any]) -> Credential:
    """Keep a credential. Raises Invalid for EC2 keys that are none, Conflict for ones that are kept already."""
    user_id = asked.get("user_id") or caller.user_id
    allowed.demand(caller, "create_credential", {"target.credential.user_id": user_id})
    _must_not_be_restricted(caller)
    id = _access_id(asked["blob"]) if asked["type"] == EC2 else new_hex()
    if asked["type"] == EC2 and asked.get("project_id") is None:
        raise Invalid("Invalid input for field/attribute credential. 'project_id' is a required property")
    if store.find(tx, id) is not None:
        raise Conflict(f"Duplicate entry found with ID {id}.", store="credential")
    extra = allowed.extra_of(asked, *_KNOWN)
    credential = Credential(id, user_id, asked.get("project_id"), asked["type"], asked["blob"], extra)
    store.add(tx, credential)
    return credential


def update(tx: Tx, caller: Caller, id: str, blob: str) -> Credential:
    """Change what a credential holds. An EC2 key keeps its id, by which it is found. Raises Invalid for one that is none."""
    credential = _of(tx, caller, "update_credential", id)
    _must_not_be_restricted(caller)
    if credential.type == EC2:
        _access_id(blob)
    store.change(tx, id, blob=blob)
    return get(tx, caller, id)


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget a credential."""
    _of(tx, caller, "delete_credential", id)
    _must_not_be_restricted(caller)
    store.remove(tx, id)


def ec2_keys(tx: Tx, caller: Caller, user_id: str) -> list[Credential]:
    """The EC2 keys of a user."""
    allowed.demand(caller, "ec2_list_credentials", {"user_id": user_id})
    users.get(tx, user_id)
    return store.search(tx, EVERYTHING.where("user_id", user_id).where("type", EC2))


def ec2_key(tx: Tx, caller: Caller, user_id: str, access: str, rule: str = "ec2_get_credential") -> Credential:
    """An EC2 key of a user by its access key. Raises NotFound."""
    id = hashlib.sha256(access.encode()).hexdigest()
    found = store.find(tx, id)
    allowed.demand(caller, rule, {"target.credential.user_id": found.user_id} if found else None)
    if found is None or found.type != EC2 or found.user_id != user_id:
        raise NotFound(f"Could not find credential: {id}.")
    return found


def create_ec2_key(tx: Tx, caller: Caller, user_id: str, project_id: str | None) -> Credential:
    """Make an EC2 key pair for a user in a project."""
    allowed.demand(caller, "ec2_create_credential", {"target.credential.user_id": user_id})
    _must_not_be_restricted(caller)
    users.get(tx, user_id)
    projects.get(tx, str(project_id))
    blob = json.dumps({"access": new_hex(), "secret": new_hex(), "trust_id": None})
    credential = Credential(_access_id(blob), user_id, project_id, EC2, blob)
    store.add(tx, credential)
    return credential


def delete_ec2_key(tx: Tx, caller: Caller, user_id: str, access: str) -> None:
    """Forget an EC2 key."""
    found = ec2_key(tx, caller, user_id, access, "ec2_delete_credential")
    _must_not_be_restricted(caller)
    store.remove(tx, found.id)


def _access_id(blob: str) -> str:
    """The id of an EC2 key: the digest of its access key, so that it is found by that. Raises Invalid."""
    try:
        access = json.loads(blob)["access"]
        return hashlib.sha256(access.encode()).hexdigest()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid("Invalid blob in credential") from None


def _of(tx: Tx, caller: Caller, rule: str, id: str) -> Credential:
    found = store.find(tx, id)
    allowed.demand(caller, rule, {"target.credential.user_id": found.user_id} if found else None)
    if found is None:
        raise NotFound(f"Could not find credential: {id}.")
    return found


def _must_not_be_restricted(caller: Caller) -> None:
    by = (caller.credentials or {}).get("application_credential")
    if by is not None and by["restricted"]:
        raise Forbidden("You are not authorized to perform the requested action.")
