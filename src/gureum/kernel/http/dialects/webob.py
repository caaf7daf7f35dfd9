"""Pages of the web layer in front of several services: JSON, HTML or plain text, by what the client accepts."""

import html
import re

from gureum.kernel.http.answer import Answer, Header
from gureum.kernel.http.dialect import REASONS, Asked

_OFFERS = ("text/html", "application/json")
_PAGE = "<html>\n <head>\n  <title>{code}</title>\n </head>\n <body>\n  <h1>{code}</h1>\n  {body}\n </body>\n</html>"
_TITLES = {416: "Request Range Not Satisfiable"}
"""Where this layer words a status differently from the others."""
_METHOD = "The method {} is not allowed for this resource. <br /><br />\n"
_MEDIA = "The request media type {} is not supported by this server.\n<br /><br />\n"
_BREAK = re.compile(r"<br.*?>", re.IGNORECASE)
_TAG = re.compile(r"<.*?>")


def page(status: int, sentence: str, detail: str, asked: Asked, headers: list[Header] | None = None) -> Answer:
    """A fault as the web layer words it: `sentence` is the standing text, `detail` what is added to it."""
    return rendered(status, sentence, "<br /><br />\n", detail, "\n\n", asked, headers)


def method_not_allowed(asked: Asked, allow: list[str]) -> Answer:
    """405 with the methods that the path knows."""
    return rendered(405, _METHOD.format(asked.method), "", "", "", asked, [("Allow", ", ".join(allow))])


def bad_media_type(content_type: str, detail: str, asked: Asked) -> Answer:
    """415 for a content type; `detail` says why."""
    return rendered(415, _MEDIA.format(content_type), "", detail, "", asked, None)


def rendered(
    status: int, sentence: str, middle: str, detail: str, end: str, asked: Asked, headers: list[Header] | None
) -> Answer:
    """A page of the status's sentence and what is added to it, with what stands between them and behind."""
    title = _TITLES.get(status) or REASONS.get(status, "Error")
    code = f"{status} {title}"
    if asked.method == "HEAD":
        return Answer(status, b"", headers or [], content_type="text/html; charset=UTF-8")
    kind = chosen(asked.accept or "")
    if kind == "application/json":
        body = {"message": f"{sentence}{middle}{detail}{end}", "code": code, "title": title}
        return Answer(status, body, headers or [])
    if kind == "text/html":
        inner = f"{_escaped(sentence) if middle else sentence}{middle}{_escaped(detail)}{end}"
        text = _PAGE.format(code=code, body=inner)
        return Answer(status, text.encode(), headers or [], content_type="text/html; charset=UTF-8")
    inner = _TAG.sub("", _BREAK.sub("\n", f"{sentence}{middle}{detail}{end}".replace("\n", " ")))
    plain = f"{code}\n\n{inner}"
    return Answer(status, plain.encode(), headers or [], content_type="text/plain; charset=UTF-8")


def _escaped(text: str) -> str:
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode()


def chosen(accept: str) -> str | None:
    """Which of the offers an Accept header likes best, HTML on a tie; None for neither, and without a header."""
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    best: tuple[float, str] | None = None
    for offer in _OFFERS:
        matching = [(precision, quality) for pattern, precision, quality in ranges if pattern.fullmatch(offer)]
        quality = max(matching)[1] if matching else 0.0
        if quality > 0 and (best is None or quality > best[0]):
            best = quality, offer
    return None if best is None else best[1]


def _range(part: str) -> tuple[re.Pattern[str], int, float]:
    """A media range as a pattern, how precise it is, and its quality."""
    kind, *parameters = [word.strip().lower() for word in part.split(";")]
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return re.compile(re.escape(kind).replace(r"\*", "[^/]+")), -kind.count("*"), quality
