"""Images: make, list, change, delete."""

from dataclasses import replace
from typing import Any

from gureum.image.change import Change
from gureum.image.image import Image
from gureum.image.search import Page, Search
from gureum.image.service import access, changes, limits
from gureum.image.store import files, images
from gureum.image.store import search as lists
from gureum.kernel import clock
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Conflict, Forbidden, Invalid
from gureum.kernel.ids import new_uuid
from gureum.kernel.policy import policy
from gureum.kernel.store.tx import Tx


def get(tx: Tx, caller: Caller, id: str) -> Image:
    """An image. Raises NotFound for one that the caller does not see."""
    return access.get(tx, caller, id)


def search(tx: Tx, caller: Caller, wanted: Search, page: Page) -> list[Image]:
    """A page of images. Raises Invalid for a marker that the caller does not see."""
    target = {"project_id": caller.project_id}
    if caller.project_id is None or not policy.allows(access.SERVICE, "get_images", caller, target):
        raise access.forbidden("get_images")
    if page.marker is not None:
        marker = images.find(tx, page.marker)
        if marker is None or not access.sees(tx, caller, marker) or not access.allows("get_image", caller, marker):
            raise Invalid(access.NOT_FOUND.format(page.marker))
    if page.limit == 0:
        return []
    reach = access.reach(caller)
    return lists.search(tx, wanted, page, caller.project_id, everybody=caller.is_admin, reach=reach)


def create(
    tx: Tx,
    caller: Caller,
    *,
    id: str | None = None,
    owner: str | None = None,
    tags: tuple[str, ...] = (),
    properties: dict[str, str] | None = None,
    **values: Any,
) -> Image:
    """Keep a new image, without bytes. Raises Conflict for an id that is taken, Forbidden, TooLarge."""
    now = clock.now()
    image = Image(
        id=(id or new_uuid()).lower(),
        owner=owner or caller.project_id,
        tags=tuple(dict.fromkeys(tags)),
        properties=dict(properties or {}),
        created_at=now,
        updated_at=now,
        **values,
    )
    _demand_add(caller, image)
    changes.demand_visibility(caller, image, image.visibility)
    limits.check_tags(image.tags)
    limits.check_properties(image.properties)
    if images.find(tx, image.id) is not None:
        raise Conflict(f"Image ID {image.id} already exists!")
    images.add(tx, image)
    return image


def _demand_add(caller: Caller, image: Image) -> None:
    if access.allows("add_image", caller, image):
        return
    if access.allows("add_image", caller, replace(image, owner=caller.project_id)):
        raise Forbidden(f"You are not permitted to create images owned by '{image.owner}'", standing=True)
    raise access.forbidden("add_image")


def update(tx: Tx, caller: Caller, id: str, steps: list[Change]) -> Image:
    """Change an image, all steps or none. Raises NotFound, Forbidden, Conflict for what is not there, Invalid, TooLarge."""
    tx.lock("image", id)
    image = access.get(tx, caller, id)
    access.demand("modify_image", caller, image)
    changed = changes.applied(caller, image, steps)
    limits.check_tags(changed.tags)
    limits.check_properties(changed.properties)
    return _kept(tx, image, changed)


def _kept(tx: Tx, old: Image, new: Image) -> Image:
    new = replace(new, updated_at=clock.now())
    columns = ("name", "owner", "visibility", "disk_format", "container_format", "min_disk", "min_ram", "protected")
    values = {name: getattr(new, name) for name in (*columns, "hidden", "updated_at")}
    images.change(tx, old.id, **values)
    images.set_tags(tx, old.id, old.tags, new.tags)
    images.set_properties(tx, old.id, old.properties, new.properties)
    return new


def delete(tx: Tx, caller: Caller, id: str) -> None:
    """Forget an image; its bytes go once that is kept. Raises NotFound, Forbidden for a protected one."""
    tx.lock("image", id)
    image = access.get(tx, caller, id, "Failed to find image {} to delete")
    access.demand("delete_image", caller, image)
    if image.protected:
        raise Forbidden(f"Image {id} is protected and cannot be deleted.")
    images.remove(tx, image.id)
    tx.after_commit.append(lambda: files.remove_later(image.id))


def add_tag(tx: Tx, caller: Caller, id: str, tag: str) -> None:
    """Put a tag on an image; that it is there already is fine."""
    image = _modifiable(tx, caller, id)
    if tag not in image.tags:
        limits.check_tags((*image.tags, tag))
        images.set_tags(tx, id, image.tags, (*image.tags, tag))
        images.change(tx, id, updated_at=clock.now())


def remove_tag(tx: Tx, caller: Caller, id: str, tag: str) -> bool:
    """Take a tag away; says whether it was there."""
    image = _modifiable(tx, caller, id)
    if tag not in image.tags:
        return False
    images.set_tags(tx, id, image.tags, [one for one in image.tags if one != tag])
    images.change(tx, id, updated_at=clock.now())
    return True


def _modifiable(tx: Tx, caller: Caller, id: str) -> Image:
    tx.lock("image", id)
    image = access.get(tx, caller, id, "Image {} not found.")
    access.demand("modify_image", caller, image)
    return image


def deactivate(tx: Tx, caller: Caller, id: str) -> None:
    """Keep everybody but administrators from the bytes. Raises Forbidden unless the image is active or deactivated."""
    _switch(tx, caller, id, "deactivate", "deactivated")


def reactivate(tx: Tx, caller: Caller, id: str) -> None:
    """Give the bytes free again. Raises Forbidden unless the image is active or deactivated."""
    _switch(tx, caller, id, "reactivate", "active")


def _switch(tx: Tx, caller: Caller, id: str, rule: str, status: str) -> None:
    tx.lock("image", id)
    image = access.get(tx, caller, id)
    access.demand(rule, caller, image)
    if image.status not in ("active", "deactivated"):
        raise Forbidden(f"Not allowed to {rule} image in status '{image.status}'")
    if image.status != status:
        images.change(tx, id, status=status, updated_at=clock.now())
