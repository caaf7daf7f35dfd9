"""Key pairs: a user's public keys. The private half is shown once and never kept."""

from gureum.compute import keys
from gureum.compute.keypair import KeyPair
from gureum.compute.service.quotas import QUOTAS
from gureum.compute.store import keypairs as store
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid, NotFound, OverQuota
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx


def search(tx: Tx, caller: Caller, user_id: str, *, marker: str | None, limit: int | None) -> list[KeyPair]:
    """A user's key pairs, by name."""
    _demand(caller, "index", user_id)
    return store.search(tx, user_id, marker=marker, limit=limit)


def get(tx: Tx, caller: Caller, user_id: str, name: str, *, rule: str = "show") -> KeyPair:
    """A user's key pair. Raises NotFound."""
    _demand(caller, rule, user_id)
    found = store.find(tx, user_id, name)
    if found is None:
        raise NotFound(f"Keypair {name} not found for user {user_id}", name="KeypairNotFound")
    return found


def check_new(tx: Tx, caller: Caller, user_id: str, name: str, kind: str) -> None:
    """Raise what `add` would for a name that is taken or a quota that is used up, before a key is made for it."""
    _demand(caller, "create", user_id)
    if kind != "ssh":
        raise Invalid("Keypair data is invalid: x509 certificates are not supported, only ssh public keys")
    if caller.project_id is None:
        raise Forbidden("Forbidden")
    limit = QUOTAS.of(tx, caller.project_id)["key_pairs"]
    if 0 <= limit <= store.count(tx, user_id):
        raise OverQuota("Quota exceeded, too many key pairs.", name="KeypairLimitExceeded")
    if store.find(tx, user_id, name) is not None:
        raise Conflict(f"Key pair '{name}' already exists.", name="KeyPairExists")


def add(tx: Tx, caller: Caller, user_id: str, name: str, kind: str, public_key: str) -> KeyPair:
    """Keep a public key. Raises Conflict, OverQuota, Invalid for what is no key."""
    tx.lock("quota", f"compute/keypairs/{user_id}")
    check_new(tx, caller, user_id, name, kind)
    store.add(
        tx,
        user_id,
        name=name,
        public_key=public_key,
        fingerprint=keys.fingerprint(public_key),
        type=kind,
        created_at=clock.now(),
    )
    return get(tx, caller, user_id, name, rule="create")


def delete(tx: Tx, caller: Caller, user_id: str, name: str) -> None:
    """Forget a key pair; servers keep the key that they were made with."""
    get(tx, caller, user_id, name, rule="delete")
    store.remove(tx, user_id, name)


def _demand(caller: Caller, rule: str, user_id: str) -> None:
    policy.demand("compute", f"os_compute_api:os-keypairs:{rule}", caller, {"user_id": user_id})
