"""Rules about transfers of volumes."""

from gureum.kernel.policy import Rule

_MEMBER = "rule:xena_system_admin_or_project_member"
_READER = "rule:xena_system_admin_or_project_reader"

RULES = [
    Rule(
        "volume:get_all_transfers",
        _READER,
        "GET /os-volume-transfer; GET /os-volume-transfer/detail; GET /volume_transfers; GET /volume-transfers/detail",
    ),
    Rule("volume:create_transfer", _MEMBER, "POST /os-volume-transfer; POST /volume_transfers"),
    Rule("volume:get_transfer", _READER, "GET /os-volume-transfer/{transfer_id}; GET /volume-transfers/{transfer_id}"),
    Rule(
        "volume:accept_transfer",
        _MEMBER,
        "POST /os-volume-transfer/{transfer_id}/accept; POST /volume-transfers/{transfer_id}/accept",
    ),
    Rule(
        "volume:delete_transfer",
        _MEMBER,
        "DELETE /os-volume-transfer/{transfer_id}; DELETE /volume-transfers/{transfer_id}",
    ),
]
