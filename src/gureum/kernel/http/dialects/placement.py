"""Placement: {"errors": [{"status", "title", "detail", "code", "request_id"}]}."""

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer
from gureum.kernel.http.dialect import REASONS, Asked, status_of, unauthorized

_SENTENCES = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    409: "There was a conflict when trying to complete your request.",
    415: "The request media type None is not supported by this server.",
}


class Placement:
    """Faults of the placement API."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        if isinstance(fault, faults.Unauthenticated):
            return unauthorized(fault, asked)
        status = status_of(fault)
        message = fault.message
        if isinstance(fault, faults.Forbidden) and "rule" in fault.about:
            message = f"Policy does not allow {fault.about['rule']} to be performed."
        sentence = _SENTENCES.get(status, REASONS.get(status, ""))
        detail = f"{sentence}\n\n   " if isinstance(fault, faults.NoSuchRoute) else f"{sentence}\n\n {message}  "
        error = {
            "status": status,
            "title": REASONS.get(status, "Error"),
            "detail": detail,
            "code": fault.about.get("code", "placement.undefined_code"),
            "request_id": asked.request_id,
        }
        return Answer(status, {"errors": [error]})
