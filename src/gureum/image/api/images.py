"""Images."""

from typing import Any

from gureum.image.service import images
from gureum.image.wire import bodies, patch
from gureum.image.wire import images as wire
from gureum.image.wire import search as queries
from gureum.kernel.faults import NoSuchRoute
from gureum.kernel.http import Answer, Call, Routes, created, no_content

routes = Routes()


@routes.post("/v2/images", "add_image")
def create(call: Call) -> Answer:
    """Make an image; its bytes come later."""
    image = images.create(call.tx, call.caller, **wire.new(call.raw))
    location = f"{call.base_url}/v2/images/{image.id}"
    return created(wire.show(image), ("Location", location), ("OpenStack-image-store-ids", wire.STORE))


@routes.get("/v2/images", "get_images")
def search(call: Call) -> dict[str, Any]:
    """A page of images."""
    page = queries.page(call.query)
    found = images.search(call.tx, call.caller, queries.search(call.query), page)
    shown: dict[str, Any] = {
        "images": [wire.show(image) for image in found],
        "first": queries.link(call.query, None),
        "schema": "/v2/schemas/images",
    }
    if found and len(found) == page.limit:
        shown["next"] = queries.link(call.query, found[-1].id)
    return shown


@routes.get("/v2/images/{image_id}", "get_image")
def show(call: Call, image_id: str) -> dict[str, Any]:
    """One image."""
    return wire.show(images.get(call.tx, call.caller, image_id))


@routes.patch("/v2/images/{image_id}", "modify_image")
def update(call: Call, image_id: str) -> dict[str, Any]:
    """Change an image by a JSON patch."""
    steps = patch.parse(call.headers.get("content-type", ""), call.raw)
    return wire.show(images.update(call.tx, call.caller, image_id, steps))


@routes.delete("/v2/images/{image_id}", "delete_image")
def delete(call: Call, image_id: str) -> Answer:
    """Forget an image and its bytes."""
    bodies.none(call.raw)
    images.delete(call.tx, call.caller, image_id)
    return no_content()


@routes.put("/v2/images/{image_id}/tags/{tag}", "modify_image")
def add_tag(call: Call, image_id: str, tag: str) -> Answer:
    """Put a tag on an image."""
    bodies.check_image({"tags": [tag]})
    images.add_tag(call.tx, call.caller, image_id, tag)
    return no_content()


@routes.delete("/v2/images/{image_id}/tags/{tag}", "modify_image")
def remove_tag(call: Call, image_id: str, tag: str) -> Answer:
    """Take a tag away."""
    if not images.remove_tag(call.tx, call.caller, image_id, tag):
        raise NoSuchRoute("The resource could not be found.")
    return no_content()


@routes.post("/v2/images/{image_id}/actions/deactivate", "deactivate")
def deactivate(call: Call, image_id: str) -> Answer:
    """Keep everybody but administrators from the bytes."""
    images.deactivate(call.tx, call.caller, image_id)
    return no_content()


@routes.post("/v2/images/{image_id}/actions/reactivate", "reactivate")
def reactivate(call: Call, image_id: str) -> Answer:
    """Give the bytes free again."""
    images.reactivate(call.tx, call.caller, image_id)
    return no_content()
