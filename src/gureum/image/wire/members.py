"""Members on the wire."""

from typing import Any, cast

from gureum.image.member import STATUSES, Member, MemberStatus
from gureum.image.wire import bodies
from gureum.kernel.clock import iso_seconds
from gureum.kernel.faults import Invalid

_LONGEST = 255


def new(raw: bytes) -> str:
    """The project of POST …/members. Raises Invalid."""
    body = bodies.parse(raw)
    if not isinstance(body, dict):
        raise Invalid('Expected a member in the form: {"member": "image_id"}')
    member: Any = cast(dict[str, Any], body).get("member", _LONGEST)
    if "member" not in body:
        raise Invalid("Member to be added not specified")
    if not member:
        raise Invalid("Member can't be empty")
    if not isinstance(member, str | int) or len(str(member)) > _LONGEST:
        raise Invalid("Member must be the id of a project")
    return str(member)


def status(raw: bytes) -> MemberStatus:
    """The status of PUT …/members/{id}. Raises Invalid."""
    body = bodies.parse(raw)
    if not isinstance(body, dict):
        raise Invalid('Expected a status in the form: {"status": "status"}')
    if "status" not in body:
        raise Invalid("Status not specified")
    asked: Any = cast(dict[str, Any], body)["status"]
    if asked not in STATUSES:
        raise Invalid('Incorrect request: Status must be "pending", "accepted" or "rejected".')
    return asked


def show(member: Member) -> dict[str, Any]:
    """A member as it is shown."""
    return {
        "member_id": member.member_id,
        "image_id": member.image_id,
        "status": member.status,
        "created_at": iso_seconds(member.created_at),
        "updated_at": iso_seconds(member.updated_at),
        "schema": "/v2/schemas/member",
    }
