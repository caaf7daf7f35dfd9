"""Rules about trusts."""

from gureum.kernel.policy import Rule

_PARTY = (
    "(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s or "
    "user_id:%(target.trust.trustee_user_id)s)"
)

RULES = [
    Rule(
        "identity:create_trust",
        "user_id:%(target.trust.trustor_user_id)s",
        "POST /v3/OS-TRUST/trusts",
        scope="project",
    ),
    Rule(
        "identity:list_trusts",
        "rule:admin_required or (role:reader and system_scope:all)",
        "GET /v3/OS-TRUST/trusts ; HEAD /v3/OS-TRUST/trusts",
        scope="system,project",
    ),
    Rule(
        "identity:list_trusts_for_trustor",
        "(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s)",
        "GET /v3/OS-TRUST/trusts?trustor_user_id={trustor_user_id} ; "
        "HEAD /v3/OS-TRUST/trusts?trustor_user_id={trustor_user_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_trusts_for_trustee",
        "(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustee_user_id)s)",
        "GET /v3/OS-TRUST/trusts?trustee_user_id={trustee_user_id} ; "
        "HEAD /v3/OS-TRUST/trusts?trustee_user_id={trustee_user_id}",
        scope="system,project",
    ),
    Rule(
        "identity:get_trust",
        _PARTY,
        "GET /v3/OS-TRUST/trusts/{trust_id} ; HEAD /v3/OS-TRUST/trusts/{trust_id}",
        scope="system,project",
    ),
    Rule(
        "identity:delete_trust",
        "rule:admin_required or user_id:%(target.trust.trustor_user_id)s",
        "DELETE /v3/OS-TRUST/trusts/{trust_id}",
        scope="system,project",
    ),
    Rule(
        "identity:list_roles_for_trust",
        _PARTY,
        "GET /v3/OS-TRUST/trusts/{trust_id}/roles ; HEAD /v3/OS-TRUST/trusts/{trust_id}/roles",
        scope="system,project",
    ),
    Rule(
        "identity:get_role_for_trust",
        _PARTY,
        "GET /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id} ; HEAD /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}",
        scope="system,project",
    ),
]
