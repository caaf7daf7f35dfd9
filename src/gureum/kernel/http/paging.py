"""Limits, markers and sort keys of list requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from gureum.kernel.faults import Invalid
from gureum.kernel.http.call import Call
from gureum.kernel.store.query import Direction


@dataclass(frozen=True)
class Page:
    """A list request: at most `limit` items (None: all) behind the item `marker`, in the order of `sorts`."""

    limit: int | None = None
    marker: str | None = None
    sorts: tuple[tuple[str, Direction], ...] = ()


def asked_limit(call: Call, most: int) -> int:
    """The `limit` parameter, at most `most`. Raises Invalid in the compute services' words."""
    text = call.one("limit")
    if text is None:
        return most
    try:
        limit = int(text)
    except ValueError:
        raise Invalid(
            f"Invalid input for query parameters limit. Value: {text}. '{text}' does not match '^[0-9]*$'"
        ) from None
    if limit < 0:
        raise Invalid(f"Invalid input for query parameters limit. Value: {text}. '{text}' does not match '^[0-9]*$'")
    return min(limit, most) if limit else most


def next_link(call: Call, marker: str, keep: Mapping[str, Sequence[str]] | None = None, path: str | None = None) -> str:
    """The address of the page behind `marker`, with the request's other parameters as they were."""
    query = {name: values for name, values in (keep or call.query).items() if name != "marker"}
    query["marker"] = [marker]
    return f"{call.base_url}{path or call.path}?{urlencode(query, doseq=True)}"
