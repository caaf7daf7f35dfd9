"""Rules about key pairs."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("os_compute_api:os-keypairs:create", "(rule:context_is_admin) or user_id:%(user_id)s", "POST /os-keypairs"),
    Rule(
        "os_compute_api:os-keypairs:delete",
        "(rule:context_is_admin) or user_id:%(user_id)s",
        "DELETE /os-keypairs/{keypair_name}",
    ),
    Rule("os_compute_api:os-keypairs:index", "(rule:context_is_admin) or user_id:%(user_id)s", "GET /os-keypairs"),
    Rule(
        "os_compute_api:os-keypairs:show",
        "(rule:context_is_admin) or user_id:%(user_id)s",
        "GET /os-keypairs/{keypair_name}",
    ),
]
