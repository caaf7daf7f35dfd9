"""Rules that others are made of."""

from gureum.kernel.policy import Rule

RULES = [
    Rule("admin_only", "rule:context_is_admin"),
    Rule("admin_or_network_owner", "rule:context_is_admin or project_id:%(network:project_id)s"),
    Rule("admin_or_owner", "rule:context_is_admin or rule:owner"),
    Rule("admin_or_sg_owner", "rule:context_is_admin or project_id:%(security_group:project_id)s"),
    Rule("admin_owner_or_network_owner", "rule:owner or rule:admin_or_network_owner"),
    Rule("admin_owner_or_sg_owner", "rule:owner or rule:admin_or_sg_owner"),
    Rule("baremetal_device", "field:port:device_owner=~^baremetal:"),
    Rule("compute_device", "field:port:device_owner=~^compute:"),
    Rule("context_is_admin", "role:admin"),
    Rule("context_is_advsvc", "role:advsvc"),
    Rule("default", "rule:admin_or_owner"),
    Rule("external", "field:networks:router:external=True"),
    Rule("external_network", "field:subnets:router:external=True"),
    Rule("manila_device", "field:port:device_owner=~^manila:"),
    Rule("network_device", "field:port:device_owner=~^network:"),
    Rule("network_owner", "project_id:%(network:project_id)s"),
    Rule("owner", "project_id:%(project_id)s"),
    Rule("regular_user", ""),
    Rule("rule_default_sg", "field:security_group_rules:belongs_to_default_sg=True"),
    Rule("service_api", "role:service"),
    Rule("sg_owner", "project_id:%(security_group:project_id)s"),
    Rule("shared", "field:networks:shared=True"),
    Rule("shared_security_group", "field:security_groups:shared=True"),
]
