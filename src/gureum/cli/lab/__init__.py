"""`gureum lab`: exercises that build something with the stock client, check it from outside, and take it away."""

import sys

import click

from gureum.cli.lab import finish as finishing
from gureum.cli.lab import grade as grading
from gureum.cli.lab import start as starting
from gureum.cli.lab.shell import Lab
from gureum.cli.place import Place
from gureum.cli.screen import screen

EXERCISES = ("self-service",)


@click.group()
def lab() -> None:
    """Exercises with the stock client: start builds, grade checks from outside, finish takes away."""


@lab.command()
def names() -> None:
    """List the exercises."""
    for name in EXERCISES:
        click.echo(name)


@lab.group("self-service")
@click.pass_context
def self_service(context: click.Context) -> None:
    """From a new project to a guest that answers through a floating IP."""
    place = context.find_object(Place)
    assert place is not None
    context.obj = Lab(place, "self-service")


@self_service.command()
@click.pass_obj
def start(lab: Lab) -> None:
    """Build it, showing each command and what it prints. What is there already is left alone."""
    starting.start(lab)


@self_service.command()
@click.pass_obj
def grade(lab: Lab) -> None:
    """Check each step from outside: PASS or FAIL a line. Exits 1 when one failed."""
    failed = 0
    for item in grading.grade(lab):
        verdict = "LEFT OUT" if item.passed is None else "PASS" if item.passed else "FAIL"
        colour = {"PASS": "green", "FAIL": "red"}.get(verdict, "yellow")
        screen.say(f"[{colour}]{verdict:8}[/{colour}] {item.what}" + (f": {item.said}" if item.said else ""))
        failed += item.passed is False
    sys.exit(1 if failed else 0)


@self_service.command()
@click.pass_obj
def finish(lab: Lab) -> None:
    """Take it away: first in the wrong order, to see it refused and explained, then in the right one."""
    finishing.finish(lab)
