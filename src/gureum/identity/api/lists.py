"""List requests and their answers, the same for every resource."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from gureum.identity.store.listing import Condition, Listing
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call
from gureum.kernel.http.paging import next_link
from gureum.kernel.numbers import natural

MOST_BYTES = 114_688
"""How large a request may be, as upstream has it."""
_INEXACT = ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith")
_FALSE = ("0", "f", "false", "off", "n", "no")
_MOST = 2**31 - 1


def asked(call: Call, names: Sequence[str] = ("name",), flags: Sequence[str] = ()) -> Listing:
    """The list request: conditions on the attributes in `names` and the booleans in `flags`, limit and marker."""
    conditions: list[Condition] = []
    for key, values in call.query.items():
        column, _, comparison = key.partition("__")
        if column in flags and not comparison:
            conditions.append(Condition(column, "equals", flag(values[0])))
        elif column in names and not comparison:
            conditions.append(Condition(column, "equals", values[0]))
        elif column in names and comparison in _INEXACT:
            conditions.append(Condition(column, comparison, values[0]))
    return Listing(tuple(conditions), _limit(call), call.one("marker"))


def flag(text: str) -> bool:
    """A boolean of a query: everything is true but the usual words for no."""
    return text.strip().lower() not in _FALSE


def switched(call: Call, name: str) -> bool:
    """Whether a switch of a query is on: present, and not with a word for no."""
    found = call.one(name)
    return found is not None and flag(found)


def sort_direction(call: Call) -> None:
    """Refuse a direction that is none; upstream checks it and sorts by id all the same."""
    found = call.one("sort_dir")
    if found not in (None, "asc", "desc"):
        raise Invalid(
            f"Invalid input for field/attribute sort_dir. Value: {found}. '{found}' is not one of ['asc', 'desc']"
        )


def _limit(call: Call) -> int | None:
    found = call.query.get("limit")
    if found is None:
        return None
    limit = natural(found[0])
    if limit is None:
        raise Invalid(f"Invalid input for field/attribute limit. Value: {found[0]}. '{found[0]}' is not a limit")
    return min(limit, _MOST)


def render(call: Call, plural: str, items: list[dict[str, Any]], listing: Listing | None = None) -> dict[str, Any]:
    """A list as this API shows all of them."""
    cut = listing is not None and listing.limit is not None and len(items) >= listing.limit
    following = next_link(call, items[-1]["id"]) if cut and items else None
    body: dict[str, Any] = {plural: items, "links": {"next": following, "self": own_link(call), "previous": None}}
    if cut:
        body["truncated"] = True
    return body


def own_link(call: Call) -> str:
    """The address of the request."""
    url = call.base_url + quote(call.path)
    return f"{url}?{urlencode(call.query, doseq=True)}" if call.query else url
