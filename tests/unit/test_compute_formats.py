"""Formats of what clients send about servers."""

import pytest

from gureum.compute.wire.formats import FORMATS


@pytest.mark.parametrize(
    "pattern", ["", "web", "^web-\\d+$", ".*a.*", "a|b", "[(*+]{2}", "https?://x", "(web|db)1", "\\(\\)*"]
)
def test_regular_expressions_that_are_cheap(pattern: str) -> None:
    assert FORMATS.conforms(pattern, "regex")


@pytest.mark.parametrize(
    "pattern", ["[", "(a+)+$", "(a|a)*b", "a*a*a*b", "a?a?a?a?a?aaaaa", "(a)\\1", "(?P<x>a)(?P=x)"]
)
def test_regular_expressions_that_are_none_or_could_take_for_ever(pattern: str) -> None:
    assert not FORMATS.conforms(pattern, "regex")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("uuid", "6f70656e-7374-6163-6b20-342065766572", "x"),
        ("ipv4", "10.0.0.1", "fd00::1"),
        ("ipv6", "fd00::1", "10.0.0.1"),
        ("base64", "aGVsbG8=", "not base64 !"),
        ("date-time", "2026-11-20T18:00:00Z", "yesterday"),
    ],
)
def test_formats(kind: str, good: str, bad: str) -> None:
    assert FORMATS.conforms(good, kind) and not FORMATS.conforms(bad, kind)
    assert FORMATS.conforms(5, kind), "types are another matter"
