"""Glance's API: routes and handlers."""

from gureum.image.api import files, images, info, members, versions
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Glance

API = Api(
    service="image",
    path="image",
    port=9292,
    dialect=Glance(),
    routes=[*versions.routes, *images.routes, *files.routes, *members.routes, *info.routes],
)
