"""Rules about routers."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("add_router_interface", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_router", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_router:external_gateway_info", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_router:external_gateway_info:enable_snat", "rule:admin_only"),
    Rule("create_router:external_gateway_info:external_fixed_ips", "rule:admin_only"),
    Rule(
        "create_router:external_gateway_info:network_id",
        "(rule:admin_only) or (role:member and project_id:%(project_id)s)",
    ),
    Rule("create_router:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("add_extraroutes", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_router", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_router:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("get_router", "(rule:admin_only) or (role:reader and project_id:%(project_id)s)"),
    Rule("get_router:tags", "(rule:admin_only) or (role:reader and project_id:%(project_id)s)"),
    Rule("remove_router_interface", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("remove_extraroutes", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("update_router", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("update_router:external_gateway_info", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("update_router:external_gateway_info:enable_snat", "rule:admin_only"),
    Rule("update_router:external_gateway_info:external_fixed_ips", "rule:admin_only"),
    Rule(
        "update_router:external_gateway_info:network_id",
        "(rule:admin_only) or (role:member and project_id:%(project_id)s)",
    ),
    Rule("update_router:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
]
