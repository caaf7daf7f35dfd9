"""Keystone's API: routes and handlers."""

from gureum.identity.api import auth, grants, projects, roles, users, versions
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Keystone

API = Api(
    service="identity",
    path="identity",
    port=5000,
    dialect=Keystone(),
    routes=[*versions.routes, *auth.routes, *projects.routes, *users.routes, *roles.routes, *grants.routes],
    token_first=False,
    lax=False,
    schema_first=False,
)
