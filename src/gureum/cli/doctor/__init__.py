"""`gureum doctor`: what is wrong, what it means, what mends it; and with `--fix` the mending."""

import sys
import time
from collections.abc import Iterator

import click

from gureum.cli.doctor import cloud, files, host, processes
from gureum.cli.doctor.finding import Finding
from gureum.cli.place import Place
from gureum.cli.screen import screen
from gureum.settings import load

_MOST_ROUNDS = 5
_SETTLE_SECONDS = 20.0


@click.command()
@click.option("--fix", is_flag=True, help="Show a plan of what can be mended here, and do it after a yes.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
@click.option(
    "--strange",
    is_flag=True,
    help="With --fix: also remove guests and volumes that this database never knew, and what connects them.",
)
@click.pass_obj
def doctor(place: Place, fix: bool, yes: bool, strange: bool) -> None:
    """Look for what is wrong here, and say what it means and what mends it. Exits 1 when something serious is (left)."""
    findings = list(examine(place, strange=strange))
    _show(findings)
    for _ in range(_MOST_ROUNDS):
        if not (fix and any(one.fix for one in findings) and _mend(findings, yes)):
            break
        findings = _settled(place, strange, {one.what for one in findings if one.fix is None})
        screen.say("\nafterwards:")
        _show(findings)
    sys.exit(1 if any(one.serious for one in findings) else 0)


def examine(place: Place, *, strange: bool = False) -> Iterator[Finding]:
    """Everything that is wrong."""
    broken = list(files.settings(place))
    yield from broken
    if broken:
        return
    if not place.password_file.exists():
        yield Finding(f"there is no cloud in {place.state}", "nothing was ever started here", "gureum up")
        return
    before = list(files.examine(place))
    yield from before
    hopeless = any(one.serious and one.fix is None for one in before)
    if load(place.state).host.drivers == "real":
        yield from host.examine(place)
    yield from processes.examine(place, hopeless=hopeless)
    yield from cloud.examine(place, strange=strange)


def _show(findings: list[Finding]) -> None:
    for one in findings:
        colour = "red" if one.serious else "yellow"
        screen.say(f"[{colour}]{_plain(one.what)}[/{colour}]")
        screen.say(f"  {_plain(one.means)}")
        screen.say(f"  → {_plain(one.mend)}")
    if not findings:
        screen.say("[green]nothing wrong found")


def _plain(text: str) -> str:
    """Brackets of logs are no colours."""
    return text.replace("[", "\\[")


def _mend(findings: list[Finding], yes: bool) -> bool:
    """Show the plan and do it; False when it is not wanted, or nothing of it could be done."""
    fixes = [one.fix for one in findings if one.fix is not None]
    screen.say("\nthe plan:")
    for number, fix in enumerate(fixes, 1):
        screen.say(f"  {number}. {_plain(fix.plan)}")
    if not yes and not click.confirm("do it?"):
        return False
    done = 0
    for fix in fixes:
        try:
            fix.do()
            done += 1
        except (OSError, click.ClickException) as error:
            why = error.message if isinstance(error, click.ClickException) else str(error)
            screen.say(f"[red]could not {_plain(fix.plan)}: {_plain(why)}")
    return done > 0


def _settled(place: Place, strange: bool, stays: set[str]) -> list[Finding]:
    """What is wrong once what was begun has had its time; `stays` is what was not to be mended."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        findings = list(examine(place, strange=strange))
        if {one.what for one in findings} <= stays or time.monotonic() > deadline:
            return findings
        time.sleep(0.5)
