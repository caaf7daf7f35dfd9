"""`gureum doctor`: what is wrong, what it means, and the command that mends it."""

import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from gureum.agent.host import packages
from gureum.cli import client, lifecycle
from gureum.cli.place import Place
from gureum.cli.screen import screen
from gureum.settings import load

_LEAST_FREE_GIB = 2


@dataclass(frozen=True)
class Finding:
    """Something wrong, and what to do."""

    what: str
    mend: str
    serious: bool = True


@click.command()
@click.pass_obj
def doctor(place: Place) -> None:
    """Look for what is wrong here, and say what mends it. Exits 1 when something is."""
    findings = list(examine(place))
    for finding in findings:
        colour = "red" if finding.serious else "yellow"
        screen.say(f"[{colour}]{finding.what}[/{colour}]")
        screen.say(f"  → {finding.mend}")
    if not findings:
        screen.say("[green]nothing wrong found")
    sys.exit(1 if any(finding.serious for finding in findings) else 0)


def examine(place: Place) -> Iterator[Finding]:
    """Everything that is wrong."""
    try:
        settings = load(place.state)
    except ValueError as error:
        yield Finding(str(error), f"edit {place.state / 'settings.yaml'}; gureum settings lists what there is")
        return
    if not place.password_file.exists():
        yield Finding(f"there is no cloud in {place.state}", "gureum up")
        return
    if settings.host.drivers == "real":
        yield from _host()
    yield from _processes(place)
    yield from _discrepancies(place)
    yield from _policy(place)
    yield from _modes(place)
    yield from _disk(place)


def _host() -> Iterator[Finding]:
    """What the host itself lacks."""
    missing = packages.missing()
    if missing:
        yield Finding(f"programs are missing, of: {', '.join(missing)}", lifecycle.install_command(missing))
    if not Path("/dev/kvm").exists():
        yield Finding(
            "there is no /dev/kvm: guests are emulated, about ten times slower",
            "switch virtualisation on in the machine's firmware, or give it to this virtual machine",
            serious=False,
        )


def _processes(place: Place) -> Iterator[Finding]:
    found = lifecycle.status(place)
    for sentence in found["problems"]:
        yield Finding(sentence, "gureum up; then gureum logs")
    for one in found["operations"]:
        if one["tries"] > 2:
            yield Finding(
                f"{one['flow']} of {one['subject']} fails again and again: {one['last_fault']}", "gureum logs"
            )


def _discrepancies(place: Place) -> Iterator[Finding]:
    """Rows against the world."""
    try:
        found = client.Admin(place).get("/gureum/v1/discrepancies")
    except click.ClickException as error:
        yield Finding(error.message, "gureum up; then gureum logs")
        return
    for one in found["discrepancies"]:
        if one["what"] == "orphan":
            yield Finding(
                f"{one['kind']} {one['id']} is on {one['agent']}, and no row knows it",
                "nothing uses it: it is what an interrupted operation left; tell us how it came about",
            )
        else:
            yield Finding(f"{one['kind']} {one['id']} has a row, and no host has it", f"gureum why {one['id']}")
    for name in found["unseen"]:
        yield Finding(f"agent {name} could not be asked what it has", "gureum logs agent")


def _policy(place: Place) -> Iterator[Finding]:
    """Policy files that are not in force."""
    try:
        found = client.Admin(place).get("/gureum/v1/policy")["policy"]
    except click.ClickException:
        return  # said already
    for one in found:
        if one["problem"]:
            yield Finding(
                f"the policy of {one['service']} is not as its file says: {one['problem']}", f"edit {one['file']}"
            )


def _modes(place: Place) -> Iterator[Finding]:
    for path, most in ((place.password_file, 0o600), (place.control, 0o700), (place.socket, 0o600)):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & ~most:
            mode = stat.S_IMODE(path.stat().st_mode)
            yield Finding(f"{path} has mode {mode:o}, so others may read it", f"chmod {most:o} {path}")


def _disk(place: Place) -> Iterator[Finding]:
    free = shutil.disk_usage(place.state).free / 2**30
    if free < _LEAST_FREE_GIB:
        yield Finding(f"only {free:.1f} GiB are free below {place.state}", "delete images and volumes, or add space")
