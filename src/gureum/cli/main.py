"""The command line."""

from pathlib import Path

import click

from gureum import __version__
from gureum.cli import backup, commands, doctor, history, lab, policies, restore
from gureum.cli.place import Place
from gureum.settings import default_state


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--state", type=click.Path(path_type=Path), help="State directory (else $GUREUM_STATE, else the default)."
)
@click.version_option(__version__, prog_name="gureum")
@click.pass_context
def main(context: click.Context, state: Path | None) -> None:
    """gureum: a private cloud that speaks OpenStack."""
    context.obj = Place((state or default_state()).absolute())


for command in (
    commands.up,
    commands.down,
    commands.status,
    commands.openrc,
    commands.logs,
    commands.settings,
    commands.why,
    history.trace,
    history.log,
    policies.policy,
    backup.backup,
    restore.restore,
    commands.image,
    doctor.doctor,
    lab.lab,
):
    main.add_command(command)
