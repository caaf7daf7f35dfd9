"""Who may see and do what to a volume."""

from gureum.block_storage.attachment import Attachment
from gureum.block_storage.store import attachments, volumes
from gureum.block_storage.volume import Volume
from gureum.kernel.caller import Caller
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

SERVICE = "block-storage"


def volume(tx: Tx, caller: Caller, id: str, may: str) -> Volume:
    """A volume that the caller sees and may do `may` to. Raises NotFound, Forbidden."""
    found = volumes.get(tx, id)
    if not (caller.is_admin or found.project_id == caller.project_id):
        raise volumes.missing(id)
    policy.demand(SERVICE, may, caller, found.target)
    return found


def attachment(tx: Tx, caller: Caller, id: str, may: str) -> Attachment:
    """An attachment that the caller sees and may do `may` to. Raises NotFound, Forbidden."""
    found = attachments.get(tx, id)
    if not (caller.is_admin or found.project_id == caller.project_id):
        raise attachments.missing(id)
    policy.demand(SERVICE, may, caller, found.target)
    return found
