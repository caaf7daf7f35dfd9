"""Numbers in text, and where a pattern ends."""

import pytest

from gureum.kernel.http.validator import Lenient, Strict
from gureum.kernel.numbers import MOST, natural, whole

DIGITS, ZEROS = "9" * 5_000, "0" * 5_000 + "7"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        (str(MOST - 1), MOST - 1),
        (str(MOST), MOST),
        (str(MOST + 1), MOST),
        (DIGITS, MOST),
        (ZEROS, 7),
        *((text, None) for text in ("", "-1", "+1", " 1", "1\n", "1_0", "1.0", "\u00b2", "\u0663", "a")),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_natural_number_is_of_digits_alone(text: str, number: int | None) -> None:
    assert natural(text) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (2**80, MOST),
        (-(2**80), -MOST),
        (5.0, 5),
        (1e300, MOST),
        ("-5", -5),
        (" +5\n", 5),
        ("1_000", 1000),
        ("\u0663", 3),
        (DIGITS, MOST),
        ("-" + DIGITS, -MOST),
        (f" +{ZEROS} ", 7),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_whole_number_is_what_int_reads(value: float | str, number: int) -> None:
    assert whole(value) == number


@pytest.mark.parametrize("text", ["", "a", "1.5", "\u00b2", "inf", "1e" + "5" * 2_000, "-" * 2_000, "1\n" * 2_000])
def test_a_whole_number_is_one(text: str) -> None:
    with pytest.raises(ValueError):
        whole(text)


def test_a_whole_number_has_the_bound_that_is_given() -> None:
    assert (whole("12", 10), whole("-12", 10), whole(7, 10), whole(DIGITS, 10)) == (10, -10, 7, 10)


@pytest.mark.parametrize("pattern", ["^[a-z]+$", "^[A-Z]+$|^all$|^[a-z]+$", r"^[a-z]+\$?$"])
def test_a_pattern_ends_where_the_text_does(pattern: str) -> None:
    judge = Strict({"pattern": pattern})
    assert judge.is_valid("abc")
    assert [error.message for error in judge.iter_errors("abc\n")] == [f"'abc\\n' does not match {pattern!r}"]


def test_a_dollar_sign_is_one() -> None:
    judge = Strict({"pattern": r"^a\$"})
    assert judge.is_valid("a$")
    assert not judge.is_valid("a")


def test_a_name_ends_where_the_text_does() -> None:
    judge = Strict({"patternProperties": {"^[a-z]+$": {"type": "string"}}, "additionalProperties": False})
    assert judge.is_valid({"abc": "x"})
    assert not judge.is_valid({"abc": 1})
    assert [error.message for error in judge.iter_errors({"abc\n": "x"})] == [
        "'abc\\n' does not match any of the regexes: '^[a-z]+$'"
    ]


def test_bounds_are_of_numbers_in_text_too() -> None:
    judge = Lenient({"minimum": 1, "maximum": 10})
    for value in (1, 10, "1", "10", 1.5, "words", None, True, f"{'0' * 5_000}7"):
        assert judge.is_valid(value), value
    for value in (0, 11, "0", "11", "-5", 10.5, DIGITS, "-" + DIGITS):
        assert not judge.is_valid(value), value
    assert [error.message for error in judge.iter_errors("11")] == ["11 is greater than the maximum of 10"]
