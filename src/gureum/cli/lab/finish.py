"""Taking the self-service lab away, in the wrong order and then in the right one."""

import click

from gureum.cli.lab.shell import ADMIN, USER, Lab, until

_WRONG = (
    ("network delete test-net", "in use"),
    ("router delete test-router", "ports still attached"),
    ("volume delete test-vol", "status must be"),
    ("security group delete test-group", "in use"),
)
"""Commands that must be refused, and a word of the explanation."""


def finish(lab: Lab) -> None:
    """Take everything away. Raises ClickException when something is left."""
    steps = lab.steps()
    if not steps:
        click.echo("the lab has not been built; nothing to take away")
        return
    address = steps.get("floating ip create ext-net")
    if "server create" in " ".join(steps):
        for command, words in _WRONG:
            _refused(lab, command, words)
    _right_order(lab, address)
    _nothing_left(lab)
    lab.forget()
    click.secho("nothing is left", fg="green")


def _refused(lab: Lab, command: str, words: str) -> None:
    done = lab.type(USER, *command.split())
    if done.returncode == 0 or words not in done.stdout + done.stderr:
        raise click.ClickException(f"openstack {command} should have been refused with an explanation ({words!r})")


def _right_order(lab: Lab, address: str | None) -> None:
    commands: list[tuple[str, str]] = []
    if address:
        commands += [
            (USER, f"server remove floating ip test-instance {address}"),
            (USER, f"floating ip delete {address}"),
        ]
    commands += [
        (USER, "server remove volume test-instance test-vol"),
        (USER, "server delete --wait test-instance"),
        (USER, "volume delete test-vol"),
        (USER, "router remove subnet test-router test-subnet"),
        (USER, "router unset --external-gateway test-router"),
        (USER, "router delete test-router"),
        (USER, "network delete test-net"),
        (USER, "security group delete test-group"),
        (USER, "keypair delete test-key"),
        (ADMIN, "network delete ext-net"),
        (ADMIN, "image delete test-image"),
        (ADMIN, "flavor delete test.tiny"),
    ]
    for who, command in commands:
        if command == "volume delete test-vol":
            _volume_free(lab)
        lab.type(who, *command.split())


def _volume_free(lab: Lab) -> None:
    until(lambda: (lab.ask(USER, "volume", "show", "test-vol") or {"status": "gone"}).get("status") != "detaching", 30)


def _nothing_left(lab: Lab) -> None:
    """Every list of the project must be empty, and its user and project go last."""
    lists = ("server list", "volume list", "port list", "router list", "floating ip list")
    for command in lists:
        left = until(lambda command=command: lab.ask(USER, *command.split()) == [] or None, 20)
        if not left:
            raise click.ClickException(f"something is left: openstack {command}")
    for command in ("user delete test-user", "project delete test-proj"):
        lab.must(ADMIN, *command.split())
