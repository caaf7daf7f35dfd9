"""What the network service tells those above it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PortUp:
    """A guest's port came up or went down."""

    port_id: str
    device_id: str
    up: bool


@dataclass(frozen=True)
class PortDeleted:
    """Somebody deleted a guest's port through this API, while the guest may still have it."""

    port_id: str
    device_id: str
