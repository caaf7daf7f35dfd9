"""The base of every message, and the faults an agent can report."""

from msgspec import Struct


class Message(Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """One statement or answer; its tag on the wire is the class name."""


class Gone(Message, frozen=True, kw_only=True):
    """Report: the thing of a `Remove…` is not there (any more)."""


class Done(Message, frozen=True, kw_only=True):
    """Report: the thing of an `Ensure…` is as it was asked, and there is nothing more to tell."""


class AgentFault(Message, frozen=True, kw_only=True):
    """Report: it could not be done.

    `text` is fit for the owner of the resource (no paths, no secrets); `detail` is for the operator.
    `again` says that the same ask may succeed later (a daemon is away), so the control plane repeats it.
    """

    text: str
    detail: str = ""
    again: bool = False
