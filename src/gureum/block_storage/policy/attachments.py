"""Rules about attachments."""

from gureum.kernel.policy import Rule

RULES = [
    Rule(
        "volume:attachment_create",
        "rule:xena_system_admin_or_project_member",
        "POST /attachments",
    ),
    Rule(
        "volume:attachment_update",
        "rule:xena_system_admin_or_project_member",
        "PUT /attachments/{attachment_id}",
    ),
    Rule(
        "volume:attachment_delete",
        "rule:xena_system_admin_or_project_member",
        "DELETE /attachments/{attachment_id}",
    ),
    Rule(
        "volume:attachment_complete",
        "rule:xena_system_admin_or_project_member",
        "POST /attachments/{attachment_id}/action (os-complete)",
    ),
    Rule(
        "volume:multiattach_bootable_volume",
        "rule:xena_system_admin_or_project_member",
        "POST /attachments",
    ),
    Rule(
        "volume_extension:volume_actions:attach",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-attach)",
    ),
    Rule(
        "volume_extension:volume_actions:begin_detaching",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-begin_detaching)",
    ),
    Rule(
        "volume_extension:volume_actions:detach",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-detach)",
    ),
    Rule(
        "volume_extension:volume_actions:reserve",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-reserve)",
    ),
    Rule(
        "volume_extension:volume_actions:unreserve",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-unreserve)",
    ),
    Rule(
        "volume_extension:volume_actions:roll_detaching",
        "rule:xena_system_admin_or_project_member",
        "POST /volumes/{volume_id}/action (os-roll_detaching)",
    ),
]
