"""Rules about volume types."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "volume_extension:access_types_extra_specs",
        "rule:xena_system_admin_or_project_reader",
        "GET /types/{type_id}; GET /types",
    ),
    Rule(
        "volume_extension:access_types_qos_specs_id",
        "rule:admin_api",
        "GET /types/{type_id}; GET /types",
    ),
    Rule(
        "volume_extension:type_create",
        "rule:admin_api",
        "POST /types",
    ),
    Rule(
        "volume_extension:type_delete",
        "rule:admin_api",
        "DELETE /types",
    ),
    Rule(
        "volume_extension:type_get",
        "rule:xena_system_admin_or_project_reader",
        "GET /types/{type_id}",
    ),
    Rule(
        "volume_extension:type_get_all",
        "rule:xena_system_admin_or_project_reader",
        "GET /types/",
    ),
    Rule(
        "volume_extension:type_update",
        "rule:admin_api",
        "PUT /types",
    ),
    Rule(
        "volume_extension:types_extra_specs:create",
        "rule:admin_api",
        "POST /types/{type_id}/extra_specs",
    ),
    Rule(
        "volume_extension:types_extra_specs:delete",
        "rule:admin_api",
        "DELETE /types/{type_id}/extra_specs/{extra_spec_key}",
    ),
    Rule(
        "volume_extension:types_extra_specs:index",
        "rule:xena_system_admin_or_project_reader",
        "GET /types/{type_id}/extra_specs",
    ),
    Rule(
        "volume_extension:types_extra_specs:read_sensitive",
        "rule:admin_api",
        "GET /types; "
        "GET /types/{type_id}; "
        "GET /types/{type_id}/extra_specs; "
        "GET /types/{type_id}/extra_specs/{extra_spec_key}",
    ),
    Rule(
        "volume_extension:types_extra_specs:show",
        "rule:xena_system_admin_or_project_reader",
        "GET /types/{type_id}/extra_specs/{extra_spec_key}",
    ),
    Rule(
        "volume_extension:types_extra_specs:update",
        "rule:admin_api",
        "PUT /types/{type_id}/extra_specs/{extra_spec_key}",
    ),
    Rule(
        "volume_extension:volume_type_access",
        "rule:xena_system_admin_or_project_member",
        "GET /types; GET /types/{type_id}; POST /types",
    ),
    Rule(
        "volume_extension:volume_type_access:addProjectAccess",
        "rule:admin_api",
        "POST /types/{type_id}/action (addProjectAccess)",
    ),
    Rule(
        "volume_extension:volume_type_access:get_all_for_type",
        "rule:admin_api",
        "GET /types/{type_id}/os-volume-type-access",
    ),
    Rule(
        "volume_extension:volume_type_access:removeProjectAccess",
        "rule:admin_api",
        "POST /types/{type_id}/action (removeProjectAccess)",
    ),
]
