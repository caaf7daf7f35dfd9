"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.identity.policy import auth, projects
from gureum.kernel.policy import Rule

RULES: list[Rule] = [*auth.RULES, *projects.RULES]
