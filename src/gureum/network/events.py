"""What the network service tells those above it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PortUp:
    """A guest's port came up or went down."""

    port_id: str
    device_id: str
    up: bool
