"""The scripted requests that the real services were asked, asked again: status, shape and words of the answers."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud import Cloud, Response
from tests.contract import golden
from tests.contract.recorded import FILES
from tests.contract.replay import Again, Replay, plain, said
from tests.contract.scene import Scene, build

_WORDS = 160


@pytest.fixture
def fresh() -> Iterator[Scene]:
    """A scene that only one test asks: requests that are wrongly accepted change it."""
    cloud = Cloud()
    yield build(cloud)
    cloud.close()


@pytest.mark.parametrize("service", FILES)
def test_bad_requests_are_answered_as_recorded(fresh: Scene, service: str) -> None:
    differences: set[str] = set()
    asked = 0
    for again in Replay(service, fresh).requests():
        asked += 1
        answer = again.ask()
        difference = _difference(again, answer)
        if difference:
            differences.add(f"{_head(again)}: {difference}")
    assert asked > 100, f"only {asked} recorded requests of {service} were asked"
    golden.compare(f"recorded_{service}", differences)


def _head(again: Again) -> str:
    row = again.exchange.row
    roles = (row.get("auth") or {}).get("roles", []) if isinstance(row.get("auth"), dict) else []
    who = "" if "admin" in roles else " as " + (roles[0] if roles else "nobody")
    case = plain(again.exchange.case)
    case = case if len(case) < 90 else case[:87] + "…"
    return f"{row['method']} {row['template']}{who} [{case}]"


def _difference(again: Again, answer: Response) -> str:
    theirs, ours = again.exchange.status, answer.status
    if theirs != ours:
        return f"{theirs} {_short(again.exchange.row.get('body'))} | {ours} {_short(_body(again, answer))}"
    if theirs < 400 or again.exchange.row["method"] == "HEAD":
        return ""
    their_shape, their_words = said(again.exchange.row.get("body"))
    our_shape, our_words = said(_body(again, answer))
    if their_shape != our_shape:
        return f"{theirs} {their_shape or 'empty'} | {our_shape or 'empty'}"
    if _normal(their_words) != _normal(our_words):
        return f"{theirs} {_cut(their_words)} | {_cut(our_words)}"
    return ""


def _body(again: Again, answer: Response) -> Any:
    text = answer.body.decode(errors="replace")
    for ours, theirs in again.instead.items():
        text = re.sub(rf"(?<![\w-]){re.escape(ours)}(?![\w-])", lambda _, to=theirs: to, text)
    if "json" in answer.headers.get("content-type", ""):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text or None


def _normal(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _short(body: Any) -> str:
    words = said(body)[1] if isinstance(body, dict | str) else ""
    return _cut(words if isinstance(body, str) or words else "")


def _cut(text: str) -> str:
    text = _normal(text)
    return repr(text if len(text) <= _WORDS else text[: _WORDS - 1] + "…") if text else ""
