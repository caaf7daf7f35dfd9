"""`gureum doctor` on a started cloud: each fault is planted, named with a failing exit status, mended, and gone."""

import contextlib
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

from gureum.agent.drivers.sim.world import Guest, Volume, World, Written
from gureum.contracts import switch
from gureum.contracts.hypervisor import EnsureDomain, FileSource, VolumeDisk
from tests.system.started import Started, free_port

ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def built() -> Iterator[Started]:
    """A simulated cloud of this module's own, on a port of its own."""
    started = Started()
    started.gureum("up", "--sim", "--port", str(free_port()))
    yield started
    started.close()


@pytest.fixture
def cloud(built: Started) -> Iterator[Started]:
    """A cloud that is well again after each test."""
    yield built
    assert "nothing wrong" in built.gureum("doctor").stdout


def names(cloud: Started, *words: str) -> str:
    """Doctor fails and says all of it; gives what it said."""
    done = cloud.gureum("doctor", check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    for word in words:
        assert word in done.stdout, done.stdout
    return done.stdout


def mends(cloud: Started, *more: str) -> str:
    """Doctor mends all; gives what it said."""
    done = cloud.gureum("doctor", "--fix", "--yes", *more, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + cloud.logs()
    assert "the plan:" in done.stdout
    return done.stdout


@contextlib.contextmanager
def down(cloud: Started) -> Iterator[None]:
    """The cloud is down meanwhile."""
    cloud.gureum("down")
    yield
    cloud.gureum("up", "--sim")


@contextlib.contextmanager
def database(cloud: Started) -> Iterator[sqlite3.Connection]:
    """The database of a cloud that is down."""
    with contextlib.closing(sqlite3.connect(cloud.state / "control/gureum.sqlite")) as opened:
        yield opened
        opened.commit()


@contextlib.contextmanager
def settings(cloud: Started, **changes: dict[str, object]) -> Iterator[None]:
    """Other settings meanwhile."""
    path = cloud.state / "settings.yaml"
    kept = path.read_text()
    present = yaml.safe_load(kept)
    with down(cloud):
        path.write_text(
            yaml.safe_dump({**present, **{name: present.get(name, {}) | one for name, one in changes.items()}})
        )
    try:
        yield
    finally:
        with down(cloud):
            path.write_text(kept)


def test_a_plan_is_not_done_without_a_yes(cloud: Started) -> None:
    password = cloud.state / "admin.password"
    password.chmod(0o644)
    done = subprocess.run(
        [sys.executable, "-m", "gureum", "--state", str(cloud.state), "doctor", "--fix"],
        input="n\n", capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "do it?" in done.stdout
    assert done.returncode == 1
    assert password.stat().st_mode & 0o777 == 0o644
    mends(cloud)
    assert password.stat().st_mode & 0o777 == 0o600


def test_broken_settings(cloud: Started) -> None:
    path = cloud.state / "settings.yaml"
    good = path.read_text()
    path.write_text("api: {port: many}\n")
    names(cloud, "the settings cannot be used", "Expected `int`")
    mends(cloud)
    assert path.read_text() == good
    assert path.with_name("settings.yaml.broken").read_text() == "api: {port: many}\n"


@pytest.mark.parametrize(
    ("name", "mode"),
    [("admin.password", 0o644), ("control", 0o755), ("control/agents.sock", 0o666), ("control/gureum.sqlite", 0o666)],
)
def test_wrong_modes(cloud: Started, name: str, mode: int) -> None:
    (cloud.state / name).chmod(mode)
    names(cloud, name, f"mode {mode:o}")
    mends(cloud)
    assert (cloud.state / name).stat().st_mode & 0o777 != mode


@pytest.mark.skipif(not ROOT, reason="only root gives files away")
def test_a_wrong_owner(cloud: Started) -> None:
    os.chown(cloud.state / "control/gureum.sqlite", 0, 0)
    names(cloud, "belongs to user 0")
    mends(cloud)


def test_a_supervisor_that_died(cloud: Started) -> None:
    cloud.kill("supervisor")
    names(cloud, "the cloud does not run", "ended without a word")
    mends(cloud)


@pytest.mark.parametrize("name", ["supervisor", "control", "agent"])
def test_a_stopped_process(cloud: Started, name: str) -> None:
    os.kill(cloud.processes()[name], signal.SIGSTOP)
    names(cloud, name, "is stopped by a signal")
    mends(cloud)


def test_a_process_that_was_left_behind(cloud: Started) -> None:
    cloud.gureum("down")
    log = cloud.state / "log/left-behind.log"
    with log.open("w") as output:
        left = subprocess.Popen(
            [sys.executable, "-m", "gureum.control", str(cloud.state)],
            stdin=subprocess.PIPE,
            stderr=output,
            stdout=output,
        )
    assert left.stdin is not None
    left.stdin.close()
    deadline = time.monotonic() + 20
    while "listens at port" not in cloud.gureum("doctor", check=False).stdout:
        assert left.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
    names(cloud, "control.lock", "a second control may not run")
    mends(cloud)
    assert left.wait(10) is not None
    log.unlink()
    if ROOT:
        mode = (cloud.state / "control/gureum.sqlite").stat()
        assert mode.st_uid != 0


def test_a_taken_port(cloud: Started) -> None:
    cloud.gureum("down")
    port = yaml.safe_load((cloud.state / "settings.yaml").read_text())["api"]["port"]
    with socket.create_server(("127.0.0.1", port)):
        names(cloud, f"listens at port {port}", f"process {os.getpid()}")
        done = cloud.gureum("doctor", "--fix", "--yes", check=False)
        assert done.returncode == 1, "it is not ours to end"
    mends(cloud)


def test_a_database_of_a_newer_version(cloud: Started) -> None:
    cloud.gureum("down")
    with database(cloud) as opened:
        (kept,) = opened.execute("SELECT version_num FROM alembic_version").fetchone()
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
    names(cloud, "revision 9999", "a newer version")
    assert cloud.gureum("doctor", "--fix", "--yes", check=False).returncode == 1
    cloud.gureum("down", check=False)
    with database(cloud) as opened:
        opened.execute("UPDATE alembic_version SET version_num = ?", (kept,))
    mends(cloud)


def test_a_damaged_database(cloud: Started) -> None:
    cloud.gureum("down")
    path = cloud.state / "control/gureum.sqlite"
    kept = path.read_bytes()
    path.write_bytes(kept[:8192] + os.urandom(65536) + kept[8192 + 65536 :])
    names(cloud, "is damaged")
    path.write_bytes(kept)
    mends(cloud)


def stray_things(cloud: Started, *, first: int = 1, guest: bool = True) -> dict[str, str]:
    """Something of every kind on the simulated host that no row knows; ids by kind."""
    world = World(cloud.state / "agent/world.sqlite")
    host = socket.gethostname()
    root = VolumeDisk(device="vda", volume_id="none", source=FileSource(path="/nowhere", format="raw"))
    spec = EnsureDomain(
        server_id=f"stray-{first}", name="instance-x", vcpus=1, memory_mib=64, power="running", root=root
    )
    if guest:
        world.keep_guest(Guest(host=host, spec=spec))
    world.volumes.put(f"stray-{first + 1}", Volume(size_gib=1))
    world.stray_taps.put(f"{host}/stray-{first + 2}", "planted")
    statement = switch.EnsureSwitch(network_id="stray", name="", mtu=1442)
    for number, kind in enumerate(("switch", "port", "router", "group"), first + 3):
        world.write(kind, f"stray-{number}", Written(1, statement))
    world.close()
    kinds = ("server", "volume", "tap", "network", "port", "router", "security_group")
    return {kind: f"stray-{number}" for number, kind in enumerate(kinds, first)}


def test_orphans_of_every_kind(cloud: Started) -> None:
    with down(cloud):
        planted = stray_things(cloud)
    names(cloud, *(f"{kind} {id} is on" for kind, id in planted.items()), "no row knows it")
    done = cloud.gureum("doctor", "--fix", "--yes", check=False)
    assert done.returncode == 1
    left = set(re.findall(r"stray-\d+", done.stdout.rpartition("afterwards:")[2]))
    assert left == set(planted.values()), "what may be somebody's is left alone, and what may connect it"
    mends(cloud, "--strange")


def test_orphans_without_a_guest_connect_nobody(cloud: Started) -> None:
    with down(cloud):
        planted = stray_things(cloud, first=11, guest=False)
    done = cloud.gureum("doctor", "--fix", "--yes", check=False)
    assert done.returncode == 1
    left = set(re.findall(r"stray-\d+", done.stdout.rpartition("afterwards:")[2]))
    assert left == {planted["volume"]}
    mends(cloud, "--strange")


def test_what_is_missing_is_made_again(cloud: Started) -> None:
    network = cloud.openstack("network", "create", "n", "-f", "json")["id"]
    with down(cloud):
        world = World(cloud.state / "agent/world.sqlite")
        assert world.row("switch", network) is not None
        world.write("switch", network, None)
        world.close()
    names(cloud, f"network {network} has a row, and no host has it")
    mends(cloud)
    cloud.openstack("network", "delete", network)


def test_strays_among_the_rows(cloud: Started) -> None:
    volume = cloud.openstack("volume", "create", "--size", "1", "v", "-f", "json")["id"]
    with down(cloud), database(cloud) as opened:
        (provider, kind) = opened.execute("SELECT provider, resource_class FROM inventories LIMIT 1").fetchone()
        opened.execute("INSERT INTO allocations VALUES ('nobody', ?, ?, 7)", (provider, kind))
        opened.execute("UPDATE volumes SET status = 'in-use' WHERE id = ?", (volume,))
    names(cloud, "server nobody, which is no more", "count as used", f"volume {volume} is in-use")
    mends(cloud)
    assert cloud.openstack("volume", "show", volume, "-f", "json")["status"] == "available"
    cloud.openstack("volume", "delete", volume)


def test_an_agent_that_is_gone(cloud: Started) -> None:
    with down(cloud), database(cloud) as opened:
        opened.execute(
            "INSERT INTO agents (name, epoch, roles, version, up, changed_at, created_at) "
            "SELECT 'ghost', epoch, roles, version, 0, changed_at, created_at FROM agents"
        )
    names(cloud, "agent ghost is down")
    with down(cloud), database(cloud) as opened:
        opened.execute("DELETE FROM agents WHERE name = 'ghost'")


def test_a_clock_that_is_off(cloud: Started) -> None:
    with settings(cloud, sim={"clock_ahead": -90}):
        names(cloud, "90 s behind")


def test_packets_that_do_not_fit(cloud: Started) -> None:
    network = cloud.openstack("network", "create", "n", "-f", "json")["id"]
    with settings(cloud, sim={"mtu": 1400}):
        names(cloud, f"network {network} promises 1442 bytes", "carries 1400")
    cloud.openstack("network", "delete", network)


@pytest.mark.skipif(not ROOT, reason="only root makes a small disk")
def test_a_full_disk(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m,mode=755", "gureum-test", str(tmp_path)], check=True)
    cloud = Started(state=tmp_path)
    try:
        (tmp_path / "settings.yaml").write_bytes(msgspec.json.encode({"least_free_gib": 0.1}))
        cloud.gureum("up", "--sim", "--port", str(free_port()))
        assert "nothing wrong" in cloud.gureum("doctor").stdout
        with (tmp_path / "log/control.log").open("a") as log:
            log.writelines(["a line that nobody reads\n" * 40_000] * 200)
        names(cloud, "GiB are free below")
        assert "shorten logs" in mends(cloud)
        assert cloud.openstack("project", "list", "-f", "json")
    finally:
        cloud.gureum("down", check=False)
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)
