"""Who may see a server, and who may do what to it."""

from gureum.compute.server import Server
from gureum.compute.store import servers as store
from gureum.kernel.caller import Caller
from gureum.kernel.faults import NotFound
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

SERVICE = "compute"


def allows(caller: Caller, rule: str, server: Server) -> bool:
    """Whether the caller is allowed `rule` on a server."""
    return policy.allows(SERVICE, rule, caller, server.target)


def demand(caller: Caller, rule: str, server: Server) -> None:
    """Raise Forbidden unless `allows`."""
    policy.demand(SERVICE, rule, caller, server.target)


def sees(caller: Caller, project_id: str) -> bool:
    """Whether servers of a project exist for the caller at all."""
    return project_id == caller.project_id or policy.allows(SERVICE, "context_is_admin", caller, {})


def get(tx: Tx, caller: Caller, id: str, rule: str) -> Server:
    """A server. Raises NotFound for one that the caller does not see, Forbidden where `rule` says no."""
    server = store.get(tx, id)
    if not sees(caller, server.project_id):
        raise NotFound(f"Instance {id} could not be found.", name="InstanceNotFound")
    demand(caller, rule, server)
    return server


def get_unlocked(tx: Tx, caller: Caller, id: str, rule: str) -> Server:
    """A server that the caller may do something to. Raises as `get`, and Conflict for one that is locked."""
    server = get(tx, caller, id, rule)
    server.must_be_unlocked(caller)
    return server


def get_ever(tx: Tx, caller: Caller, id: str, rule: str) -> Server:
    """A server that is or was. Raises as `get`."""
    server = store.find(tx, id) or store.find_past(tx, id)
    if server is None or not sees(caller, server.project_id):
        raise NotFound(f"Instance {id} could not be found.", name="InstanceNotFound")
    demand(caller, rule, server)
    return server
