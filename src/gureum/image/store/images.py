"""Images: one by one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from gureum.image.image import Image
from gureum.image.store.tables import PROPERTY, TAG, images, labels, members
from gureum.kernel.store.query import has_all
from gureum.kernel.store.tx import Tx


def find(tx: Tx, id: str) -> Image | None:
    """An image by id, or None."""
    found = loaded(tx, tx.all(sa.select(images).where(images.c.id == id)))
    return found[0] if found else None


def loaded(tx: Tx, rows: Sequence[Row[Any]]) -> list[Image]:
    """The images of rows, in their order, with tags and properties (one query for all)."""
    tags: dict[str, list[str]] = {row.id: [] for row in rows}
    properties: dict[str, dict[str, str]] = {row.id: {} for row in rows}
    if rows:
        wanted = sa.select(labels).where(labels.c.image_id.in_([row.id for row in rows])).order_by(labels.c.id)
        for label in tx.all(wanted):
            if label.kind == TAG:
                tags[label.image_id].append(label.name)
            else:
                properties[label.image_id][label.name] = label.value
    return [Image(**row._mapping, tags=tuple(tags[row.id]), properties=properties[row.id]) for row in rows]


def add(tx: Tx, image: Image) -> None:
    """Keep a new image."""
    tx.insert(images, **{column.name: getattr(image, column.name) for column in images.columns})
    set_tags(tx, image.id, (), image.tags)
    set_properties(tx, image.id, {}, image.properties)


def change(tx: Tx, id: str, /, **values: Any) -> int:
    """Change columns of an image; says whether there was one (0 or 1)."""
    return tx.update(images, {"id": id}, **values)


def change_upload(tx: Tx, id: str, upload_id: str, /, **values: Any) -> int:
    """Change columns of an image that is still being written by this upload; says whether it was (0 or 1)."""
    return tx.update(images, {"id": id, "upload_id": upload_id, "status": "saving"}, **values)


def remove(tx: Tx, id: str) -> None:
    """Forget an image, its members, tags and properties."""
    tx.execute(members.delete().where(members.c.image_id == id))
    tx.execute(labels.delete().where(labels.c.image_id == id))
    tx.delete(images, id=id)


def set_tags(tx: Tx, id: str, old: Iterable[str], new: Iterable[str]) -> None:
    """Make `new` of `old` tags."""
    wanted = dict.fromkeys(new)
    _drop(tx, id, TAG, [tag for tag in old if tag not in wanted])
    present = set(old)
    for tag in wanted:
        if tag not in present:
            tx.insert(labels, image_id=id, kind=TAG, name=tag, value="")


def set_properties(tx: Tx, id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Make `new` of `old` properties."""
    _drop(tx, id, PROPERTY, [name for name in old if name not in new])
    for name, value in new.items():
        if name not in old:
            tx.insert(labels, image_id=id, kind=PROPERTY, name=name, value=value)
        elif old[name] != value:
            tx.update(labels, {"image_id": id, "kind": PROPERTY, "name": name}, value=value)


def unfinished(tx: Tx) -> dict[str, str | None]:
    """Ids of images whose upload is said to be running, with the upload's."""
    rows = tx.all(sa.select(images.c.id, images.c.upload_id).where(images.c.status == "saving"))
    return {row.id: row.upload_id for row in rows}


def unfinished_with(tx: Tx, properties: Mapping[str, str]) -> list[str]:
    """Ids of images without bytes that have all these properties."""
    statement = sa.select(images.c.id).where(images.c.status.in_(("queued", "saving")), labelled((), properties))
    return [row.id for row in tx.all(statement)]


def labelled(tags: Iterable[str], properties: Mapping[str, str]) -> sa.ColumnElement[bool]:
    """The condition that an image has all these tags and properties."""
    wanted = [(TAG, tag, "") for tag in tags] + [(PROPERTY, name, value) for name, value in properties.items()]
    return has_all(images.c.id, labels.c.image_id, (labels.c.kind, labels.c.name, labels.c.value), wanted)


def with_bytes(tx: Tx) -> set[str]:
    """Ids of images that have bytes on disk."""
    return {row.id for row in tx.all(sa.select(images.c.id).where(images.c.status.in_(("active", "deactivated"))))}


def _drop(tx: Tx, id: str, kind: str, names: list[str]) -> None:
    if names:
        tx.execute(labels.delete().where(labels.c.image_id == id, labels.c.kind == kind, labels.c.name.in_(names)))
