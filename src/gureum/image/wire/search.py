"""Queries of lists: filters, sorts, pages."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from gureum.image.image import VISIBILITIES
from gureum.image.member import STATUSES
from gureum.image.search import Comparison, Page, Search
from gureum.image.settings import settings
from gureum.kernel.clock import Micros, parse_iso
from gureum.kernel.faults import Invalid
from gureum.kernel.store.query import Direction

Query = Mapping[str, list[str]]

_SORT_KEYS = ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at")
_PAGING = ("limit", "marker", "sort", "sort_key", "sort_dir")
_TEXTS = {
    "name": "name",
    "id": "id",
    "status": "status",
    "owner": "owner",
    "disk_format": "disk_format",
    "container_format": "container_format",
    "checksum": "checksum",
    "os_hash_value": "hash_value",
}
_LISTS = ("name", "id", "status", "disk_format", "container_format")
_NUMBERS = ("size", "virtual_size", "min_disk", "min_ram")
_COMPARISONS = ("eq", "neq", "gt", "gte", "lt", "lte")
_WORD = re.compile(r'"([^"]*)",?|([^,]+),?')
_MOST_NUMBER = 2**63 - 1


def page(query: Query) -> Page:
    """The page asked for. Raises Invalid."""
    limit = settings.page
    if "limit" in query:
        try:
            limit = int(query["limit"][-1])
        except ValueError:
            raise Invalid("limit param must be an integer") from None
        if limit < 0:
            raise Invalid("limit param must be positive")
    marker = query["marker"][-1] if "marker" in query else None
    return Page(min(limit, settings.most_page), _sorts(query), marker)


def _sorts(query: Query) -> tuple[tuple[str, Direction], ...]:
    keys, directions = query.get("sort_key", []), query.get("sort_dir", [])
    if "sort" in query:
        if keys or directions:
            raise Invalid("Old and new sorting syntax cannot be combined")
        pairs = [one.strip().partition(":") for one in query["sort"][-1].split(",")]
        keys, directions = [key for key, _, _ in pairs], [direction or "desc" for _, _, direction in pairs]
    keys = list(keys) or ["created_at"]
    rest = directions[0] if len(directions) == 1 else "desc"
    if len(directions) <= 1:
        directions = [rest] * len(keys)
    if len(directions) != len(keys):
        raise Invalid("Number of sort dirs does not match the number of sort keys")
    found: dict[str, Direction] = {}
    for key, direction in [*zip(keys, directions, strict=True), ("created_at", rest), ("id", rest)]:
        if key not in _SORT_KEYS:
            listed = ", ".join(_SORT_KEYS)
            raise Invalid(f"Invalid sort key: {key}. It must be one of the following: {listed}.")
        if direction not in ("asc", "desc"):
            raise Invalid(f"Invalid sort direction: {direction}")
        found.setdefault(key, direction)
    return tuple(found.items())


def search(query: Query) -> Search:
    """The filters asked for; a name that is no attribute is a property's. Raises Invalid."""
    wanted = Search()
    for name, values in query.items():
        if name in _PAGING:
            continue
        if any("\ufffd" in value for value in (name, *values)):
            raise Invalid(
                "Error decoding your request. Either the URL or the request body contained characters "
                "that could not be decoded by Glance"
            )
        _filter(wanted, name, values)
    return wanted


def _filter(wanted: Search, name: str, values: list[str]) -> None:
    value = values[-1]
    if name == "tag":
        wanted.tags = values
    elif name == "visibility":
        wanted.visibility = _one_of("Invalid visibility value", value, (*VISIBILITIES, "all"))
    elif name == "member_status":
        wanted.member_status = _one_of("Invalid status", value, (*STATUSES, "all"))
    elif name == "os_hidden":
        wanted.hidden = _boolean(name, value)
    elif name == "protected":
        wanted.equal["protected"] = _boolean(name, value)
    elif name in ("created_at", "updated_at"):
        wanted.times.append((name, *_time(name, value)))
    elif name == "changes-since":
        raise Invalid('The "changes-since" filter is no longer available on v2.')
    elif name in _TEXTS:
        _text(wanted, name, value)
    elif not _number(wanted, name, value):
        wanted.properties[name] = value


def _one_of(sentence: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise Invalid(f"{sentence}: {value}")
    return value


def _boolean(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise Invalid(f"Invalid value '{value}' for '{name}' filter. Valid values are 'true' or 'false'.")
    return value.lower() == "true"


def _text(wanted: Search, name: str, value: str) -> None:
    verb, colon, rest = value.partition(":")
    if name in _LISTS and colon and verb == "in":
        wanted.among[_TEXTS[name]] = _words(rest)
    else:
        wanted.equal[_TEXTS[name]] = rest if name in _LISTS and colon and verb == "eq" else value


def _words(value: str) -> list[str]:
    if value.count('"') % 2:
        raise Invalid(f"Invalid filter value {value}. The quote is not closed.")
    within = False
    for index, letter in enumerate(value):
        if letter != '"':
            continue
        if not within and index and value[index - 1] != ",":
            raise Invalid(f"Invalid filter value {value}. There is no comma before opening quotation mark.")
        if within and index + 1 < len(value) and value[index + 1] != ",":
            raise Invalid(f"Invalid filter value {value}. There is no comma after closing quotation mark.")
        within = not within
    return [quoted or plain for quoted, plain in _WORD.findall(value)]


def _number(wanted: Search, name: str, value: str) -> bool:
    """Whether `name` is a filter of a number, which is then set."""
    column, bound = name, ""
    for suffix in ("_min", "_max"):
        if name.endswith(suffix) and name[: -len(suffix)] in _NUMBERS:
            column, bound = name[: -len(suffix)], suffix
    if column not in _NUMBERS:
        return False
    try:
        amount = max(-1, min(int(value), _MOST_NUMBER))
    except ValueError:
        raise Invalid("Unable to filter on a range with a non-numeric value.") from None
    places: dict[str, dict[str, Any]] = {"_min": wanted.least, "_max": wanted.most, "": wanted.equal}
    places[bound][column] = amount
    return True


def _time(name: str, value: str) -> tuple[Comparison, Micros]:
    when = _instant(value)
    if when is not None:
        return "eq", when
    verb, colon, rest = value.partition(":")
    if not colon:
        raise _bad_time(name)
    if verb not in _COMPARISONS:
        raise Invalid("Unable to filter on a unknown operator.")
    when = _instant(rest)
    if when is None:
        raise _bad_time(name)
    return verb, when


def _instant(text: str) -> Micros | None:
    try:
        return parse_iso(text)
    except (ValueError, OverflowError):
        return None


def _bad_time(name: str) -> Invalid:
    return Invalid(f'Bad "{name}" query filter format. Use ISO 8601 DateTime notation.')


def link(query: Query, marker: str | None) -> str:
    """The path of a page, with the request's other parameters as they were."""
    kept = {name: values[-1] for name, values in query.items() if name != "marker"}
    if marker is not None:
        kept["marker"] = marker
    return f"/v2/images?{urlencode(kept)}" if kept else "/v2/images"
