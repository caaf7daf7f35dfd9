"""Rules about snapshots of volumes."""

from gureum.kernel.policy import Rule

_MEMBER = "rule:xena_system_admin_or_project_member"
_READER = "rule:xena_system_admin_or_project_reader"

RULES = [
    Rule("volume:create_snapshot", _MEMBER, "POST /snapshots"),
    Rule("volume:get_snapshot", _READER, "GET /snapshots/{snapshot_id}"),
    Rule("volume:get_all_snapshots", _READER, "GET /snapshots; GET /snapshots/detail"),
    Rule("volume:update_snapshot", _MEMBER, "PUT /snapshots/{snapshot_id}"),
    Rule("volume:delete_snapshot", _MEMBER, "DELETE /snapshots/{snapshot_id}"),
    Rule(
        "volume:get_snapshot_metadata",
        _READER,
        "GET /snapshots/{snapshot_id}/metadata; GET /snapshots/{snapshot_id}/metadata/{key}",
    ),
    Rule(
        "volume:update_snapshot_metadata",
        _MEMBER,
        "POST /snapshots/{snapshot_id}/metadata; PUT /snapshots/{snapshot_id}/metadata/{key}",
    ),
    Rule("volume:delete_snapshot_metadata", _MEMBER, "DELETE /snapshots/{snapshot_id}/metadata/{key}"),
    Rule(
        "volume_extension:extended_snapshot_attributes",
        _READER,
        "GET /snapshots/{snapshot_id}; GET /snapshots/detail",
    ),
    Rule(
        "volume_extension:snapshot_admin_actions:reset_status",
        "rule:admin_api",
        "POST /snapshots/{snapshot_id}/action (os-reset_status)",
    ),
    Rule(
        "volume_extension:snapshot_admin_actions:force_delete",
        "rule:admin_api",
        "POST /snapshots/{snapshot_id}/action (os-force_delete)",
    ),
]
