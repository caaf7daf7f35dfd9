"""Volumes of servers: attach, detach, and what becomes of them with the server."""

from dataclasses import dataclass

from gureum.block_storage.service import for_compute as block_storage
from gureum.compute.flows import PlugVolumes
from gureum.compute.flows.spec import blanks
from gureum.compute.server import Server
from gureum.compute.service import access
from gureum.compute.store import actions
from gureum.compute.store import volumes as store
from gureum.compute.store.volumes import ServerVolume
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, Invalid, NotFound
from gureum.kernel.flow import intend
from gureum.kernel.ids import new_uuid
from gureum.kernel.store.tx import Tx

_RULE = "os_compute_api:os-volumes-attachments"
_STATES = ("active", "paused", "stopped", "resized", "soft-delete")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class AttachRequest:
    """A volume that a server shall have."""

    volume_id: str
    tag: str | None = None
    delete_on_termination: bool = False


def show_all(tx: Tx, caller: Caller, id: str) -> list[ServerVolume]:
    """The volumes of a server. Raises NotFound, Forbidden."""
    server = access.get(tx, caller, id, f"{_RULE}:index")
    return [one for one in store.of(tx, server.id) if one.attachment_id is not None]


def show(tx: Tx, caller: Caller, id: str, volume_id: str) -> ServerVolume:
    """One of them. Raises NotFound, Forbidden."""
    access.get(tx, caller, id, f"{_RULE}:show")
    return _present(tx, id, volume_id)


def attach(tx: Tx, caller: Caller, id: str, asked: AttachRequest) -> ServerVolume:
    """Have a server get a volume. Raises NotFound, Forbidden, Invalid, Conflict."""
    server = access.get_unlocked(tx, caller, id, f"{_RULE}:create")
    server.must_be("attach_volume", *_STATES)
    server.must_be_ready()
    volume = _volume(tx, caller, asked.volume_id)
    block_storage.check_attach(tx, volume)
    attachment = block_storage.reserve(tx, caller, volume.id, id)
    one = ServerVolume(
        server_id=id,
        volume_id=volume.id,
        id=new_uuid(),
        attachment_id=attachment,
        device=_free_device(tx, server),
        tag=asked.tag,
        delete_on_termination=asked.delete_on_termination,
        state="attaching",
        action_id=actions.begin(tx, id, "attach_volume"),
        created_at=clock.now(),
    )
    store.add(tx, one)
    intend(tx, PlugVolumes, id)
    return one


def detach(tx: Tx, caller: Caller, id: str, volume_id: str) -> None:
    """Have a server lose a volume. Raises NotFound, Forbidden, Invalid, Conflict."""
    server = access.get(tx, caller, id, f"{_RULE}:delete")
    _volume(tx, caller, volume_id)
    one = _present(tx, id, volume_id)
    server.must_be_unlocked(caller)
    server.must_be("detach_volume", *_STATES)
    if one.boot_index == 0:
        raise Forbidden("Cannot detach a root device volume")
    block_storage.begin_detach(tx, caller, volume_id, id)
    store.change(tx, one, state="detaching", action_id=actions.begin(tx, id, "detach_volume"))
    intend(tx, PlugVolumes, id)


def update(tx: Tx, caller: Caller, id: str, volume_id: str, wanted_id: str, delete_on_termination: bool | None) -> None:
    """Say what becomes of a volume when its server goes. Another volume in its place, for which another rule is asked, is not
    to be had.

    Raises NotFound, Forbidden, Invalid.
    """
    access.get(tx, caller, id, f"{_RULE}:{'update' if wanted_id == volume_id else 'swap'}")
    if wanted_id != volume_id:
        raise Invalid("Volumes of a server cannot be swapped.")
    one = _present(tx, id, volume_id)
    if delete_on_termination is not None:
        store.change(tx, one, delete_on_termination=delete_on_termination)


def _volume(tx: Tx, caller: Caller, id: str) -> block_storage.Volume:
    try:
        return block_storage.get(tx, caller, id)
    except (NotFound, Forbidden):
        raise NotFound(f"Volume {id} could not be found.", name="VolumeNotFound") from None


def _present(tx: Tx, server_id: str, volume_id: str) -> ServerVolume:
    one = store.find(tx, server_id, volume_id)
    if one is None or one.attachment_id is None:
        raise NotFound(f"Instance {server_id} is not attached to volume {volume_id}")
    return one


def _free_device(tx: Tx, server: Server) -> str:
    """The next name behind root, ephemeral and swap disks; a client's own wish is no more than that."""
    taken = {"/dev/vda", *(f"/dev/{disk.device}" for disk in blanks(server.flavor))}
    taken |= {one.device for one in store.of(tx, server.id)}
    for letter in _LETTERS:
        if f"/dev/vd{letter}" not in taken:
            return f"/dev/vd{letter}"
    raise Invalid(f"Maximum number of {len(_LETTERS)} disk devices allowed to attach to a single instance")
