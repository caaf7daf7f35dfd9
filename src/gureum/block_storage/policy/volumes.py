"""Rules about volumes and what is done to them."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "volume:create",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes",
    ),
    Rule(
        "volume:create_from_image",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes",
    ),
    Rule(
        "volume:get",
        "rule:xena_system_admin_or_project_reader",
        "GET /volumes/{volume_id}",
    ),
    Rule(
        "volume:get_all",
        "rule:xena_system_admin_or_project_reader",
        "GET /volumes; GET /volumes/detail; GET /volumes/summary",
    ),
    Rule(
        "volume:update",
        "rule:xena_system_admin_or_project_member",
        "PUT /volumes; POST /volumes/{volume_id}/action (os-set_bootable)",
    ),
    Rule(
        "volume:delete",
        "rule:xena_system_admin_or_project_member",
        "DELETE /volumes/{volume_id}",
    ),
    Rule(
        "volume:force_delete",
        "rule:admin_api",
        "DELETE /volumes/{volume_id}",
    ),
    Rule(
        "volume:get_volume_metadata",
        "rule:xena_system_admin_or_project_reader",
        "GET /volumes/{volume_id}/metadata; "
        "GET /volumes/{volume_id}/metadata/{key}; "
        "POST /volumes/{volume_id}/action  (os-show_image_metadata)",
    ),
    Rule(
        "volume:create_volume_metadata",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/metadata",
    ),
    Rule(
        "volume:update_volume_metadata",
        "rule:xena_system_admin_or_project_member",
        "PUT /volumes/{volume_id}/metadata; PUT /volumes/{volume_id}/metadata/{key}",
    ),
    Rule(
        "volume:delete_volume_metadata",
        "rule:xena_system_admin_or_project_member",
        "DELETE /volumes/{volume_id}/metadata/{key}",
    ),
    Rule(
        "volume:update_volume_admin_metadata",
        "rule:admin_api",
        "POST /volumes/{volume_id}/action (os-update_readonly_flag); POST /volumes/{volume_id}/action (os-attach)",
    ),
    Rule(
        "volume:extend",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-extend)",
    ),
    Rule(
        "volume:extend_attached_volume",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-extend)",
    ),
    Rule(
        "volume:update_readonly_flag",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-update_readonly_flag)",
    ),
    Rule(
        "volume_extension:volume_admin_actions:reset_status",
        "rule:admin_api",
        "POST /volumes/{volume_id}/action (os-reset_status)",
    ),
    Rule(
        "volume_extension:volume_admin_actions:force_delete",
        "rule:admin_api",
        "POST /volumes/{volume_id}/action (os-force_delete)",
    ),
    Rule(
        "volume_extension:volume_host_attribute",
        "rule:admin_api",
        "GET /volumes/{volume_id}; GET /volumes/detail",
    ),
    Rule(
        "volume_extension:volume_tenant_attribute",
        "rule:xena_system_admin_or_project_reader",
        "GET /volumes/{volume_id}; GET /volumes/detail",
    ),
    Rule(
        "volume_extension:volume_mig_status_attribute",
        "rule:admin_api",
        "GET /volumes/{volume_id}; GET /volumes/detail",
    ),
    Rule(
        "volume_extension:volume_image_metadata:show",
        "rule:xena_system_admin_or_project_reader",
        "GET /volumes/detail; GET /volumes/{volume_id}",
    ),
    Rule(
        "volume_extension:volume_image_metadata:set",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-set_image_metadata)",
    ),
    Rule(
        "volume_extension:volume_image_metadata:remove",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-unset_image_metadata)",
    ),
    Rule(
        "volume:multiattach",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes",
    ),
]
