"""Rules about domains."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_domain",
        (
            "rule:admin_required or (role:reader and system_scope:all) or token.domain.id:%(target.domain.id)s or "
            "token.project.domain.id:%(target.domain.id)s"
        ),
        "GET /v3/domains/{domain_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_domains",
        (
            "rule:admin_required or (role:reader and system_scope:all) or (role:reader and "
            "domain_id:%(target.domain.id)s)"
        ),
        "GET /v3/domains",
        scope="system,domain,project",
    ),
    Rule("identity:create_domain", "rule:admin_required", "POST /v3/domains", scope="system,project"),
    Rule("identity:update_domain", "rule:admin_required", "PATCH /v3/domains/{domain_id}", scope="system,project"),
    Rule("identity:delete_domain", "rule:admin_required", "DELETE /v3/domains/{domain_id}", scope="system,project"),
]
