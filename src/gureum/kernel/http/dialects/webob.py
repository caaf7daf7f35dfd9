"""Pages of the web layer in front of several services: JSON, HTML or plain text, by what the client accepts."""

import html

from gureum.kernel.http.answer import Answer, Header
from gureum.kernel.http.dialect import REASONS, Asked

_JSON = "application/json"
_PAGE = (
    "<html>\n <head>\n  <title>{code}</title>\n </head>\n <body>\n  <h1>{code}</h1>\n"
    "  {body}<br /><br />\n{detail}\n\n\n </body>\n</html>"
)


def page(status: int, sentence: str, detail: str, asked: Asked, headers: list[Header] | None = None) -> Answer:
    """A fault as the web layer words it: `sentence` is the standing text, `detail` what is added to it."""
    title = REASONS.get(status, "Error")
    code = f"{status} {title}"
    accept = asked.accept or ""
    if _JSON in accept:
        body = {"message": f"{sentence}<br /><br />\n{detail}\n\n", "code": code, "title": title}
        return Answer(status, body, headers or [])
    if "text/html" in accept or "*/*" in accept:
        text = _PAGE.format(code=code, body=sentence, detail=html.escape(detail))
        return Answer(status, text.encode(), headers or [], content_type="text/html; charset=UTF-8")
    plain = f"{code}\n\n{sentence}\n\n{detail}\n\n   "
    return Answer(status, plain.encode(), headers or [], content_type="text/plain; charset=UTF-8")
