"""Rules about ports."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("create_port", "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner or rule:shared"),
    Rule(
        "create_port:allowed_address_pairs",
        "(rule:admin_only) or (role:member and rule:network_owner) or rule:service_api",
    ),
    Rule(
        "create_port:allowed_address_pairs:ip_address",
        "(rule:admin_only) or (role:member and rule:network_owner) or rule:service_api",
    ),
    Rule(
        "create_port:allowed_address_pairs:mac_address",
        "(rule:admin_only) or (role:member and rule:network_owner) or rule:service_api",
    ),
    Rule("create_port:binding:host_id", "(rule:admin_only) or (rule:service_api)"),
    Rule("create_port:binding:profile", "rule:service_api"),
    Rule(
        "create_port:binding:vnic_type",
        "(rule:admin_only) or (role:member and project_id:%(project_id)s) or rule:service_api",
    ),
    Rule(
        "create_port:device_id",
        "(rule:admin_only) or (role:member and project_id:%(project_id)s) or rule:service_api",
    ),
    Rule(
        "create_port:device_owner",
        "not rule:network_device or (rule:admin_only) or (rule:service_api) or role:member and rule:network_owner",
    ),
    Rule(
        "create_port:fixed_ips",
        "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner or rule:shared",
    ),
    Rule(
        "create_port:fixed_ips:ip_address",
        "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner",
    ),
    Rule(
        "create_port:fixed_ips:subnet_id",
        "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner or rule:shared",
    ),
    Rule("create_port:mac_address", "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner"),
    Rule(
        "create_port:port_security_enabled",
        "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner",
    ),
    Rule(
        "create_port:tags",
        "(rule:admin_only) or (role:member and project_id:%(project_id)s) or rule:context_is_advsvc",
    ),
    Rule(
        "delete_port",
        "(rule:admin_only) or (rule:service_api) or (service_roles:service and (role:member and "
        "rule:network_owner or role:member and project_id:%(project_id)s)) or (not rule:compute_device "
        "and not rule:baremetal_device and not rule:manila_device and (role:member and rule:network_owner "
        "or role:member and project_id:%(project_id)s))",
    ),
    Rule(
        "delete_port:tags",
        "rule:context_is_advsvc or role:member and project_id:%(project_id)s or (rule:admin_only) or "
        "(role:member and rule:network_owner)",
    ),
    Rule(
        "get_port",
        "(rule:admin_only) or (rule:service_api) or role:reader and rule:network_owner or role:reader and "
        "project_id:%(project_id)s",
    ),
    Rule("get_port:binding:host_id", "(rule:admin_only) or (rule:service_api)"),
    Rule("get_port:binding:profile", "(rule:admin_only) or (rule:service_api)"),
    Rule("get_port:binding:vif_details", "(rule:admin_only) or (rule:service_api)"),
    Rule("get_port:binding:vif_type", "(rule:admin_only) or (rule:service_api)"),
    Rule(
        "get_port:tags",
        "rule:context_is_advsvc or (rule:admin_only) or (role:reader and rule:network_owner) or "
        "role:reader and project_id:%(project_id)s",
    ),
    Rule("update_port", "(rule:admin_only) or (rule:service_api) or role:member and project_id:%(project_id)s"),
    Rule(
        "update_port:allowed_address_pairs",
        "(rule:admin_only) or (role:member and rule:network_owner) or rule:service_api",
    ),
    Rule(
        "update_port:allowed_address_pairs:ip_address",
        "(rule:admin_only) or (role:member and rule:network_owner) or rule:service_api",
    ),
    Rule(
        "update_port:allowed_address_pairs:mac_address",
        "(rule:admin_only) or (role:member and rule:network_owner) or rule:service_api",
    ),
    Rule("update_port:binding:host_id", "(rule:admin_only) or (rule:service_api)"),
    Rule("update_port:binding:profile", "rule:service_api"),
    Rule(
        "update_port:binding:vnic_type",
        "(rule:admin_only) or (rule:service_api) or role:member and project_id:%(project_id)s",
    ),
    Rule(
        "update_port:device_id",
        "(rule:admin_only) or (role:member and project_id:%(project_id)s) or rule:service_api",
    ),
    Rule(
        "update_port:device_owner",
        "not rule:network_device or (rule:admin_only) or (rule:service_api) or role:member and rule:network_owner",
    ),
    Rule("update_port:fixed_ips", "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner"),
    Rule(
        "update_port:fixed_ips:ip_address",
        "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner",
    ),
    Rule(
        "update_port:fixed_ips:subnet_id",
        "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner or rule:shared",
    ),
    Rule("update_port:mac_address", "(rule:admin_only) or (rule:service_api) or role:manager and rule:network_owner"),
    Rule(
        "update_port:port_security_enabled",
        "(rule:admin_only) or (rule:service_api) or role:member and rule:network_owner",
    ),
    Rule(
        "update_port:tags",
        "(rule:admin_only) or (role:member and project_id:%(project_id)s) or rule:context_is_advsvc",
    ),
]
