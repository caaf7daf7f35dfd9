"""Rules about security groups and their rules."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("create_security_group", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_security_group:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_security_group_rule", "(rule:admin_only) or (role:member and rule:sg_owner)"),
    Rule("delete_security_group", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_security_group:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_security_group_rule", "(rule:admin_only) or (role:member and rule:sg_owner)"),
    Rule(
        "get_security_group",
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared_security_group",
    ),
    Rule(
        "get_security_group:tags",
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared_security_group",
    ),
    Rule("get_security_group_rule", "(rule:admin_only) or (role:reader and rule:sg_owner)"),
    Rule("update_security_group", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("update_security_group:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
]
