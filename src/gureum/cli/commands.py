"""The operator's everyday commands, each a few lines over what does the work."""

import json
import subprocess
import sys

import click
from rich.table import Table

from gureum.cli import client, lifecycle, testimage
from gureum.cli.place import Place
from gureum.cli.screen import screen
from gureum.settings import load


@click.command()
@click.option("--sim", is_flag=True, help="Simulate hosts: needs no root and no system package.")
@click.option("--port", type=click.IntRange(1, 65535), help="Open only this port, which answers for every service.")
@click.option("--hosts", type=click.IntRange(1, 100_000), help="How many simulated hosts.")
@click.option("--workers", type=click.IntRange(1, 16), help="How many control processes; several only on PostgreSQL.")
@click.pass_obj
def up(place: Place, sim: bool, port: int | None, hosts: int | None, workers: int | None) -> None:
    """Start the cloud, or what of it does not run."""
    lifecycle.up(place, sim=sim, port=port, hosts=hosts, workers=workers, say=screen.say)


@click.command()
@click.option("--guests", is_flag=True, help="Shut the guests and the host's daemons down too.")
@click.pass_obj
def down(place: Place, guests: bool) -> None:
    """End the cloud in order. Guests keep running unless told otherwise."""
    lifecycle.down(place, guests=guests, say=screen.say)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def status(place: Place, as_json: bool) -> None:
    """What runs, since when, and what is under way. Exits 1 when something does not."""
    found = lifecycle.status(place)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        _show_status(found)
    sys.exit(0 if found["healthy"] else 1)


def _show_status(found: dict[str, object]) -> None:
    table = Table("Process", "PID", "Restarts", "Memory", "State")
    for one in found["processes"]:  # type: ignore[attr-defined]
        table.add_row(one["name"], str(one["pid"] or "-"), str(one["restarts"]), one["memory"], one["state"])
    screen.print(table)
    for agent in found["agents"]:  # type: ignore[attr-defined]
        screen.say(f"agent {agent['name']}: {'up' if agent['up'] else 'DOWN'} ({', '.join(agent['roles'])})")
    for one in found["operations"]:  # type: ignore[attr-defined]
        screen.say(f"under way: {one['flow']} of {one['subject']} at {one['step']} since {one['since']}")
    for sentence in found["problems"]:  # type: ignore[attr-defined]
        screen.say(f"[red]{sentence}")


@click.command()
@click.pass_obj
def openrc(place: Place) -> None:
    """Print the administrator's environment: `eval "$(gureum openrc)"`."""
    try:
        click.echo(client.openrc(place))
    except FileNotFoundError:
        raise click.ClickException("there is no cloud here yet: gureum up") from None


@click.command()
@click.argument("process", required=False)
@click.option("-f", "--follow", is_flag=True, help="Go on as lines come.")
@click.option("-n", "--lines", default=50, show_default=True, help="How many lines from the end.")
@click.pass_obj
def logs(place: Place, process: str | None, follow: bool, lines: int) -> None:
    """Show the logs of all processes, or of PROCESS."""
    paths = sorted(place.log.glob(f"{process or '*'}.log"))
    if not paths:
        names = ", ".join(path.stem for path in place.log.glob("*.log")) or "none"
        raise click.ClickException(f"no log of {process or 'any process'} in {place.log}; there are: {names}")
    command = ["tail", "-n", str(lines), *(["-F"] if follow else []), *map(str, paths)]
    sys.exit(subprocess.call(command))


@click.command()
@click.pass_obj
def settings(place: Place) -> None:
    """List every setting, what it means and what is in force."""
    from gureum.cli.manual import rows  # noqa: PLC0415 - the schema is only needed here

    table = Table("Setting", "In force", "Meaning", title=f"{place.state / 'settings.yaml'}")
    for name, value, meaning in rows(load(place.state)):
        table.add_row(name, value, meaning)
    screen.print(table)


@click.command()
@click.argument("server")
@click.pass_obj
def why(place: Place, server: str) -> None:
    """Explain where SERVER (name or id) was placed, or why it was not."""
    for line in client.why(place, server):
        screen.say(line)


@click.group()
def image() -> None:
    """The test image."""


@image.command("path")
@click.pass_obj
def image_path(place: Place) -> None:
    """Print where the test image is."""
    click.echo(testimage.path(place, simulated(place)))


def simulated(place: Place) -> bool:
    """Whether the cloud of this state directory is simulated."""
    return load(place.state).host.drivers == "sim"
