"""Image: pages of the web layer with the service's sentence in them."""

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer
from gureum.kernel.http.dialect import Asked, status_of
from gureum.kernel.http.dialects import webob

_UNAUTHORIZED = (
    "This server could not verify that you are authorized to access the document you requested. Either you supplied the "
    "wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required."
)
_ERRED = "The server has either erred or is incapable of performing the requested operation."
_STANDING = {
    403: "Access was denied to this resource.",
    409: "There was a conflict when trying to complete your request.",
    416: "The Range requested is not available.",
}


class Glance:
    """Faults of the image API. `about["standing"]` puts the status's standing sentence in front of the fault's."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        if isinstance(fault, faults.Unauthenticated):
            return webob.page(
                401, _UNAUTHORIZED, "", asked, [("WWW-Authenticate", f'Keystone uri="{asked.identity_url}"')]
            )
        if isinstance(fault, faults.NoSuchRoute):
            return webob.page(404, "The resource could not be found.", "", asked)
        if isinstance(fault, faults.MethodNotAllowed):
            return webob.method_not_allowed(asked, [name for name in fault.about.get("allow", []) if name != "HEAD"])
        if isinstance(fault, faults.BadMediaType):
            return webob.bad_media_type(str(fault.about.get("content_type")), fault.message, asked)
        status = status_of(fault, {faults.OverQuota: 413})
        headers = list(fault.about.get("headers", []))
        if status == 500:
            return webob.page(status, _ERRED, "", asked, headers)
        message = "Malformed JSON in request body." if isinstance(fault, faults.Malformed) else fault.message
        if isinstance(fault, faults.Forbidden) and "rule" in fault.about:
            message = f"You are not authorized to complete {fault.about['rule']} action."
        if fault.about.get("standing"):
            return webob.page(status, _STANDING[status], message, asked, headers)
        return webob.page(status, message, "", asked, headers)
