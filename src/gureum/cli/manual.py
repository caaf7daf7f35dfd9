"""The manual of the settings, read off their types."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from gureum.settings import Settings


def rows(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Every setting as (dotted name, value in force, meaning)."""
    yield from _rows(settings, "")


def _rows(values: Any, prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, hint in get_type_hints(type(values), include_extras=True).items():
        value = getattr(values, name)
        if isinstance(value, msgspec.Struct):
            yield from _rows(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value), _meaning(hint)


def _meaning(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        for extra in get_args(hint)[1:]:
            if isinstance(extra, Meta) and extra.description:
                return extra.description
    return ""
