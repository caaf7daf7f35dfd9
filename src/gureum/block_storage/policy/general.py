"""Rules that others are made of."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "admin_api",
        "is_admin:True or (role:admin and is_admin_project:True)",
    ),
    Rule(
        "admin_or_owner",
        "is_admin:True or (role:admin and is_admin_project:True) or project_id:%(project_id)s",
    ),
    Rule(
        "context_is_admin",
        "role:admin",
    ),
    Rule(
        "system_or_domain_or_project_admin",
        "(role:admin and system_scope:all) or (role:admin and domain_id:%(domain_id)s) or "
        "(role:admin and project_id:%(project_id)s)",
    ),
    Rule(
        "xena_system_admin_or_project_member",
        "(role:admin) or (role:member and project_id:%(project_id)s)",
    ),
    Rule(
        "xena_system_admin_or_project_reader",
        "(role:admin) or (role:reader and project_id:%(project_id)s)",
    ),
]
