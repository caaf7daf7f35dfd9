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
_MOST_RANGES = 32
"""So many media ranges of an Accept header count."""
_BREAK = re.compile(r"<br.*?>", re.IGNORECASE)
_TAG = re.compile(r"<.*?>")


def page(status: int, sentence: str, detail: str, asked: Asked, headers: list[Header] | None = None) -> Answer:
    """A fault as the web layer words it: `sentence` is the standing text, `detail` what is added to it."""
    return rendered(status, sentence, "<br /><br />\n", detail, "\n\n", asked, headers)


def method_not_allowed(asked: Asked, allow: list[str]) -> Answer:
    """405 with the methods that the path knows."""
    return _framed(405, _METHOD, asked.method, "", "", "", asked, [("Allow", ", ".join(allow))])


def bad_media_type(content_type: str, detail: str, asked: Asked) -> Answer:
    """415 for a content type; `detail` says why."""
    return _framed(415, _MEDIA, content_type, "", detail, "", asked, None)


def rendered(
    status: int, sentence: str, middle: str, detail: str, end: str, asked: Asked, headers: list[Header] | None
) -> Answer:
    """A page of the status's sentence and what is added to it, with what stands between them and behind."""
    return _framed(status, "{}", sentence, middle, detail, end, asked, headers)


def _framed(
    status: int,
    frame: str,
    sentence: str,
    middle: str,
    detail: str,
    end: str,
    asked: Asked,
    headers: list[Header] | None,
) -> Answer:
    """`sentence` and `detail` may hold what a client sent; `frame`, into which the sentence goes, `middle` and `end` are ours."""
    title = _TITLES.get(status) or REASONS.get(status, "Error")
    code = f"{status} {title}"
    if asked.method == "HEAD":
        return Answer(status, b"", headers or [], content_type="text/html; charset=UTF-8")
    kind = chosen(asked.accept or "")
    whole = f"{frame.format(sentence)}{middle}{detail}{end}"
    if kind == "application/json":
        return Answer(status, {"message": whole, "code": code, "title": title}, headers or [])
    if kind == "text/html":
        inner = f"{frame.format(_escaped(sentence))}{middle}{_escaped(detail)}{end}"
        text = _PAGE.format(code=code, body=inner)
        return Answer(status, text.encode(), headers or [], content_type="text/html; charset=UTF-8")
    plain = f"{code}\n\n{_without_tags(whole)}"
    return Answer(status, plain.encode(), headers or [], content_type="text/plain; charset=UTF-8")


def _without_tags(text: str) -> str:
    """What is left of HTML, breaks of lines being lines."""
    lines = _cut(_BREAK, "\n", text.replace("\n", " ")).split("\n")
    return "\n".join(_cut(_TAG, "", line) for line in lines)


def _cut(tag: re.Pattern[str], instead: str, line: str) -> str:
    """Behind the last `>` there can be no tag: what is sought there is sought in vain, from every `<` on to the end."""
    head, end, tail = line.rpartition(">")
    return tag.sub(instead, head + end) + tail


def _escaped(text: str) -> str:
    return html.escape(text).encode("ascii", "xmlcharrefreplace").decode()


def chosen(accept: str) -> str | None:
    """Which of the offers an Accept header likes best, HTML on a tie; None for neither, and without a header."""
    ranges = [_range(part) for part in accept.split(",", _MOST_RANGES)[:_MOST_RANGES] if part.strip()]
    best: tuple[float, str] | None = None
    for offer in _OFFERS:
        matching = [(precision, quality) for kind, precision, quality in ranges if _fits(kind, offer)]
        quality = max(matching)[1] if matching else 0.0
        if quality > 0 and (best is None or quality > best[0]):
            best = quality, offer
    return None if best is None else best[1]


def _range(part: str) -> tuple[str, int, float]:
    """A media range, how precise it is, and its quality."""
    kind, *parameters = [word.strip().lower() for word in part.split(";")]
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return kind, -kind.count("*"), quality


def _fits(kind: str, offer: str) -> bool:
    (kinds, _, rest), (given, _, exactly) = kind.partition("/"), offer.partition("/")
    return kinds in ("*", given) and rest in ("*", exactly)
