"""Known differences from the contract, kept in files that may only become shorter.

A file has one difference a line. A test fails for a difference that is not in its file, and for a line that is no difference
any more. `GUREUM_GOLDEN=shrink` takes the latter out; `GUREUM_GOLDEN=write` writes what is found, for a reviewer to agree to.
Lines stand under their reason, which `golden/reasons.yaml` finds by pattern.
"""

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "golden"
_SHOWN = 25


def known(name: str) -> dict[str, str]:
    """The lines of a golden file and the reason of each: the `# …` line that stands above them."""
    path = FOLDER / f"{name}.txt"
    reasons: dict[str, str] = {}
    reason = ""
    for line in path.read_text().splitlines() if path.is_file() else ():
        if line.startswith("# "):
            reason = line[2:]
        elif line:
            reasons[line] = reason
    return reasons


def compare(name: str, found: Iterable[str]) -> None:
    """Fails unless `found` is exactly what the golden file lists."""
    now, before = set(found), known(name)
    mode = os.environ.get("GUREUM_GOLDEN", "")
    if mode == "write":
        _write(name, {line: before.get(line, "") for line in now})
    elif mode == "shrink":
        _write(name, {line: reason for line, reason in before.items() if line in now})
    new, gone = sorted(now - set(before)), sorted(set(before) - now)
    if mode == "write":
        return
    said = [f"new difference from the contract: {line}" for line in new[:_SHOWN]]
    if mode != "shrink":
        said += [f"no difference any more, take it out (GUREUM_GOLDEN=shrink): {line}" for line in gone[:_SHOWN]]
        rest = len(new[_SHOWN:]) + len(gone[_SHOWN:])
    else:
        rest = len(new[_SHOWN:])
    assert not said, f"golden/{name}.txt:\n" + "\n".join(said) + (f"\n… and {rest} more" if rest else "")


def _write(name: str, lines: dict[str, str]) -> None:
    path = FOLDER / f"{name}.txt"
    if not lines:
        path.unlink(missing_ok=True)
        return
    why = {line: _reason(name, line) for line in lines}
    text: list[str] = []
    for reason in sorted(set(why.values())):
        text += [f"# {reason}", *sorted(line for line in lines if why[line] == reason)]
    path.write_text("\n".join(text) + "\n")


def _reason(name: str, line: str) -> str:
    found = (why for pattern, why in _reasons() if re.search(pattern, f"{name}: {line}"))
    return next(found, "To be looked at.")


@cache
def _reasons() -> list[tuple[str, str]]:
    entries = yaml.safe_load((FOLDER / "reasons.yaml").read_text())
    return [(pattern, entry["why"]) for entry in entries for pattern in entry["lines"]]


def note(name: str, line: str, right: bool) -> None:
    """Like `compare`, for one line of a file that several tests share."""
    before = known(name)
    mode = os.environ.get("GUREUM_GOLDEN", "")
    if right and mode:
        _write(name, {one: reason for one, reason in before.items() if one != line})
    elif right:
        assert line not in before, f"golden/{name}.txt: no difference any more, take it out: {line}"
    elif mode == "write":
        _write(name, before | {line: before.get(line, "")})
    else:
        assert line in before, f"golden/{name}.txt: new difference from the contract: {line}"
