"""Looking around: everything of ours that exists outside the database, so that it can be compared with the rows."""

from gureum.contracts.message import Message


class LookAround(Message, frozen=True, kw_only=True):
    """Question: what of ours is there, and what is the host like?"""


class Outside(Message, frozen=True, kw_only=True):
    """Answer: ids by kind. Kinds are the rows' own: server, volume, volume_snapshot, network, port, router, security_group; and
    `tap`, the plug of the port whose id it names."""

    things: dict[str, list[str]]
    now: int = 0
    """The host's clock, in microseconds since the epoch; 0 where the agent has no host."""
    mtu: int = 0
    """The largest packet, in bytes, that goes between this host and others; 0 where it is not known."""


class RemoveTap(Message, frozen=True, kw_only=True):
    """Nothing shall be plugged into the integration bridge for this port, unless a guest that runs holds it."""

    port_id: str
