"""A real cloud in a closed box: libvirt and OVN for real, with no way out of this machine."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.system.started import Started

DAEMONS = ("libvirtd", "ovs-vswitchd", "ovn-northd", "ovn-controller", "ovsdb-server")
OWN = ("supervisor", "control", "agent")
BRIDGE = "br-ex"


class Boxed(Started):
    """A started cloud in the box of this name."""

    def __init__(self, box: str) -> None:
        self.enclosure = [sys.executable, "-m", "gureum.agent.host.enclosure", box]
        super().__init__([*self.enclosure, "--enter", "--"], Path(tempfile.mkdtemp(prefix="gr-", dir="/var/tmp")))

    def run(self, *words: str, check: bool = True, seconds: int = 60) -> "subprocess.CompletedProcess[str]":
        """A command in the box."""
        return subprocess.run([*self.prefix, *words], capture_output=True, text=True, timeout=seconds, check=check)

    def kill_daemons(self, *programs: str) -> None:
        """`kill -9` of the host's daemons of these names. Fails when one does not run."""
        for program in programs:
            self.run("pkill", "-9", "-x", program)

    def guests(self) -> dict[int, int]:
        """Seconds that each QEMU process of the box has run, by its pid in the box."""
        listed = self.run("ps", "-C", "qemu-system-x86_64,qemu-system-x86", "-o", "pid=,etimes=", check=False).stdout
        return {int(pid): int(age) for pid, age in (line.split() for line in listed.splitlines())}

    @property
    def lab(self) -> Path:
        """What the lab keeps: the key, the user's password, how far it has come."""
        return self.state / "lab" / "self-service"

    def user(self) -> Mapping[str, str]:
        """The environment of the lab's user."""
        password = (self.lab / "test-user.password").read_text()
        return {"OS_USERNAME": "test-user", "OS_PROJECT_NAME": "test-proj", "OS_PASSWORD": password}

    @property
    def address(self) -> str:
        """The floating IP of the lab's guest."""
        typed = (self.lab / "steps.json").read_text()
        return typed.partition('"floating ip create ext-net": "')[2].partition('"')[0]

    def type(self, command: str, *more: str, check: bool = True) -> Any:
        """A command of the stock client, as the lab's user."""
        return self.openstack(*command.split(), *more, check=check, user=self.user())

    def inside(self, command: str, address: str = "", seconds: float = 90) -> str:
        """What a command prints in a guest of the lab's image (the lab's own, where no address is given), once it answers."""
        return self.must_ssh(f"cirros@{address or self.address}", command, seconds).strip()

    def ssh(self, who: str, command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in a guest, as `user@address`. Nothing is sent unless the route leads to our own bridge."""
        route = json.loads(self.run("ip", "-j", "route", "get", who.rpartition("@")[2]).stdout)
        assert route[0]["dev"] == BRIDGE, route
        options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=5"]
        words = [word for option in options for word in ("-o", option)]
        return self.run("ssh", "-i", str(self.lab / "test-key.pem"), *words, who, command, check=False)

    def must_ssh(self, who: str, command: str, seconds: float = 60) -> str:
        """`ssh` until it succeeds; its output."""
        deadline = time.monotonic() + seconds
        while (done := self.ssh(who, command)).returncode != 0:
            assert time.monotonic() < deadline, done.stderr
            time.sleep(1)
        return done.stdout


@contextlib.contextmanager
def boxed(name: str) -> Iterator[Boxed]:
    """A real cloud, up, in a box of its own; taken away with everything in it afterwards."""
    assert os.geteuid() == 0, "the real host needs root"
    started = Boxed(name)
    box = subprocess.Popen([*started.enclosure, "--", "sleep", "3600"])
    try:
        deadline = time.monotonic() + 20
        while started.run("true", check=False).returncode != 0:
            assert time.monotonic() < deadline, "the box does not open"
            time.sleep(0.1)
        started.gureum("up")
        yield started
    finally:
        started.close(guests=True)
        box.terminate()
        box.wait(20)
