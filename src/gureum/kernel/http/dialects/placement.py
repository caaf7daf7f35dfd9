"""Placement: {"errors": [{"status", "title", "detail", "code", "request_id"}]}; a page of the web layer for who wants no JSON."""

import json

from gureum.kernel import faults
from gureum.kernel.faults import Fault
from gureum.kernel.http.answer import Answer, Header
from gureum.kernel.http.dialect import REASONS, Asked, status_of, unauthorized
from gureum.kernel.http.dialects import webob

_SENTENCES = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    409: "There was a conflict when trying to complete your request.",
    500: "The server has either erred or is incapable of performing the requested operation.",
}
_PADDED = {
    405: "The method {} is not allowed for this resource. ",
    406: "The resource could not be generated that was acceptable to your browser (content of type {}. ",
    415: "The request media type {} is not supported by this server. ",
}
"""Sentences about something of the request; what follows them is not padded."""
_CODED = (1, 23)
_JSON = "application/json"


class Placement:
    """Faults of the placement API. `about["code"]` is the error's code."""

    def render(self, fault: Fault, asked: Asked) -> Answer:
        """The answer for a fault."""
        if isinstance(fault, faults.Unauthenticated):
            return unauthorized(fault, asked)
        status = status_of(fault)
        headers: list[Header] = []
        if isinstance(fault, faults.MethodNotAllowed):
            headers = [("Allow", ", ".join(name for name in fault.about.get("allow", []) if name != "HEAD"))]
        sentence = _PADDED[status].format(_of(fault, asked)) if status in _PADDED else _SENTENCES.get(status, "")
        words = "" if _words(fault) == sentence else _words(fault)
        kind = webob.chosen(asked.accept) if asked.accept and "*/*" not in asked.accept else _JSON
        if kind != _JSON or asked.method == "HEAD":
            middle, end = ("<br /><br />\n", "" if status in _PADDED else "\n\n")
            return webob.rendered(status, sentence, middle, words, end, asked, headers)
        padding = "" if status in _PADDED else "  "
        return Answer(status, {"errors": [_error(fault, status, f"{sentence}\n\n {words}{padding}", asked)]}, headers)


def _of(fault: Fault, asked: Asked) -> str:
    """What of the request a sentence is about."""
    if isinstance(fault, faults.BadMediaType):
        return str(fault.about.get("content_type"))
    if isinstance(fault, faults.MethodNotAllowed):
        return asked.method
    return asked.accept if asked.accept and "*/*" not in asked.accept else _JSON


def _error(fault: Fault, status: int, detail: str, asked: Asked) -> dict[str, object]:
    error: dict[str, object] = {"status": status, "title": REASONS.get(status, "Error"), "detail": detail}
    if asked.version >= _CODED:
        error["code"] = fault.about.get("code", "placement.undefined_code")
    error["request_id"] = asked.request_id
    if isinstance(fault, faults.NotAcceptable) and "most" in fault.about:
        error |= {"max_version": fault.about["most"], "min_version": fault.about["least"]}
    return error


def _words(fault: Fault) -> str:
    """What is said beside the status's own sentence."""
    if isinstance(fault, faults.NoSuchRoute):
        return ""
    if isinstance(fault, faults.MethodNotAllowed):
        return str(fault.about.get("said", "The method specified is not allowed for this resource."))
    if isinstance(fault, faults.BadMediaType):
        return f"The media type {fault.about.get('content_type')} is not supported, use {_JSON}"
    if isinstance(fault, faults.Malformed) and "raw" in fault.about:
        return f"Malformed JSON: {_unreadable(fault.about['raw'])}"
    if isinstance(fault, faults.NotAcceptable | faults.Invalid) and "version" in fault.about:
        return f"Invalid microversion: {_no_version(fault)}"
    if isinstance(fault, faults.Forbidden) and "rule" in fault.about:
        rule = fault.about["rule"]
        return str(rule) if fault.about.get("scope") else f"Policy does not allow {rule} to be performed."
    return fault.message


def _unreadable(raw: bytes) -> str:
    """Why a body is no JSON, as Python's reader says it."""
    try:
        json.loads(raw)
    except (ValueError, RecursionError) as error:
        return str(error)
    return "it is not read here."


def _no_version(fault: Fault) -> str:
    text = str(fault.about["version"])
    if isinstance(fault, faults.NotAcceptable):
        return f"Unacceptable version header: {text}"
    try:
        number = [int(part) for part in text.split(".", 1)]
    except ValueError as error:
        return f"invalid version string: {text}; {error}"
    return f"invalid version string: {text}; {len(number)} numbers in it"
