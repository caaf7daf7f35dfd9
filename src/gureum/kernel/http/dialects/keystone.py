"""Identity: {"error": {"code", "message", "title"}}."""

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer
from gureum.kernel.http.dialect import REASONS, Asked, status_of

_MALFORMED = (
    "The server could not comply with the request since it is either malformed or otherwise incorrect. "
    "The client is assumed to be in error."
)
_NO_PAGE = (
    b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    b"<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and "
    b"try again.</p>\n"
)
_TOO_LARGE = {
    "message": "Request is too large. Larger than max_request_body_size (%s).<br /><br />\n\n\n",
    "code": "413 Request Entity Too Large",
    "title": "Request Entity Too Large",
}


class Keystone:
    """Faults of the identity API."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        if isinstance(fault, faults.NoSuchRoute):
            return Answer(404, _NO_PAGE, content_type="text/html; charset=utf-8")
        if isinstance(fault, faults.MethodNotAllowed):
            allow = ", ".join([*fault.about.get("allow", []), "OPTIONS"])
            return Answer(405, {"message": "The method is not allowed for the requested URL."}, [("Allow", allow)])
        if isinstance(fault, faults.TooLarge):
            return Answer(413, _TOO_LARGE)
        headers: list[tuple[str, str]] = []
        if isinstance(fault, faults.Unauthenticated):
            headers.append(("WWW-Authenticate", f'Keystone uri="{asked.identity_url}/v3"'))
        status = status_of(fault, {faults.BadMediaType: 400})
        title = REASONS.get(status, "Error")
        return Answer(status, {"error": {"code": status, "message": _message(fault), "title": title}}, headers)


def _message(fault: Fault) -> str:
    if isinstance(fault, faults.Malformed):
        return f"Expecting to find valid JSON in request body. {_MALFORMED}"
    if isinstance(fault, faults.BadMediaType):
        return f"Expecting to find application/json in Content-Type header. {_MALFORMED}"
    if isinstance(fault, faults.Forbidden) and "rule" in fault.about:
        return f"You are not authorized to perform the requested action: {fault.about['rule']}."
    if isinstance(fault, faults.Conflict) and fault.about.get("store"):
        return f"Conflict occurred attempting to store {fault.about['store']} - {fault.message}"
    return fault.message
