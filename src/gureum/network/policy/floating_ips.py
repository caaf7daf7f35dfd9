"""Rules about floating IPs."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("create_floatingip", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_floatingip:floating_ip_address", "(rule:admin_only) or (role:manager and project_id:%(project_id)s)"),
    Rule("create_floatingip:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_floatingip", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_floatingip:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("get_floatingip", "(rule:admin_only) or (role:reader and project_id:%(project_id)s)"),
    Rule("get_floatingip:tags", "(rule:admin_only) or (role:reader and project_id:%(project_id)s)"),
    Rule("update_floatingip", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("update_floatingip:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
]
