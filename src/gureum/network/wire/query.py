"""Query parameters of lists, and the links from page to page."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call
from gureum.kernel.numbers import natural
from gureum.network.faults import bad_request
from gureum.network.service.listing import Query

_PAGING = ("limit", "marker", "page_reverse")
_OURS = (*_PAGING, "sort_key", "sort_dir", "fields")
_TRUE = ("true", "1")
_MOST = 2**31 - 1


def read(call: Call) -> Query:
    """What a list request asks for. Raises Invalid."""
    return Query(
        filters={name: values for name, values in call.query.items() if name not in _OURS},
        sorts=_sorts(call.query.get("sort_key", []), call.query.get("sort_dir", [])),
        limit=_limit(call.one("limit")),
        marker=call.one("marker"),
        reverse=(call.one("page_reverse") or "").lower() in _TRUE,
    )


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    limit = natural(text)
    if limit is None:
        raise bad_request("limit", f"Limit must be an integer 0 or greater and not '{text}'")
    return min(limit, _MOST) or None


def _sorts(keys: Sequence[str], directions: Sequence[str]) -> list[tuple[str, str]]:
    if len(keys) != len(directions):
        raise Invalid("The number of sort_keys and sort_dirs must be same", name="HTTPBadRequest")
    return list(zip(keys, directions, strict=True))


def page(call: Call, query: Query, collection: str, shown: list[dict[str, Any]]) -> dict[str, Any]:
    """A list's body: the items, only with the fields asked for, and links to the pages before and behind."""
    body: dict[str, Any] = {collection: [only(call, item) for item in shown]}
    links = _links(call, query, [str(item["id"]) for item in shown])
    if links:
        body[f"{collection}_links"] = links
    return body


def only(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    """An item with the fields that the request asks for."""
    wanted = call.query.get("fields")
    return item if not wanted else {name: value for name, value in item.items() if name in wanted}


def _links(call: Call, query: Query, ids: Sequence[str]) -> list[dict[str, str]]:
    if query.limit is None:
        return []
    full = len(ids) >= query.limit
    links: list[dict[str, str]] = []
    if full or query.reverse:
        links.append({"rel": "next", "href": _address(call, ids[-1:], {})})
    if full or not query.reverse:
        links.append({"rel": "previous", "href": _address(call, ids[:1], {"page_reverse": "True"})})
    return links


def _address(call: Call, marker: Sequence[str], more: Mapping[str, str]) -> str:
    kept = [
        (name, value)
        for name, values in call.query.items()
        if name not in ("marker", "page_reverse")
        for value in values
    ]
    pairs = [*kept, *(("marker", one) for one in marker), *more.items()]
    return f"{call.base_url}{call.path}?{urlencode(pairs)}"
