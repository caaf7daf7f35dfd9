"""Several control processes on one PostgreSQL database: the lab by the stock client while they are killed."""

import random
import time
from collections.abc import Iterator
from functools import partial

import pytest

from gureum.settings import load
from tests import databases
from tests.system.direct import Direct, login
from tests.system.killer import Killer, build_under
from tests.system.started import Started, free_port

WORKERS = 2
KILLS = 5
STROKES = (("control",), ("control-2",), ("control", "control-2"), ("agent",))


@pytest.fixture(scope="module")
def workers() -> Iterator[Started]:
    """A simulated cloud of two control processes."""
    started = Started()
    url = databases.server().create("template0")
    try:
        (started.state / "settings.yaml").write_text(f"database: {url}\n")
        started.gureum("up", "--sim", "--port", str(free_port()), "--workers", str(WORKERS))
        yield started
    finally:
        started.close()
        databases.server().drop(url)


def test_on_sqlite_several_processes_are_refused() -> None:
    started = Started()
    try:
        refused = started.gureum("up", "--sim", "--port", str(free_port()), "--workers", "2", check=False)
        assert refused.returncode != 0
        assert "SQLite belongs to one control process" in refused.stderr
        assert not (started.state / "run" / "processes.json").exists()
    finally:
        started.close()


def test_each_process_answers_and_reaches_the_agent(workers: Started) -> None:
    assert {"control", "control-2"} <= set(workers.processes())
    for alone, other in (("control", "control-2"), ("control-2", "control")):
        workers.signal("STOP", other)
        try:
            assert workers.openstack("project", "list", "-f", "json"), f"by {alone} alone"
        finally:
            workers.signal("CONT", other)
    for _ in range(4):
        assert "nothing wrong" in workers.gureum("doctor").stdout


def test_wrong_passwords_count_in_all_processes(workers: Started) -> None:
    port = load(workers.state).api.port
    right = (workers.state / "admin.password").read_text().strip()
    answers: list[int] = []
    for other in ("control-2", "control"):
        workers.signal("STOP", other)
        try:
            answers += [Direct(port).call("POST", "/v3/auth/tokens", login("admin", "wrong")).status for _ in range(4)]
            if other == "control":
                answers.append(Direct(port).call("POST", "/v3/auth/tokens", login("admin", right)).status)
        finally:
            workers.signal("CONT", other)
    assert answers == [401] * 9, "the right one is refused unread, by a process that has seen four wrong ones"
    time.sleep(1.5)
    assert Direct(port).call("POST", "/v3/auth/tokens", login("admin", right)).status == 201


def test_the_lab_is_built_while_processes_are_killed(workers: Started) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    strokes = [partial(workers.kill, *names) for names in STROKES]
    killer = Killer(seed, strokes, partial(workers.gureum, "up", "--sim"), KILLS, 30.0)
    build_under(killer, workers, f"seed {seed}")
    assert killer.killed == KILLS, f"seed {seed}"
    workers.gureum("up", "--sim")
    assert "FAIL" not in workers.gureum("lab", "self-service", "grade").stdout, f"seed {seed}"
    assert "nothing is left" in workers.gureum("lab", "self-service", "finish").stdout, f"seed {seed}"
    assert "nothing wrong" in workers.gureum("doctor").stdout, f"seed {seed}"
