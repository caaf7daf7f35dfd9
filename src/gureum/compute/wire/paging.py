"""Pages of this API's lists: limit and marker, and the link to the next page."""

from typing import Any

from gureum.compute.settings import settings
from gureum.kernel.http import Call
from gureum.kernel.http.paging import next_link
from gureum.kernel.numbers import whole


def limit_of(call: Call) -> int:
    """How many items the page has at most, by a `limit` that the query's schema has checked."""
    text = call.one("limit")
    return settings.max_limit if text is None else whole(text, settings.max_limit)


def with_next(call: Call, body: dict[str, Any], key: str, *, limit: int, marker: str) -> dict[str, Any]:
    """The body with a link to the next page when this one is full. `marker` names its last item."""
    if limit and len(body[key]) >= limit:
        keep = {name: values[-1:] for name, values in call.query.items()}
        body[f"{key}_links"] = [{"rel": "next", "href": next_link(call, marker, keep)}]
    return body
