"""Rules about policy documents that other services keep here."""

from gureum.kernel.policy import Rule

_READ = "rule:admin_required or (role:reader and system_scope:all)"
_ONE = "/v3/policies/{policy_id}"

RULES = [
    Rule("identity:get_policy", _READ, f"GET {_ONE}", scope="system,project"),
    Rule("identity:list_policies", _READ, "GET /v3/policies", scope="system,project"),
    Rule("identity:create_policy", "rule:admin_required", "POST /v3/policies", scope="system,project"),
    Rule("identity:update_policy", "rule:admin_required", f"PATCH {_ONE}", scope="system,project"),
    Rule("identity:delete_policy", "rule:admin_required", f"DELETE {_ONE}", scope="system,project"),
]
