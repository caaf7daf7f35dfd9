"""Where secrets are, and where they are not: many are planted in a started cloud, then all that it left is looked through."""

import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.system.direct import Direct
from tests.system.planted import Planted, forms, plant
from tests.system.started import Started, free_port
from tests.system.watch import Watch

KEPT_IN_ROWS = {
    ("credentials", "blob"): {"EC2 secret", "second blob"},
    ("servers", "user_data"): {"user data of the rebuilt server, encoded"},
    ("servers", "personality"): {"personality file, encoded"},
    ("volume_attachments", "connector"): {"connector's password"},
}
"""The columns that hold a secret as it is: its owner may ask for it again, or a guest is told of it whenever it is made."""
DATABASE = {"control/gureum.sqlite", "control/gureum.sqlite-wal"}
HOST = {"agent/world.sqlite", "agent/world.sqlite-wal"}
OF_A_GUEST = {
    "administrator's password",
    "adminPass of the rebuilt server",
    "adminPass that was made up",
    "user data",
    "user data, encoded",
    "user data of the rebuilt server",
    "user data of the rebuilt server, encoded",
    "personality file",
    "personality file, encoded",
}
KEPT_IN_FILES = {
    name: OF_A_GUEST | {"EC2 secret", "blob", "second blob", "connector's password"} for name in DATABASE
} | {name: OF_A_GUEST for name in HOST}
"""Files that may hold a secret as it is: the database's, of which pages that are free again show what was there, and the
simulated host's, which knows what its guests were told."""
MODES = {"control/gureum.sqlite": 0o640, "control/gureum.sqlite-wal": 0o640, "admin.password": 0o600} | {
    name: 0o600 for name in HOST
}


@dataclass
class Scene:
    """The cloud, and what was planted in it."""

    cloud: Started
    planted: Planted
    watch: Watch


