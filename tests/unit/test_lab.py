"""What the lab makes of a step whose answer was lost: a client of a few lines answers it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from gureum.cli.lab.shell import Lab
from gureum.cli.lab.start import _server
from gureum.cli.place import Place

CREATE = (
    "server create --image test-image --flavor test.tiny --network test-net --security-group test-group "
    "--key-name test-key --wait test-instance"
)
Types = Callable[[str], str]


@pytest.fixture
def types(tmp_path: Path) -> Types:
    """Goes on with the lab behind a `server create` without an answer; the client answers as the cases of shell say."""

    def go_on(cases: str) -> str:
        lab = Lab(Place(tmp_path), "self-service")
        lab.once("before", str)
        path = lab.folder / "steps.json"
        path.write_text(json.dumps({"done": {}, "begun": CREATE}))
        program, typed = tmp_path / "openstack", tmp_path / "typed"
        program.write_text(f'#!/bin/sh\necho "$@" >> {typed}\ncase "$*" in {cases} esac\n')
        program.chmod(0o700)
        lab._program = str(program)
        _server(lab)
        return typed.read_text()

    return go_on


def _answer(found: Any) -> str:
    return f"echo '{json.dumps(found)}';;"


SERVER = _answer([{"Name": "test-instance"}])


def test_nobody_answers_and_nothing_is_made(types: Types, tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="server list failed"):
        types("'server list'*) exit 1;;")
    assert "create" not in (tmp_path / "typed").read_text()


def test_a_server_that_is_there_is_not_made_again(types: Types) -> None:
    said = types(f"'server list'*) {SERVER} 'server show'*) {_answer({'status': 'ACTIVE'})}")
    assert "create" not in said


def test_one_that_is_not_is(types: Types) -> None:
    assert CREATE in types(f"'server list'*) {_answer([])}")


def test_one_in_error_goes_first(types: Types) -> None:
    said = types(f"'server list'*) {SERVER} 'server show'*) {_answer({'status': 'ERROR'})}")
    assert said.index("server delete --wait test-instance") < said.index(CREATE)
