"""How an API says no: a status, headers and a body for every kind of fault."""

from dataclasses import dataclass
from typing import Protocol

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer
from gureum.kernel.http.history import Version


@dataclass(frozen=True)
class Asked:
    """What a dialect may want to know of the request."""

    method: str
    path: str
    base_url: str
    accept: str | None
    request_id: str
    identity_url: str
    version: Version = (0, 0)
    """The microversion of the answer; (0, 0) where none was chosen."""


class Dialect(Protocol):
    """Renders faults."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        ...


STATUS: dict[type[Fault], int] = {
    faults.Malformed: 400,
    faults.Invalid: 400,
    faults.Unauthenticated: 401,
    faults.Forbidden: 403,
    faults.NoSuchRoute: 404,
    faults.NotFound: 404,
    faults.MethodNotAllowed: 405,
    faults.NotAcceptable: 406,
    faults.Conflict: 409,
    faults.Gone: 410,
    faults.PreconditionFailed: 412,
    faults.OverQuota: 403,
    faults.TooLarge: 413,
    faults.OutOfRange: 416,
    faults.BadMediaType: 415,
    faults.Unsupported: 501,
    faults.NoCapacity: 503,
    faults.Busy: 503,
    faults.Unavailable: 503,
    faults.TimedOut: 504,
}
"""The usual number of each kind; dialects differ in few."""

REASONS = {
    300: "Multiple Choices",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    416: "Requested Range Not Satisfiable",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def status_of(fault: Fault, special: dict[type[Fault], int] | None = None) -> int:
    """The number of a fault's kind, or of the nearest kind above it; 500 for one that has none."""
    for kind in type(fault).__mro__:
        if special and kind in special:
            return special[kind]
        if kind in STATUS:
            return STATUS[kind]
    return 500


def unauthorized(fault: Fault, asked: Asked) -> Answer:
    """401 as the token check in front of most services words it."""
    body = {
        "error": {
            "code": 401,
            "title": "Unauthorized",
            "message": "The request you have made requires authentication.",
        }
    }
    return Answer(401, body, [("WWW-Authenticate", f'Keystone uri="{asked.identity_url}"')])