def until(ready: Callable[[], Any]) -> Any:
    """Wait until `ready()` is true, and return it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := ready():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    started = Started()
    try:
        port = free_port()
        (started.state / "settings.yaml").write_text("log_level: debug\n")
        started.gureum("up", "--sim", "--port", str(port))
        password = (started.state / "admin.password").read_text().strip()
        planted = Planted(Direct(port).log_in("admin", password, "admin"))
        planted.given("the administrator's first password", password)
        planted.given("the administrator's token", planted.admin.token or "")
        with Watch(planted.secrets) as watch:
            plant(planted, until)
            started.gureum("status")
            started.gureum("doctor")
            time.sleep(1.5)  # traces are written twice a second
        yield Scene(started, planted, watch)
    finally:
        started.close()


def found_in(planted: Planted, raw: bytes) -> set[str]:
    """Which secrets some bytes hold."""
    return {what for what, form in forms(planted.secrets) if form in raw}


def test_what_was_planted_is_found_where_it_is(scene: Scene) -> None:
    assert len(scene.planted.secrets) > 35
    assert found_in(scene.planted, b"x" + scene.planted.secrets["blob"].encode()) == {"blob"}


def test_no_log_holds_a_secret(scene: Scene) -> None:
    logs = list((scene.cloud.state / "log").iterdir())
    assert {path.name for path in logs} >= {"control.log", "agent.log", "supervisor.log"}
    for path in logs:
        assert not found_in(scene.planted, path.read_bytes()), path.name


def test_no_process_showed_a_secret(scene: Scene) -> None:
    assert not scene.watch.seen
    for name, pid in scene.cloud.processes().items():
        for kind in ("cmdline", "environ"):
            assert not found_in(scene.planted, Path(f"/proc/{pid}/{kind}").read_bytes()), f"{kind} of {name}"


def test_rows_hold_those_that_are_given_out_again_and_no_others(scene: Scene) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    path = scene.cloud.state / "control" / "gureum.sqlite"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert {"strands", "asks", "signals", "journal", "trace_requests", "trace_works"} <= set(tables)
        for table in tables:
            cursor = database.execute(f'SELECT * FROM "{table}"')
            names = [one[0] for one in cursor.description]
            for row in cursor:
                for name, value in zip(names, row, strict=True):
                    seen = found_in(scene.planted, str(value).encode(errors="replace"))
                    if seen:
                        found.setdefault((table, name), set()).update(seen)
        hashes = [row[0] for row in database.execute("SELECT password_hash FROM users WHERE password_hash IS NOT NULL")]
        hashes += [row[0] for row in database.execute("SELECT secret_hash FROM application_credentials")]
        console = [row[0] for row in database.execute("SELECT digest FROM console_tokens")]
    assert found == KEPT_IN_ROWS
    assert len(hashes) >= 4
    assert all(one.startswith("$argon2id$") for one in hashes)
    assert all(len(one) == 64 for one in console)


def test_the_keys_of_tokens_are_in_the_database_and_nowhere_else(scene: Scene) -> None:
    path = scene.cloud.state / "control" / "gureum.sqlite"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        keys = [row[0].encode() for row in database.execute("SELECT key FROM token_keys")]
    assert keys
    holding = {name for name, file in files(scene.cloud.state) if any(key in file.read_bytes() for key in keys)}
    assert holding
    assert holding <= DATABASE


def files(state: Path) -> Iterator[tuple[str, Path]]:
    """Every plain file below a state directory, by its name there."""
    for path in sorted(state.rglob("*")):
        if not path.is_symlink() and path.is_file():
            yield str(path.relative_to(state)), path


def test_files_hold_those_that_must_be_kept_and_only_their_owner_reads_them(scene: Scene) -> None:
    for name, path in files(scene.cloud.state):
        allowed = KEPT_IN_FILES.get(name, set())
        if name == "admin.password":
            allowed = {"the administrator's first password"}
        seen = found_in(scene.planted, path.read_bytes())
        assert seen <= allowed, f"{name} holds {sorted(seen - allowed)}"
        if seen or name in MODES:
            assert stat.S_IMODE(path.stat().st_mode) == MODES[name], f"{name}: {path.stat().st_mode:o}"
    assert stat.S_IMODE((scene.cloud.state / "control").stat().st_mode) == 0o700


OPEN = {
    "settings.yaml",
    "agent/agent.lock",
    "run/agent.json",
    "run/processes.json",
    "run/settings.last.yaml",
    "run/supervisor.lock",
}
"""What others on the machine may read; all else is closed, by its own mode or by that of a folder on the way."""


def test_what_lies_below_the_state_directory_is_closed_to_others(scene: Scene) -> None:
    state = scene.cloud.state
    read: set[str] = set()
    for path in state.rglob("*"):
        name, mode = str(path.relative_to(state)), stat.S_IMODE(path.lstat().st_mode)
        assert not path.is_symlink(), name
        assert not mode & 0o022, f"others may write {name}: {mode:o}"
        assert not mode & 0o6000, f"{name} runs as its owner"
        passable = all(one.stat().st_mode & 0o001 for one in path.parents if one != state and state in one.parents)
        if not path.is_dir() and passable and mode & 0o004:
            read.add(name)
        if path.is_socket():
            assert mode == 0o600, f"{name}: {mode:o}"
    assert read == OPEN


def test_history_and_traces_tell_none(scene: Scene) -> None:
    planted = scene.planted
    for subject in planted.subjects:
        history = planted.admin.call("GET", f"/gureum/v1/log?resource={subject}")
        assert history.ok()["entries"], subject
        assert not found_in(planted, history.body), subject
    told = scene.cloud.gureum("log", planted.server).stdout
    assert "create server" in told
    assert "***" in told
    assert not found_in(planted, told.encode())
    traced = 0
    for asked, _, answer in list(planted.admin.exchanges):
        trace = planted.admin.call("GET", f"/gureum/v1/traces/{answer.headers.get('x-openstack-request-id')}")
        traced += trace.status == 200
        assert not found_in(planted, trace.body), asked
    assert traced > 20
    made = next(answer for asked, _, answer in planted.admin.exchanges if asked == "POST /compute/v2.1/servers")
    told = scene.cloud.gureum("trace", made.headers["x-openstack-request-id"]).stdout
    assert "EnsureDomain" in told
    assert not found_in(planted, told.encode())


def test_refusals_quote_nothing_but_their_own_request(scene: Scene) -> None:
    """As upstream's do: a value of the wrong type is told to who sent it."""
    refused = [one for one in scene.planted.admin.exchanges if one[2].status >= 400]
    assert len(refused) > 10
    for asked, sent, answer in refused:
        assert found_in(scene.planted, answer.body) <= found_in(scene.planted, sent), asked


@pytest.mark.parametrize("url", ["postgresql://gureum:pLanTed@127.0.0.1/x", "postgresql:///x?user=a&password=pLanTed"])
def test_a_password_in_the_database_url_is_refused_at_once_and_not_said(url: str) -> None:
    started = Started()
    try:
        (started.state / "settings.yaml").write_text(f"database: {url}\n")
        refused = started.gureum("up", "--sim", "--port", str(free_port()), check=False)
        assert refused.returncode != 0
        assert "no password here" in refused.stdout + refused.stderr
        assert "pLanTed" not in refused.stdout + refused.stderr + started.logs()
    finally:
        started.close()
