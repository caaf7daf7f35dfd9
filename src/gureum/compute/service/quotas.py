"""Compute's quotas and how their usage is counted."""

from gureum.kernel.quota import UNLIMITED, Quotas

QUOTAS = Quotas(
    "compute",
    {
        "instances": 10,
        "cores": 20,
        "ram": 51200,
        "metadata_items": 128,
        "key_pairs": 100,
        "server_groups": 10,
        "server_group_members": 10,
        "injected_files": 5,
        "injected_file_content_bytes": 10240,
        "injected_file_path_bytes": 255,
        "fixed_ips": UNLIMITED,
        "floating_ips": UNLIMITED,
        "security_groups": UNLIMITED,
        "security_group_rules": UNLIMITED,
    },
)
