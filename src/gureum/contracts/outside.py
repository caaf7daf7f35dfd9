"""Looking around: everything of ours that exists outside the database, so that it can be compared with the rows."""

from gureum.contracts.message import Message


class LookAround(Message, frozen=True, kw_only=True):
    """Question: what of ours is there?"""


class Outside(Message, frozen=True, kw_only=True):
    """Answer: ids by kind. Kinds are the rows' own: server, volume, volume_snapshot, network, port, router, security_group."""

    things: dict[str, list[str]]
