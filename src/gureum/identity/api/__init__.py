"""Keystone's API: routes and handlers."""

from gureum.identity.api import (
    application_credentials,
    assignments,
    auth,
    catalog,
    credentials,
    domains,
    grants,
    groups,
    project_tags,
    projects,
    regions,
    roles,
    stored_policies,
    trusts,
    users,
    versions,
)
from gureum.kernel.http import Api
from gureum.kernel.http.dialects import Keystone
from gureum.kernel.http.manners import Manners, Options

API = Api(
    service="identity",
    path="identity",
    port=5000,
    dialect=Keystone(),
    routes=[
        *versions.routes,
        *auth.routes,
        *projects.routes,
        *project_tags.routes,
        *domains.routes,
        *users.routes,
        *groups.routes,
        *roles.routes,
        *stored_policies.routes,
        *grants.routes,
        *assignments.routes,
        *application_credentials.routes,
        *credentials.routes,
        *trusts.routes,
        *regions.routes,
        *catalog.routes,
    ],
    token_first=False,
    lax=False,
    schema_first=False,
    manners=Manners(options=Options.ALLOW, latin=False),
)
