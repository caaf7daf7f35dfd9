"""Policy rules, upstream's names and defaults, a module a resource."""

from gureum.block_storage.policy import attachments, general, quotas, services, snapshots, transfers, types, volumes
from gureum.kernel.policy import Rule

RULES: list[Rule] = [
    *general.RULES,
    *volumes.RULES,
    *snapshots.RULES,
    *attachments.RULES,
    *transfers.RULES,
    *types.RULES,
    *quotas.RULES,
    *services.RULES,
]
