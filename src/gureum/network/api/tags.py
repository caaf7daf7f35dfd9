"""Tags on resources."""

from typing import Any

from gureum.kernel.faults import Invalid
from gureum.kernel.http import Answer, Call, Routes
from gureum.network.faults import bad_request, invalid_input
from gureum.network.service import tags
from gureum.network.wire.body import parse
from gureum.network.wire.values import items

routes = Routes()
_MOST, _LONGEST = 50, 255


def _checked(tag: Any) -> str:
    if not isinstance(tag, str):
        raise invalid_input(f"'{tag}' is not a valid string")
    if len(tag) > _LONGEST:
        raise invalid_input(f"'{tag}' exceeds maximum length of {_LONGEST}")
    return tag


def _asked(call: Call, collection: str) -> list[str]:
    body = parse(call.raw)
    if "tags" not in body:
        raise invalid_input("Invalid tags body")
    found = items(body["tags"])
    if found is None:
        raise invalid_input(f"'{body['tags']}' is not a list")
    return _few(collection, [_checked(tag) for tag in found])


def _few(collection: str, asked: list[str]) -> list[str]:
    if len(asked) > _MOST:
        raise _too_many(collection)
    return asked


def _too_many(collection: str) -> Invalid:
    return bad_request(collection, f"The number of tags exceed the per-resource limit of {_MOST}")


def _add(collection: str, member: str) -> None:
    path = f"/v2.0/{collection}/{{id}}/tags"

    def show(call: Call, id: str) -> dict[str, Any]:
        return {"tags": tags.of(call.tx, call.caller, collection, id)}

    def replace(call: Call, id: str) -> dict[str, Any]:
        return {"tags": tags.replace(call.tx, call.caller, collection, id, _asked(call, collection))}

    def extend(call: Call, id: str) -> Answer:
        made = tags.add(call.tx, call.caller, collection, id, _asked(call, collection))
        return Answer(200, {"tags": _few(collection, made)})

    def clear(call: Call, id: str) -> None:
        tags.remove(call.tx, call.caller, collection, id)

    def check(call: Call, id: str, tag: str) -> Answer:
        tags.check(call.tx, call.caller, collection, id, _checked(tag))
        return Answer(204)

    def put(call: Call, id: str, tag: str) -> Answer:
        _few(collection, tags.add(call.tx, call.caller, collection, id, [_checked(tag)], verb="update"))
        return Answer(201)

    def remove(call: Call, id: str, tag: str) -> None:
        tags.remove(call.tx, call.caller, collection, id, _checked(tag))

    routes.get(path, f"get_{member}:tags", head=True)(show)
    routes.put(path, f"update_{member}:tags", raw=True)(replace)
    routes.post(path, f"create_{member}:tags", raw=True)(extend)
    routes.delete(path, f"delete_{member}:tags")(clear)
    routes.get(f"{path}/{{tag}}", f"get_{member}:tags", head=True)(check)
    routes.put(f"{path}/{{tag}}", f"update_{member}:tags", raw=True)(put)
    routes.delete(f"{path}/{{tag}}", f"delete_{member}:tags")(remove)


for _collection, _kind in tags.KINDS.items():
    _add(_collection, _kind.member)
