"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.identity.policy import (
    application_credentials,
    auth,
    catalog,
    credentials,
    domains,
    grants,
    groups,
    limits,
    projects,
    roles,
    stored_policies,
    trusts,
    users,
)
from gureum.kernel.policy import Rule

RULES: list[Rule] = [
    *application_credentials.RULES,
    *auth.RULES,
    *catalog.RULES,
    *credentials.RULES,
    *domains.RULES,
    *grants.RULES,
    *groups.RULES,
    *limits.RULES,
    *projects.RULES,
    *roles.RULES,
    *stored_policies.RULES,
    *trusts.RULES,
    *users.RULES,
]
