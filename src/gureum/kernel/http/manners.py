"""What the web layer in front of a service does with a request before any operation: it differs from service to service."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, unquote_to_bytes

Query = dict[str, list[str]]


class Options(Enum):
    """The answer to OPTIONS."""

    REFUSED = "like any method that a path does not know"
    ALLOW = "nothing but the methods that the path knows, in `Allow`; no token is asked for"
    EMPTY = "200 and nothing, whatever the path; no token is asked for"
    AS_GET = "the answer to GET, or 200 and nothing where that would be refused"


@dataclass(frozen=True)
class Manners:
    """One service's."""

    head: bool = True
    """HEAD is answered like GET; else as a wrong method, except on routes that say `head`."""
    options: Options = Options.REFUSED
    slash: bool = True
    """A slash at the end of a path below the version's means nothing; else there is no such path."""
    versioned: bool = True
    """The first segment of a path is a version."""
    cuts_json: bool = False
    """`.json` at the end of a path is a format, no part of a name."""
    reads: frozenset[str] = frozenset({"application/json"})
    """Content types of bodies that are read as JSON."""
    strict: bool = False
    """Who sends a body must name its content type, who reads must accept JSON; that is looked at before anything else."""
    undecodable: str = ""
    """The refusal of a query that is no UTF-8 (`{}` is what is wrong with it); empty: what does not fit is replaced."""
    looks: bool = False
    """That refusal comes from every operation; else from those that look at their query."""
    latin: bool = True
    """A path that is no UTF-8 is taken as Latin-1; else what does not fit is replaced."""

    def path(self, raw: bytes) -> tuple[str, bool]:
        """The text of a path, and whether it was UTF-8."""
        decoded = unquote_to_bytes(raw)
        try:
            return decoded.decode(), True
        except UnicodeDecodeError:
            return decoded.decode("latin-1") if self.latin else decoded.decode(errors="replace"), False

    def known(self, path: str) -> str | None:
        """The path as operations know it; None for one that cannot be any."""
        if not self.slash and path.endswith("/") and path.count("/") > 1 + self.versioned:
            return None
        return path.removesuffix(".json") if self.cuts_json else path


def parse_query(raw: bytes) -> tuple[Query, str]:
    """The parameters of a query string, and why it was no UTF-8; empty where it was."""
    text = raw.decode("latin-1")
    try:
        return parse_qs(text, keep_blank_values=True, errors="strict"), ""
    except UnicodeDecodeError as error:
        return parse_qs(text, keep_blank_values=True), str(error)


def accepts_json(accept: str | None) -> bool:
    """Whether an `Accept` header allows JSON; without one everything is allowed."""
    ranges = [part.strip().lower().replace(" ", "") for part in (accept or "*/*").split(",")]
    kinds = {one.partition(";")[0] for one in ranges if not one.endswith((";q=0", ";q=0.0"))}
    return not kinds.isdisjoint({"application/json", "application/*", "*/*", "*"})
