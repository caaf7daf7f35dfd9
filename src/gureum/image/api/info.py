"""What the API says of itself: schemas, stores, ways to import."""

from typing import Any

from gureum.image.wire import schemas
from gureum.image.wire.images import STORE
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.route import AUTHENTICATED

routes = Routes()


@routes.get("/v2/schemas/image", AUTHENTICATED)
def image(_call: Call) -> dict[str, Any]:
    """The schema of an image."""
    return schemas.IMAGE


@routes.get("/v2/schemas/images", AUTHENTICATED)
def images(_call: Call) -> dict[str, Any]:
    """The schema of a list of images."""
    return schemas.IMAGES


@routes.get("/v2/schemas/member", AUTHENTICATED)
def member(_call: Call) -> dict[str, Any]:
    """The schema of a member."""
    return schemas.MEMBER


@routes.get("/v2/schemas/members", AUTHENTICATED)
def members(_call: Call) -> dict[str, Any]:
    """The schema of a list of members."""
    return schemas.MEMBERS


@routes.get("/v2/info/stores", AUTHENTICATED)
def stores(_call: Call) -> dict[str, Any]:
    """The one store."""
    return {"stores": [{"id": STORE, "default": "true"}]}


@routes.get("/v2/info/import", AUTHENTICATED)
def import_methods(_call: Call) -> dict[str, Any]:
    """Ways to import: none, bytes are uploaded."""
    return {"import-methods": {"description": "Import methods available.", "type": "array", "value": []}}
