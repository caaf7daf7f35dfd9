"""Whom to ask about a volume's bytes."""

from gureum.block_storage.volume import Volume
from gureum.kernel.flow import Target


def asked(volume: Volume) -> Target:
    """The agent of the volume's pool."""
    return Target(agent=volume.agent)
