"""Members: projects that an image is shared with."""

from gureum.image.image import Image
from gureum.image.member import Member, MemberStatus
from gureum.image.service import access, limits
from gureum.image.store import members
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, NotFound
from gureum.kernel.store.tx import Tx

_MISSING = "Image {} not found."


def list_all(tx: Tx, caller: Caller, image_id: str) -> list[Member]:
    """The members of an image: all for its owner, themselves only for others. Raises NotFound, Forbidden."""
    image = access.get(tx, caller, image_id, _MISSING)
    access.demand("get_members", caller, image)
    if image.visibility != "shared":
        raise Forbidden(f"Not allowed to list members for image {image_id}: Only shared images have members.")
    found = members.of(tx, image_id)
    return found if _owns(caller, image) else [one for one in found if one.member_id == caller.project_id]


def get(tx: Tx, caller: Caller, image_id: str, member_id: str) -> Member:
    """A member. Raises NotFound, also for one that is not the caller's to see."""
    image = access.get(tx, caller, image_id, _MISSING)
    if image.visibility != "shared":
        raise NotFound("Only shared images have members.")
    member = members.find(tx, image_id, member_id)
    hidden = not _owns(caller, image) and member_id != caller.project_id
    if member is None or hidden or not access.allows("get_member", caller, image):
        raise _not_found(image_id, member_id)
    return member


def create(tx: Tx, caller: Caller, image_id: str, member_id: str) -> Member:
    """Share an image with a project. Raises NotFound, Forbidden, Conflict for a project that it is shared with, TooLarge."""
    tx.lock("image", image_id)
    image = access.get(tx, caller, image_id, _MISSING)
    if image.visibility != "shared" or not access.allows("add_member", caller, image):
        raise Forbidden(f"Not allowed to create members for image {image_id}.")
    present = members.of(tx, image_id)
    if any(one.member_id == member_id for one in present):
        raise Conflict(f"Member {member_id} is duplicated for image {image_id}")
    limits.check_members(len(present) + 1)
    now = clock.now()
    member = Member(image_id=image_id, member_id=member_id, created_at=now, updated_at=now)
    members.add(tx, member)
    return member


def answer(tx: Tx, caller: Caller, image_id: str, member_id: str, status: MemberStatus) -> Member:
    """Accept or reject an image on behalf of a member. Raises NotFound, Forbidden for everybody but the member."""
    tx.lock("image", image_id)
    image = access.get(tx, caller, image_id, _MISSING)
    member = members.find(tx, image_id, member_id) if image.visibility == "shared" else None
    if member is None or (not _owns(caller, image) and member_id != caller.project_id):
        raise _not_found(image_id, member_id)
    if not access.allows_as_member("modify_member", caller, image, member_id):
        raise access.forbidden("modify_member")
    now = clock.now()
    members.change(tx, image_id, member_id, status=status, updated_at=now)
    return Member(image_id=image_id, member_id=member_id, status=status, created_at=member.created_at, updated_at=now)


def delete(tx: Tx, caller: Caller, image_id: str, member_id: str) -> None:
    """Share an image with a project no longer. Raises NotFound, Forbidden."""
    tx.lock("image", image_id)
    image = access.get(tx, caller, image_id, _MISSING)
    if image.visibility != "shared" or not access.allows("delete_member", caller, image):
        raise Forbidden(f"Not allowed to delete members for image {image_id}.")
    if not members.remove(tx, image_id, member_id):
        raise _not_found(image_id, member_id)


def _owns(caller: Caller, image: Image) -> bool:
    return caller.is_admin or (caller.project_id is not None and image.owner == caller.project_id)


def _not_found(image_id: str, member_id: str) -> NotFound:
    return NotFound(f"{member_id} not found in the member list of the image {image_id}.")
