"""Network: {"NeutronError": {"type", "message", "detail"}}, where type is upstream's exception class."""

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer
from gureum.kernel.http.dialect import Asked, status_of, unauthorized
from gureum.kernel.http.dialects import webob

_NAMES: dict[type[Fault], str] = {
    faults.Invalid: "HTTPBadRequest",
    faults.NoSuchRoute: "HTTPNotFound",
    faults.MethodNotAllowed: "HTTPMethodNotAllowed",
    faults.NotFound: "HTTPNotFound",
    faults.Forbidden: "PolicyNotAuthorized",
    faults.OverQuota: "OverQuota",
    faults.Conflict: "Conflict",
    faults.NotAcceptable: "HTTPNotAcceptable",
    faults.TooLarge: "HTTPRequestEntityTooLarge",
    faults.BadMediaType: "HTTPUnsupportedMediaType",
}
_STANDING: dict[type[Fault], str] = {
    faults.NoSuchRoute: "The resource could not be found.",
    faults.MethodNotAllowed: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    faults.NotAcceptable: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    faults.Malformed: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
}


class Neutron:
    """Faults of the network API."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        if isinstance(fault, faults.Unauthenticated):
            return unauthorized(fault, asked)
        if isinstance(fault, faults.MethodNotAllowed) and asked.path.startswith("/v2.0/extensions"):
            fault = faults.NoSuchRoute(fault.message)
        if fault.about.get("page"):
            unreadable = isinstance(fault, faults.Malformed)
            status, message = (400, "") if unreadable else (404, fault.message)
            return webob.page(status, _STANDING[type(fault) if unreadable else faults.NoSuchRoute], message, asked)
        status = status_of(fault, {faults.OverQuota: 409})
        kinds = type(fault).__mro__
        name = fault.name or next((_NAMES[kind] for kind in kinds if kind in _NAMES), "HTTPInternalServerError")
        message = _STANDING.get(type(fault), fault.message)
        if isinstance(fault, faults.Forbidden) and "rule" in fault.about:
            message = f"rule:{fault.about['rule']} is disallowed by policy"
        if isinstance(fault, faults.OverQuota):
            names = sorted(str(one["resource"]) for one in fault.about["over"])
            message = f"Quota exceeded for resources: {names}."
        if status >= 500 and type(fault) is Fault:
            message = "Request Failed: internal server error while processing your request."
        return Answer(status, {"NeutronError": {"type": name, "message": message, "detail": ""}})
