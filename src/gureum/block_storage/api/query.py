"""Parameters of lists, in the volume service's words."""

from collections.abc import Mapping

from gureum.block_storage.service.filters import truth
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call
from gureum.kernel.http.paging import next_link
from gureum.kernel.store.query import Direction

MOST = 1000
_PAGING = {"limit", "marker", "offset", "sort", "sort_key", "sort_dir", "all_tenants", "with_count", "fields"}


def number(call: Call, name: str) -> int | None:
    """`limit` or `offset`; None where it is absent. Raises Invalid."""
    text = call.one(name)
    if text is None:
        return None
    subject = "limit param" if name == "limit" else name
    try:
        value = int(text)
    except ValueError:
        raise Invalid(f"{subject} must be an integer") from None
    if value < 0:
        raise Invalid(f"{subject} must be {'positive' if name == 'limit' else '>= 0'}")
    return value


def limit(call: Call) -> int:
    """How many items a page has."""
    asked = number(call, "limit")
    return MOST if asked is None else min(asked, MOST)


def offset(call: Call) -> int:
    """How many items are passed over. Raises Invalid."""
    return min(number(call, "offset") or 0, 2**31)


def sorts(call: Call) -> tuple[tuple[str, Direction], ...]:
    """`sort=key:direction,…`, or `sort_key` with `sort_dir`; newest first without either. Raises Invalid."""
    text = call.one("sort")
    if text:
        parts = [part.partition(":") for part in text.split(",")]
        return tuple((key.strip(), _direction(way.strip() or "desc")) for key, _, way in parts)
    key = call.one("sort_key") or "created_at"
    return ((key.strip(), _direction((call.one("sort_dir") or "desc").strip())),)


def _direction(text: str) -> Direction:
    if text == "asc":
        return "asc"
    if text == "desc":
        return "desc"
    raise Invalid("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'.")


def filters(call: Call, open_to_all: frozenset[str], renamed: Mapping[str, str] | None = None) -> dict[str, str]:
    """What is left of the query. Users' filters that are not open to them are passed over before 3.31 and Invalid since."""
    found: dict[str, str] = {}
    for name, values in call.query.items():
        if name in _PAGING:
            continue
        known = (renamed or {}).get(name, name)
        if known in open_to_all or call.caller.is_admin:
            found[known] = values[-1]
        elif call.version >= (3, 31):
            raise Invalid(f"Invalid filters {name} are found in query options.")
    return found


def all_tenants(call: Call, *, strict: bool = True) -> bool:
    """Whether every project's items are asked for. Raises Invalid for what is no boolean; where not `strict`, that is a no."""
    text = call.one("all_tenants")
    if text is None:
        return False
    return truth("all_tenants", text) if strict else is_true(text, otherwise=False)


def is_true(text: str, *, otherwise: bool) -> bool:
    """Whether a text says yes; `otherwise` for what is no boolean."""
    try:
        return truth("", text)
    except Invalid:
        return otherwise


def with_count(call: Call) -> bool:
    """Whether the number of all items is asked for, which is so since 3.45. Raises Invalid."""
    text = call.one("with_count")
    return call.version >= (3, 45) and text is not None and truth("with_count", text)


def next_page(call: Call, ids: list[str], plural: str) -> dict[str, list[dict[str, str]]]:
    """The link to the page behind, where this one is as full as asked."""
    asked = limit(call)
    if not asked or len(ids) != asked:
        return {}
    return {f"{plural}_links": [{"rel": "next", "href": next_link(call, ids[-1])}]}
