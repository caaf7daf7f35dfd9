"""The self-service lab for real: libvirt and OVN in a closed box, a guest that answers, and everything killed around it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.started import Started

pytestmark = pytest.mark.real

BOX = "lab"
ENCLOSURE = [sys.executable, "-m", "gureum.agent.host.enclosure", BOX]
DAEMONS = ("libvirtd", "ovs-vswitchd", "ovn-northd", "ovn-controller", "ovsdb-server")


@pytest.fixture(scope="module")
def real() -> Iterator[Started]:
    """A real cloud in a box without a way out."""
    assert os.geteuid() == 0, "the real host needs root"
    box = subprocess.Popen([*ENCLOSURE, "--", "sleep", "3600"])
    started = Started([*ENCLOSURE, "--enter", "--"], Path(tempfile.mkdtemp(prefix="gr-", dir="/var/tmp")))
    try:
        deadline = time.monotonic() + 20
        while subprocess.run([*started.prefix, "true"], capture_output=True).returncode != 0:
            assert time.monotonic() < deadline, "the box does not open"
            time.sleep(0.1)
        started.gureum("up")
        yield started
    finally:
        started.close(guests=True)
        box.terminate()
        box.wait(20)


def test_the_box_has_no_way_out(real: Started) -> None:
    routes = subprocess.run([*real.prefix, "ip", "route"], capture_output=True, text=True, check=True).stdout
    assert "default" not in routes
    links = subprocess.run([*real.prefix, "ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    assert "eth0" not in links


def test_hello_world(real: Started) -> None:
    built = real.gureum("lab", "self-service", "start", seconds=600).stdout
    print(built[-2000:])
    assert "HELLO WORLD" in built.rpartition("$ curl")[2]
    graded = real.gureum("lab", "self-service", "grade").stdout
    print(graded)
    assert "FAIL" not in graded
    assert "LEFT OUT" not in graded


def killed(real: Started, *programs: str) -> None:
    """`kill -9` of the host's daemons of these names, in the box."""
    for program in programs:
        subprocess.run([*real.prefix, "pkill", "-9", "-x", program], timeout=20, check=True)


@pytest.mark.parametrize("what", [*DAEMONS, "control", "agent", "everything"])
def test_the_guest_survives(real: Started, what: str) -> None:
    before = uptime(real)
    if what in DAEMONS:
        killed(real, what)
    elif what == "everything":
        real.kill("supervisor", "control", "agent")
        killed(real, *DAEMONS)
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


def uptime(real: Started) -> float:
    """How long the lab's guest runs, in seconds, by its own clock."""
    steps = (real.state / "lab" / "self-service" / "steps.json").read_text()
    address = steps.partition('"floating ip create ext-net": "')[2].partition('"')[0]
    key = real.state / "lab" / "self-service" / "test-key.pem"
    for _ in range(30):
        done = subprocess.run(
            [*real.prefix, "ssh", "-i", str(key), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
             "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=5", f"cirros@{address}", "cat /proc/uptime"],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        if done.returncode == 0:
            return float(done.stdout.split()[0])
        time.sleep(1)
    raise AssertionError(done.stderr)


def test_taken_away_nothing_is_left(real: Started) -> None:
    assert "nothing is left" in real.gureum("lab", "self-service", "finish", seconds=300).stdout
    assert "nothing wrong" in real.gureum("doctor").stdout
    assert not list((real.state / "agent" / "instances").glob("*"))
    taps = subprocess.run([*real.prefix, "ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    assert "tap" not in taps.replace("tapovn", "")
