"""Glance's API: routes and handlers."""

from gureum.image.api import files, images, info, members, versions
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Glance
from gureum.kernel.http.manners import Manners, Options

API = Api(
    service="image",
    path="image",
    port=9292,
    dialect=Glance(),
    routes=[*versions.routes, *images.routes, *files.routes, *members.routes, *info.routes],
    manners=Manners(
        head=False,
        options=Options.EMPTY,
        slash=False,
        undecodable="Error decoding your request. Either the URL or the request body contained characters that could not be "
        "decoded by Glance",
    ),
)
