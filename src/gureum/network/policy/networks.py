"""Rules about networks."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("create_network", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_network:is_default", "rule:admin_only"),
    Rule("create_network:port_security_enabled", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("create_network:provider:network_type", "rule:admin_only"),
    Rule("create_network:provider:physical_network", "rule:admin_only"),
    Rule("create_network:provider:segmentation_id", "rule:admin_only"),
    Rule("create_network:router:external", "rule:admin_only"),
    Rule("create_network:shared", "rule:admin_only"),
    Rule("create_network:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_network", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("delete_network:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule(
        "get_network",
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:service_api or "
        "rule:shared or rule:external or rule:context_is_advsvc",
    ),
    Rule("get_network:provider:network_type", "rule:admin_only"),
    Rule("get_network:provider:physical_network", "rule:admin_only"),
    Rule("get_network:provider:segmentation_id", "rule:admin_only"),
    Rule(
        "get_network:tags",
        "(rule:admin_only) or (role:reader and project_id:%(project_id)s) or rule:shared or rule:external "
        "or rule:context_is_advsvc",
    ),
    Rule("update_network", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("update_network:is_default", "rule:admin_only"),
    Rule("update_network:port_security_enabled", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
    Rule("update_network:provider:network_type", "rule:admin_only"),
    Rule("update_network:provider:physical_network", "rule:admin_only"),
    Rule("update_network:provider:segmentation_id", "rule:admin_only"),
    Rule("update_network:router:external", "rule:admin_only"),
    Rule("update_network:shared", "rule:admin_only"),
    Rule("update_network:tags", "(rule:admin_only) or (role:member and project_id:%(project_id)s)"),
]
