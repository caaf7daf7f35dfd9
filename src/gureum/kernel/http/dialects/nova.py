"""Compute and block storage: {"<fault name>": {"code", "message"}}."""

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer
from gureum.kernel.http.dialect import Asked, status_of, unauthorized
from gureum.kernel.http.dialects import webob

_NAMES = {
    400: "badRequest",
    403: "forbidden",
    404: "itemNotFound",
    409: "conflictingRequest",
    413: "overLimit",
    415: "badMediaType",
    501: "notImplemented",
    503: "serviceUnavailable",
}


class Nova:
    """Faults of the compute API (and, with quota faults as 413, of block storage)."""

    def __init__(self, *, quota_status: int = 403, malformed: str = "Malformed request body") -> None:
        self._special: dict[type[Fault], int] = {faults.OverQuota: quota_status, faults.MethodNotAllowed: 404}
        self._malformed = malformed

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        if isinstance(fault, faults.Unauthenticated):
            return unauthorized(fault, asked)
        if isinstance(fault, faults.NoSuchRoute | faults.MethodNotAllowed):
            return webob.page(404, "The resource could not be found.", "", asked)
        if isinstance(fault, faults.TooLarge):
            return webob.page(413, "Request is too large. Larger than max_request_body_size (%s).", "", asked)
        status = status_of(fault, self._special)
        body: dict[str, object] = {"code": status, "message": self._sentence(fault)}
        headers: list[tuple[str, str]] = []
        if status == 413:
            body["retryAfter"] = "0"
            headers.append(("Retry-After", "0"))
        return Answer(status, {_NAMES.get(status, "computeFault"): body}, headers)

    def _sentence(self, fault: Fault) -> str:
        return self._malformed if isinstance(fault, faults.Malformed) else fault.message
