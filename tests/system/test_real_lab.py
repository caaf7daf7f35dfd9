"""The self-service lab for real: libvirt and OVN in a closed box, a guest that answers, and everything killed around it."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from gureum.testimage import debian
from gureum.testimage.__main__ import default_work
from tests.chance import LONG, new_seed
from tests.system.boxed import DAEMONS, OWN, Boxed, boxed
from tests.system.killer import Killer, build_under

pytestmark = pytest.mark.real

KILLS = 5
ROUNDS = 4 if LONG else 1
SETTLED = 10
"""Seconds after which a QEMU process is a guest that runs, and must go on running."""


@pytest.fixture(scope="module")
def real() -> Iterator[Boxed]:
    """A real cloud in a box without a way out."""
    with boxed("lab") as started:
        yield started


def test_the_box_has_no_way_out(real: Boxed) -> None:
    assert "default" not in real.run("ip", "route").stdout
    assert "eth0" not in real.run("ip", "-o", "link").stdout


def test_hello_world(real: Boxed) -> None:
    built = real.gureum("lab", "self-service", "start", seconds=600).stdout
    print(built[-2000:])
    assert "HELLO WORLD" in built.rpartition("$ curl")[2]
    graded = real.gureum("lab", "self-service", "grade").stdout
    print(graded)
    assert "FAIL" not in graded
    assert "LEFT OUT" not in graded


def test_a_cloud_image_takes_its_metadata_with_cloud_init(real: Boxed, tmp_path: Path) -> None:
    image = debian.build(default_work() / "debian.qcow2", default_work())
    script = tmp_path / "user-data"
    script.write_text("#!/bin/sh\necho ran as $(id -un) > /var/log/ran\n")
    user = real.user()
    real.openstack("flavor", "create", "--ram", "512", "--disk", "2", "--vcpus", "1", "cloud.tiny")
    real.openstack("image", "create", "--disk-format", "qcow2", "--file", str(image), "debian", user=user)
    real.openstack(
        *("server", "create", "--image", "debian", "--flavor", "cloud.tiny", "--network", "test-net"),
        *("--security-group", "test-group", "--key-name", "test-key", "--user-data", str(script)),
        *("--property", "role=web", "--wait", "cloud-guest"),
        user=user,
    )
    address = real.openstack("floating", "ip", "create", "ext-net", "-f", "json", user=user)["floating_ip_address"]
    real.openstack("server", "add", "floating", "ip", "cloud-guest", address, user=user)
    found = real.must_ssh(f"debian@{address}", "cloud-init status --wait >&2; hostname; cat /var/log/ran; df -m /", 240)
    assert "cloud-guest\nran as root\n" in found
    assert int(found.splitlines()[-1].split()[1]) > 1500, "the root file system did not grow to the flavor's disk"
    role = "import json; print(json.load(open('/run/cloud-init/instance-data.json'))['ds']['meta_data']['meta'])"
    assert "web" in real.must_ssh(f"debian@{address}", f'sudo python3 -c "{role}"')
    real.openstack("server", "delete", "--wait", "cloud-guest", user=user)
    real.openstack("floating", "ip", "delete", address, user=user)
    real.openstack("image", "delete", "debian", user=user)
    real.openstack("flavor", "delete", "cloud.tiny")


@pytest.mark.parametrize("what", [*DAEMONS, "control", "agent", "everything"])
def test_the_guest_survives(real: Boxed, what: str) -> None:
    before = uptime(real)
    if what in DAEMONS:
        real.kill_daemons(what)
    elif what == "everything":
        real.kill(*OWN)
        real.kill_daemons(*DAEMONS)
    else:
        real.kill(what)
    real.gureum("up")
    graded = ""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        done = real.gureum("lab", "self-service", "grade", check=False)
        graded = done.stdout + done.stderr
        if done.returncode == 0:
            break
        time.sleep(1)
    assert done.returncode == 0, graded + real.logs()
    assert uptime(real) > before, "the guest was not started again"


def uptime(real: Boxed) -> float:
    """How long the lab's guest runs, in seconds, by its own clock."""
    return float(real.inside("cat /proc/uptime").split()[0])


def test_taken_away_nothing_is_left(real: Boxed) -> None:
    assert "nothing is left" in real.gureum("lab", "self-service", "finish", seconds=300).stdout
    assert "nothing wrong" in real.gureum("doctor").stdout
    assert not list((real.state / "agent" / "instances").glob("*"))
    taps = real.run("ip", "-o", "link").stdout
    assert "tap" not in taps.replace("tapovn", "")


@pytest.mark.parametrize("nth", range(ROUNDS))
def test_killed_at_random_instants_the_lab_still_gets_built(nth: int) -> None:
    seed = new_seed()
    with boxed("kills") as cloud:
        settled: set[int] = set()

        def stroke(*programs: str) -> None:
            settled.update(pid for pid, age in cloud.guests().items() if age >= SETTLED)
            print(f"at {time.strftime('%T')}: {programs}")
            cloud.kill(*set(programs) & set(OWN))
            for program in set(programs) & set(DAEMONS):
                cloud.run("pkill", "-9", "-x", program, check=False)

        choices = [*((one,) for one in (*DAEMONS, *OWN)), (*DAEMONS, *OWN), DAEMONS, OWN]
        strokes = [partial(stroke, *names) for names in choices]
        killer = Killer(seed, strokes, partial(cloud.gureum, "up"), KILLS, 60.0)
        build_under(killer, cloud, f"seed {seed}")
        assert killer.killed == KILLS, f"seed {seed}"
        graded = cloud.gureum("lab", "self-service", "grade").stdout
        assert "FAIL" not in graded, f"seed {seed}: {graded}"
        assert settled <= cloud.guests().keys(), f"seed {seed}: a guest that ran does not run any more"
        assert "nothing is left" in cloud.gureum("lab", "self-service", "finish", seconds=300).stdout, f"seed {seed}"
        assert "nothing wrong" in cloud.gureum("doctor").stdout, f"seed {seed}"
