"""Who sees an image, and what policy is asked about it."""

from typing import Any

import sqlalchemy as sa

from gureum.image.image import VISIBILITIES, Image
from gureum.image.store import images, members
from gureum.image.store.tables import images as table
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Forbidden, NotFound
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx

SERVICE = "image"
_ANOTHERS = "\0another's"
NOT_FOUND = "No image found with ID {}"


def sees(tx: Tx, caller: Caller, image: Image) -> bool:
    """Whether an image exists for the caller. One that is shared does for its members, whatever they answered."""
    if caller.is_admin or image.visibility in ("public", "community"):
        return True
    if caller.project_id is None:
        return False
    if image.owner == caller.project_id:
        return True
    return image.visibility == "shared" and members.find(tx, image.id, caller.project_id) is not None


def get(tx: Tx, caller: Caller, id: str, missing: str = NOT_FOUND) -> Image:
    """An image that the caller sees. Raises NotFound with the sentence `missing`."""
    image = images.find(tx, id)
    if image is None or not sees(tx, caller, image) or not allows("get_image", caller, image):
        raise NotFound(missing.format(id))
    return image


def target(caller: Caller, image: Image) -> dict[str, Any]:
    """An image as rules see it."""
    return _row(caller, image.owner, image.visibility) | {"id": image.id, "status": image.status}


def _row(caller: Caller, owner: str | None, visibility: str) -> dict[str, Any]:
    """What a list can ask of an image."""
    member = caller.project_id if visibility == "shared" else None
    return {"project_id": owner, "owner": owner, "visibility": visibility, "member_id": member}


def reach(caller: Caller) -> sa.ColumnElement[bool]:
    """The images that `get_image` lets the caller see, of those that exist for it.

    The rule is asked once for each visibility, of what is the caller's own and of what is another's, never once a row.
    """

    def allowed(owner: str | None) -> list[str]:
        rows = ((visibility, _row(caller, owner, visibility)) for visibility in VISIBILITIES)
        return [visibility for visibility, row in rows if policy.allows(SERVICE, "get_image", caller, row)]

    own, others = allowed(caller.project_id), allowed(_ANOTHERS)
    if len(own) == len(others) == len(VISIBILITIES):
        return sa.true()
    mine = sa.func.coalesce(table.c.owner, "") == (caller.project_id or "")
    return sa.or_(sa.and_(mine, table.c.visibility.in_(own)), sa.and_(~mine, table.c.visibility.in_(others)))


def allows(rule: str, caller: Caller, image: Image) -> bool:
    """Whether the caller may do `rule` to the image. Every rule here is of projects' scope: other tokens may nothing."""
    return caller.project_id is not None and policy.allows(SERVICE, rule, caller, target(caller, image))


def allows_as_member(rule: str, caller: Caller, image: Image, member_id: str) -> bool:
    """`allows` for a rule about one member of the image."""
    about = target(caller, image) | {"member_id": member_id}
    return caller.project_id is not None and policy.allows(SERVICE, rule, caller, about)


def demand(rule: str, caller: Caller, image: Image) -> None:
    """Raise Forbidden unless `allows`."""
    if not allows(rule, caller, image):
        raise forbidden(rule)


def forbidden(rule: str) -> Forbidden:
    """The refusal of a rule."""
    return Forbidden(f"You are not authorized to complete {rule} action.", rule=rule)
