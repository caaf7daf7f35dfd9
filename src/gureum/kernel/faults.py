"""What can go wrong, without a word of HTTP: a dialect gives each kind its number and shape at the edge."""

from typing import Any


class Fault(Exception):
    """A refusal or failure that its reader can understand.

    `message` is public. `name` is the exception class that upstream names for it where an API shows one (Network does).
    `about` carries figures for a dialect or a log; `cause` is for the operator only.
    """

    def __init__(self, message: str, *, name: str = "", cause: str = "", **about: Any) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.cause = cause
        self.about = about


class Invalid(Fault):
    """The request is wrong in itself."""


class Malformed(Invalid):
    """The body cannot even be read."""


class OutOfRange(Invalid):
    """A part of the bytes is asked for that is not there."""


class Unauthenticated(Fault):
    """Nobody known is asking."""


class Forbidden(Fault):
    """Somebody known asks for what is not theirs to do."""


class NotFound(Fault):
    """It does not exist, or the caller may not see it."""


class NoSuchRoute(NotFound):
    """No operation has this path."""


class MethodNotAllowed(Fault):
    """The path exists, the method does not; `about["allow"]` lists those that do."""


class Conflict(Fault):
    """The state of things forbids it now."""


class PreconditionFailed(Fault):
    """The thing is no longer at the revision that the request insists on."""


class OverQuota(Fault):
    """A quota would be exceeded."""


class TooLarge(Fault):
    """The request is larger than allowed."""


class BadMediaType(Fault):
    """The content type is not spoken here."""


class NotAcceptable(Fault):
    """The microversion is out of range."""


class Gone(Fault):
    """The operation existed once and was removed upstream."""


class NoCapacity(Fault):
    """No host or pool can take it."""


class Busy(Fault):
    """Too much is going on; the same request will do later."""


class TimedOut(Fault):
    """Nobody answered in time."""


class Unsupported(Fault):
    """The API knows it, and nothing here does it."""


class Unavailable(Fault):
    """Something below is away."""
