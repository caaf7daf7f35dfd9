"""Members: projects that an image is shared with."""

from typing import Any

from gureum.image.service import members
from gureum.image.wire import members as wire
from gureum.kernel.http import Answer, Call, Routes, no_content

routes = Routes()


@routes.post("/v2/images/{image_id}/members", "add_member")
def create(call: Call, image_id: str) -> dict[str, Any]:
    """Share an image."""
    return wire.show(members.create(call.tx, call.caller, image_id, wire.new(call.raw)))


@routes.get("/v2/images/{image_id}/members", "get_members")
def search(call: Call, image_id: str) -> dict[str, Any]:
    """Whom an image is shared with."""
    found = members.list_all(call.tx, call.caller, image_id)
    return {"members": [wire.show(member) for member in found], "schema": "/v2/schemas/members"}


@routes.get("/v2/images/{image_id}/members/{member_id}", "get_member")
def show(call: Call, image_id: str, member_id: str) -> dict[str, Any]:
    """One member."""
    return wire.show(members.get(call.tx, call.caller, image_id, member_id))


@routes.put("/v2/images/{image_id}/members/{member_id}", "modify_member")
def answer(call: Call, image_id: str, member_id: str) -> dict[str, Any]:
    """Accept or reject an image."""
    return wire.show(members.answer(call.tx, call.caller, image_id, member_id, wire.status(call.raw)))


@routes.delete("/v2/images/{image_id}/members/{member_id}", "delete_member")
def delete(call: Call, image_id: str, member_id: str) -> Answer:
    """Share an image no longer."""
    members.delete(call.tx, call.caller, image_id, member_id)
    return no_content()
