"""Rules about credentials of users."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "identity:get_credential",
        "(rule:admin_required) or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s",
        "GET /v3/credentials/{credential_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:list_credentials",
        "(rule:admin_required) or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s",
        "GET /v3/credentials",
        scope="system,domain,project",
    ),
    Rule(
        "identity:create_credential",
        "(rule:admin_required) or user_id:%(target.credential.user_id)s",
        "POST /v3/credentials",
        scope="system,domain,project",
    ),
    Rule(
        "identity:update_credential",
        "(rule:admin_required) or user_id:%(target.credential.user_id)s",
        "PATCH /v3/credentials/{credential_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:delete_credential",
        "(rule:admin_required) or user_id:%(target.credential.user_id)s",
        "DELETE /v3/credentials/{credential_id}",
        scope="system,domain,project",
    ),
    Rule(
        "identity:ec2_get_credential",
        "(rule:admin_required) or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s",
        "GET /v3/users/{user_id}/credentials/OS-EC2/{credential_id}",
        scope="system,project",
    ),
    Rule(
        "identity:ec2_list_credentials",
        "(rule:admin_required) or (role:reader and system_scope:all) or rule:owner",
        "GET /v3/users/{user_id}/credentials/OS-EC2",
        scope="system,project",
    ),
    Rule(
        "identity:ec2_create_credential",
        "(rule:admin_required) or (role:member and user_id:%(target.credential.user_id)s)",
        "POST /v3/users/{user_id}/credentials/OS-EC2",
        scope="system,project",
    ),
    Rule(
        "identity:ec2_delete_credential",
        "(rule:admin_required) or (role:member and user_id:%(target.credential.user_id)s)",
        "DELETE /v3/users/{user_id}/credentials/OS-EC2/{credential_id}",
        scope="system,project",
    ),
]
