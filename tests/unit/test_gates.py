"""Gates: a file of 500 lines, a function of 60 lines, a class of 25 methods are the most; secrets are not compared by `==`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "gureum"
# a migration is written once, by a program, and never edited
FILES = sorted(path for path in SOURCE.rglob("*.py") if "versions" not in path.parts)
_LITERALS = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.Expr)


def _is_literal_module(tree: ast.Module) -> bool:
    """A module of literals, as a table of rules, may be longer."""
    return all(isinstance(node, _LITERALS) for node in tree.body)


def _too_large(path: Path) -> Iterator[str]:
    text = path.read_text()
    tree = ast.parse(text)
    lines = text.count("\n")
    if lines > 500 and not _is_literal_module(tree):
        yield f"{path}: {lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > 60:
                yield f"{path}:{node.lineno} {node.name}: {length} lines"
        elif isinstance(node, ast.ClassDef):
            methods = sum(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in node.body)
            if methods > 25:
                yield f"{path}:{node.lineno} {node.name}: {methods} methods"


def test_there_is_something_to_measure() -> None:
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_is_larger_than_its_gate(path: Path) -> None:
    assert not list(_too_large(path))


_SECRET = re.compile(r"(^|_)(tokens?|secrets?|passwords?|grants?|signatures?|digests?|hash(es)?|hashed)(_id)?$")
_NONE = {("agent/formats/hyperv.py", "signature"), ("kernel/policy/compile.py", "token")}
"""No secrets: a mark in a file, a word of a rule."""
_PLAIN = {
    ("compute/store/consoles.py", "digest"),
    ("identity/service/tokens.py", "token_id"),
    ("kernel/link/bulk.py", "digest"),
}
"""Looked up and not compared: by the digest of a token or grant, so that time tells of digests only; and what was resolved
before by the keyed hash of Python's dictionaries, whose key nobody outside knows."""


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _compared_secrets(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of secrets that are compared by ==, sought by `in`, or looked up by."""
    for node in ast.walk(tree):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if not any(isinstance(side, ast.Constant) for side in sides):
                if any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
                    asked = sides
                elif any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
                    asked = [node.left]
        elif isinstance(node, ast.Call) and _name(node.func) in ("get", "pop", "index", "startswith", "endswith"):
            asked = node.args[:1]
        elif isinstance(node, ast.Subscript):
            asked = [node.slice]
        yield from ((node.lineno, _name(one)) for one in asked if _SECRET.search(_name(one)))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "line",
    [
        "if token == given: pass",
        "if row.secret != shown: pass",
        "found = grants.pop(grant)",
        "found = grants[grant]",
        "if signature in known: pass",
        "if kept.password_hash == made: pass",
    ],
)
def test_a_secret_that_is_compared_is_seen(line: str) -> None:
    assert list(_compared_secrets(ast.parse(line)))


def test_no_secret_is_compared_but_in_constant_time() -> None:
    found = {
        (str(path.relative_to(SOURCE)), name): line
        for path in FILES
        for line, name in _compared_secrets(ast.parse(path.read_text()))
    }
    assert {one: line for one, line in found.items() if one not in _PLAIN | _NONE} == {}
    assert found.keys() >= _PLAIN | _NONE, "what is listed is there"


_CLIENTS = re.compile(
    r"(urllib\.request|http\.client|requests|httpx|aiohttp|urllib3|httplib2|pycurl|ftplib|smtplib|xmlrpc)(\.|$)"
)
_DIALS = {"open_connection", "create_connection"}
_MAY_DIAL = {
    "cli/client.py": "our own API, of this state directory",
    "contracts/client.py": "the agent link",
}
"""Who reaches out, and where to. What a tenant gives an address of is for the agents' role `fetch` alone."""


def _reaches_out(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Attribute) and node.attr in _DIALS:
            yield node.attr
        yield from (name for name in names if _CLIENTS.match(name))


def test_nobody_reaches_out_but_those_who_must() -> None:
    found = {str(path.relative_to(SOURCE)): list(_reaches_out(ast.parse(path.read_text()))) for path in FILES}
    assert {name: what for name, what in found.items() if what}.keys() == _MAY_DIAL.keys()
