"""Typing commands: as the administrator or as the lab's user, each shown with what it printed."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from gureum.cli import client
from gureum.cli.lifecycle import PREFERRED_RANGE
from gureum.cli.place import Place
from gureum.settings import Settings, load

ADMIN, USER = "admin", "test-user"
_SECONDS = 300
_TYPIST = "import json, runpy, sys; sys.argv = json.load(sys.stdin); runpy.run_path(sys.argv[0], run_name='__main__')"
"""Runs a command whose words come on its standard input: a password among them is then in no process list."""


class Lab:
    """One exercise of one cloud: its folder below the state directory, who types, and how far it has come."""

    def __init__(self, place: Place, name: str) -> None:
        self.place = place
        self.folder = place.state / "lab" / name
        self._program = self._find_client()

    @staticmethod
    def _find_client() -> str:
        beside = Path(sys.executable).with_name("openstack")
        found = str(beside) if beside.exists() else shutil.which("openstack")
        if found is None:
            raise click.ClickException("the stock client is missing: pip install 'gureum[lab]'")
        return found

    @cached_property
    def settings(self) -> Settings:
        """The cloud's settings."""
        return load(self.place.state)

    @property
    def simulated(self) -> bool:
        """Whether there is nothing inside the guests."""
        return self.settings.host.drivers == "sim"

    @property
    def external_range(self) -> str:
        """The range of the external network."""
        return self.settings.network.external_range or PREFERRED_RANGE

    @property
    def key(self) -> Path:
        """The private key that the client printed once."""
        return self.folder / "test-key.pem"

    # -- who types ------------------------------------------------------------------------------------------------

    def password(self) -> str:
        """The lab user's password, made up once and kept 0600."""
        path = self.folder / "test-user.password"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(10))
        return path.read_text()

    def environment(self, who: str) -> Mapping[str, str]:
        """The environment of a shell that has sourced the openrc file of `who`."""
        project = "admin" if who == ADMIN else "test-proj"
        password = self.place.password() if who == ADMIN else self.password()
        plain = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        return plain | {
            "OS_AUTH_URL": f"{client.base_url(self.settings)}/v3",
            "OS_IDENTITY_API_VERSION": "3",
            "OS_USERNAME": who,
            "OS_PASSWORD": password,
            "OS_PROJECT_NAME": project,
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_REGION_NAME": self.settings.region,
            "COLUMNS": "120",
        }

    def type(self, who: str, *words: str, quiet: bool = False) -> "subprocess.CompletedProcess[str]":
        """Type `openstack WORDS…` as `who`, and show it and its output."""
        if not quiet:
            click.secho(f"[{who}]$ openstack {' '.join(_quoted(words))}", bold=True)
        command, typed = self._command(words)
        done = subprocess.run(
            command,
            input=typed,
            env=dict(self.environment(who)),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
        if not quiet:
            click.echo((done.stdout + done.stderr).rstrip())
        return done

    def _command(self, words: tuple[str, ...]) -> tuple[list[str], str | None]:
        """The command and what it reads. A client of another Python's, found by PATH, has the words in its process list."""
        if "--password" in words and Path(self._program).parent == Path(sys.executable).parent:
            return [sys.executable, "-c", _TYPIST], json.dumps([self._program, *words])
        return [self._program, *words], None

    def must(self, who: str, *words: str) -> str:
        """`type`, where success is expected. Raises ClickException with the command that failed."""
        done = self.type(who, *words)
        if done.returncode != 0:
            raise click.ClickException(
                f"openstack {' '.join(_quoted(words))} failed; then again: gureum lab self-service start"
            )
        return done.stdout

    def ask(self, who: str, *words: str) -> Any:
        """The JSON of a command, without showing it; None when it failed."""
        done = self.type(who, *words, "-f", "json", quiet=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    # -- how far it has come --------------------------------------------------------------------------------------

    def steps(self) -> dict[str, str]:
        """The steps that are done, with what is remembered of each."""
        return self._progress()["done"]

    def once(self, step: str, do: Callable[[], str], done: Callable[[], str | None] | None = None) -> str:
        """Do a step unless it was done; what it returns is remembered.

        A step that was begun and did not end well may have been done all the same, the answer being lost: `done` looks for
        what it would have made, and says what to remember of it, or None.
        """
        progress = self._progress()
        if step in progress["done"]:
            return progress["done"][step]
        result = done() if done is not None and progress["begun"] == step else None
        if result is None:
            self._keep(progress | {"begun": step})
            result = do()
        progress["done"][step] = result
        self._keep(progress | {"begun": ""})
        return result

    def _progress(self) -> dict[str, Any]:
        path = self.folder / "steps.json"
        return json.loads(path.read_text()) if path.exists() else {"done": {}, "begun": ""}

    def _keep(self, progress: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / "steps.new"
        temporary.write_text(json.dumps(progress, indent=1))
        temporary.replace(self.folder / "steps.json")

    def forget(self) -> None:
        """Drop everything the lab kept."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _quoted(words: tuple[str, ...]) -> list[str]:
    hidden = ["***" if before == "--password" else word for before, word in zip(("", *words), words, strict=False)]
    return [f"'{word}'" if " " in word else word for word in hidden]


def until(ready: Callable[[], Any], seconds: float, pause: float = 1.0) -> Any:
    """Wait until `ready()` is true and return it; None when it never was."""
    deadline = time.monotonic() + seconds
    while True:
        found = ready()
        if found or time.monotonic() > deadline:
            return found or None
        time.sleep(pause)
