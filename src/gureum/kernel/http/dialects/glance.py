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


class Glance:
    """Faults of the image API."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        if isinstance(fault, faults.Unauthenticated):
            return webob.page(
                401, _UNAUTHORIZED, "", asked, [("WWW-Authenticate", f'Keystone uri="{asked.identity_url}"')]
            )
        if isinstance(fault, faults.NoSuchRoute):
            return webob.page(404, "The resource could not be found.", "", asked)
        if isinstance(fault, faults.MethodNotAllowed):
            allow = [name for name in fault.about.get("allow", []) if name != "HEAD"]
            body = {
                "message": f"The method {asked.method} is not allowed for this resource. <br /><br />\n",
                "code": "405 Method Not Allowed",
                "title": "Method Not Allowed",
            }
            return Answer(405, body, [("Allow", ", ".join(allow))])
        status = status_of(fault, {faults.OverQuota: 413})
        message = "Malformed JSON in request body." if isinstance(fault, faults.Malformed) else fault.message
        if isinstance(fault, faults.Forbidden) and "rule" in fault.about:
            message = f"You are not authorized to complete {fault.about['rule']} action."
        return webob.page(status, message, "", asked, list(fault.about.get("headers", [])))
