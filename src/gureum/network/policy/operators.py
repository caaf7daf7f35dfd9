"""Rules about quotas, agents and service providers."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("delete_agent", "rule:admin_only"),
    Rule("delete_quota", "rule:admin_only"),
    Rule("get_agent", "rule:admin_only"),
    Rule("get_quota", "(rule:admin_only) or (role:manager and project_id:%(project_id)s)"),
    Rule("get_service_provider", "role:reader"),
    Rule("update_agent", "rule:admin_only"),
    Rule("update_quota", "rule:admin_only"),
]
