"""`gureum policy`: what the operator has changed, and why somebody may or may not."""

import json
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import click

from gureum.cli.client import Admin
from gureum.cli.place import Place
from gureum.cli.screen import screen


@click.group()
def policy() -> None:
    """Who may do what."""


@policy.command("list")
@click.pass_obj
def overrides(place: Place) -> None:
    """Show the rules that are not as they are by default, and the files that say so."""
    for one in Admin(place).get("/gureum/v1/policy")["policy"]:
        screen.say(f"{one['service']}: {len(one['overrides'])} rules changed by {one['file']}")
        if one["problem"]:
            screen.say(f"  NOT IN FORCE as it is: {one['problem']}")
        for name, check in one["overrides"].items():
            screen.say(f"  {name}: {check}")


@policy.command("explain")
@click.argument("user")
@click.argument("action")
@click.argument("target", nargs=-1)
@click.option("--project", help="With a token for this project (name or id).")
@click.option("--domain", help="With a token for this domain.")
@click.option("--system", is_flag=True, help="With a token for the system.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def explain(
    place: Place,
    user: str,
    action: str,
    target: tuple[str, ...],
    project: str | None,
    domain: str | None,
    *,
    system: bool,
    as_json: bool,
) -> None:
    """Say whether USER may do ACTION (a rule's name), by which rule and which part of it. TARGET is the id of a thing, or its
    attributes as NAME=VALUE; without one it is USER's own. Exits 1 where it is refused."""
    asked = [("user", user), ("action", action), *(("target", one) for one in target)]
    asked += [(name, value) for name, value in (("project", project), ("domain", domain)) if value]
    if system:
        asked.append(("system", "true"))
    found = Admin(place).get(f"/gureum/v1/policy/explain?{urlencode(asked)}")
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for line in told(found):
            screen.say(line)
    sys.exit(0 if all(one["allowed"] for one in found["explanations"]) else 1)


def told(found: dict[str, Any]) -> Iterator[str]:
    """An explanation in words."""
    roles = ", ".join(found["roles"]) or "no role"
    scope = {name: value for name, value in found["scope"].items() if value}
    yield f"{found['user']['name']} with {roles} in {scope or 'no scope'}"
    for one in found["explanations"]:
        verdict = "ALLOWED" if one["allowed"] else "REFUSED"
        changed = " (changed by the operator)" if one["overridden"] else ""
        yield f"{verdict} by {one['service']}'s {one['rule']}{changed}: {one['check'] or '(anybody)'}"
        for sentence in one["because"]:
            yield f"  because {sentence}"
        for part in one["parts"]:
            yield f"    {'yes' if part['holds'] else 'no ':<4}{'  ' * part['depth']}{part['text']}"
