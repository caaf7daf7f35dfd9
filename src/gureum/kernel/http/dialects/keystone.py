"""Identity: {"error": {"code", "message", "title"}}."""

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer
from gureum.kernel.http.dialect import REASONS, Asked, status_of

_MALFORMED = (
    "The server could not comply with the request since it is either malformed or otherwise incorrect. "
    "The client is assumed to be in error."
)


class Keystone:
    """Faults of the identity API."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        status = status_of(fault)
        headers = [("Vary", "X-Auth-Token")]
        if isinstance(fault, faults.MethodNotAllowed):
            allow = ", ".join(fault.about.get("allow", []))
            return Answer(405, {"message": "The method is not allowed for the requested URL."}, [("Allow", allow)])
        if isinstance(fault, faults.Unauthenticated):
            headers.append(("WWW-Authenticate", f'Keystone uri="{asked.identity_url}/v3"'))
        message = fault.message
        if isinstance(fault, faults.Malformed):
            message = _MALFORMED
        elif isinstance(fault, faults.Forbidden) and "rule" in fault.about:
            message = f"You are not authorized to perform the requested action: {fault.about['rule']}."
        elif isinstance(fault, faults.Conflict) and fault.about.get("store"):
            message = f"Conflict occurred attempting to store {fault.about['store']} - {message}"
        return Answer(
            status, {"error": {"code": status, "message": message, "title": REASONS.get(status, "Error")}}, headers
        )
