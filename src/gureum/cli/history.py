"""`gureum trace` and `gureum log`: what became of a request, what happened to a thing."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import click

from gureum.cli.client import Admin
from gureum.cli.place import Place
from gureum.cli.screen import screen

_BAR = 32
_LONGEST_VALUE = 160


@click.command()
@click.argument("request")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def trace(place: Place, request: str, as_json: bool) -> None:
    """Print where the time of REQUEST (its id, or the one that the client gave it) went."""
    found = Admin(place).get(f"/gureum/v1/traces/{quote(request, safe='')}")["trace"]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for line in waterfall(found):
        screen.say(line)


def waterfall(found: dict[str, Any]) -> Iterator[str]:
    """The lines of a trace: when a part began, how long it took, a bar, and what it was."""
    yield f"{found['request_id']} at {found['at']}: {found['method']} {found['path']} → {found['status']}"
    lines = found["lines"]
    total = max((line["offset"] + line["micros"] for line in lines), default=0) or 1
    for line in lines:
        indent = "  " * line["depth"]
        what = f"{indent}{line['part']} {line['name']}".rstrip()
        where = " ".join(filter(None, (line["subject"] if not line["depth"] else "", _at(line["agent"]))))
        outcome = f"→ {line['outcome']}" if line["outcome"] else ""
        yield f"{_ms(line['offset'])} {_ms(line['micros'])} {_bar(line, total)} {' '.join(filter(None, (what, where, outcome)))}"
    for server in found["servers"]:
        yield f"the hops of server {server['server']}"
        for hop in server["hops"]:
            times = "not reached" if hop["micros"] is None else f"{_ms(hop['offset'])} {_ms(hop['micros'])}"
            yield f"{hop['number']:>2} {hop['hop']:<24}{times:<26}{hop['span']}"


def _at(agent: str | None) -> str:
    return f"at {agent}" if agent else ""


def _ms(micros: int) -> str:
    return f"{micros / 1000:9.2f} ms" if micros < 10_000_000 else f"{micros / 1_000_000:9.1f} s "


def _bar(line: dict[str, Any], total: int) -> str:
    begin = min(max(line["offset"], 0) * _BAR // total, _BAR - 1)
    length = min(max(line["micros"] * _BAR // total, 1), _BAR - begin)
    return "·" * begin + "█" * length + "·" * (_BAR - begin - length)


@click.command("log")
@click.argument("resource")
@click.option("-n", "--limit", default=100, show_default=True, type=click.IntRange(1, 1000), help="How many changes.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def log(place: Place, resource: str, limit: int, as_json: bool) -> None:
    """Show the changes of RESOURCE (an id): who, when, in which request, from what to what."""
    query = urlencode({"resource": resource, "limit": limit})
    found = Admin(place).get(f"/gureum/v1/log?{query}")["entries"]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for entry in reversed(found):
        for line in changes(entry):
            screen.say(line)


def changes(entry: dict[str, Any]) -> Iterator[str]:
    """The lines of one journal entry."""
    who = entry["user_name"] or entry["user_id"] or "gureum"
    request = f" in {entry['request_id']}" if entry["request_id"] else ""
    yield f"{entry['at']} {who}: {entry['verb']} {entry['kind']}{request}"
    before, after = entry["before"] or {}, entry["after"] or {}
    for name in dict.fromkeys([*before, *after]):
        old, new = _value(before.get(name)), _value(after.get(name))
        if entry["verb"] == "update":
            yield f"    {name}: {old} → {new}"
        else:
            yield f"    {name}: {new if entry['verb'] == 'create' else old}"


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
