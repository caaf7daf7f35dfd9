"""Volumes of servers on the wire, and what each microversion did to that."""

from collections.abc import Sequence
from typing import Any

from gureum.compute.store.volumes import ServerVolume
from gureum.kernel.http import Answer, Call, Change, History
from gureum.kernel.http.paging import asked_limit
from gureum.kernel.numbers import natural


def show(one: ServerVolume) -> dict[str, Any]:
    """A volume of a server, as the newest microversion shows it."""
    return {
        "volumeId": one.volume_id,
        "serverId": one.server_id,
        "device": one.device,
        "tag": one.tag,
        "delete_on_termination": one.delete_on_termination,
        "attachment_id": one.attachment_id,
        "bdm_uuid": one.id,
    }


def attached(one: ServerVolume, call: Call) -> Answer:
    """The answer to a new attachment; since 2.101 nothing is known yet."""
    if call.version >= (2, 101):
        return Answer(202)
    return Answer(200, {"volumeAttachment": show(one)})


def page(call: Call, found: Sequence[ServerVolume]) -> Sequence[ServerVolume]:
    """The part of a server's few volumes that `limit` and `offset` name."""
    start = natural(call.one("offset") or "0") or 0
    return found[start : start + asked_limit(call, 1000)]


def _id_of_volume(item: dict[str, Any], _: Call) -> None:
    values = dict(item)
    item.clear()
    item["id"] = values["volumeId"]
    item |= {name: value for name, value in values.items() if name not in ("attachment_id", "bdm_uuid")}


_SHOWN = (
    Change((2, 70), "tags of volumes", shows=frozenset({"tag"})),
    Change((2, 79), "what becomes of a volume with its server", shows=frozenset({"delete_on_termination"})),
)
_KEY, _PLURAL = "volumeAttachment", "volumeAttachments"

ATTACHMENT = History(
    _KEY, _PLURAL, [*_SHOWN, Change((2, 89), "the attachment's id instead of the volume's", down=_id_of_volume)]
)
ATTACHED = History(_KEY, _PLURAL, [*_SHOWN, Change((2, 101), "attaching is answered at once", down=_id_of_volume)])
