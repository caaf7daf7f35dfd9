"""Size gates: a file of 500 lines, a function of 60 lines, a class of 25 methods are the most there may be."""

import ast
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
