"""A cloud that was started as a user starts it: by the command, in a state directory of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PYTHON = sys.executable


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Started:
    """A state directory and the command on it. `prefix` goes before every command, as a namespace's entrance does."""

    def __init__(self, prefix: Sequence[str] = (), state: Path | None = None) -> None:
        self.state = state or Path(tempfile.mkdtemp(prefix="gureum-system-"))
        self.state.chmod(0o755)
        self.prefix = list(prefix)

    def gureum(self, *words: str, check: bool = True, seconds: int = 300) -> "subprocess.CompletedProcess[str]":
        """Run `gureum --state … WORDS`; with `check`, fails the test when it fails."""
        done = subprocess.run(
            [*self.prefix, PYTHON, "-m", "gureum", "--state", str(self.state), *words],
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        if check:
            assert done.returncode == 0, (
                f"gureum {' '.join(words)}: {done.stdout[-4000:]}{done.stderr[-4000:]}{self.logs()}"
            )
        return done

    def logs(self) -> str:
        """The end of every log, for a failed test to show."""
        found = ""
        for path in sorted(self.state.glob("log/*.log")):
            found += f"\n== {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-20:])
        return found

    def processes(self) -> dict[str, int]:
        """Pids of supervisor, control and agent."""
        states: dict[str, Any] = json.loads((self.state / "run" / "processes.json").read_text())
        return {"supervisor": states["pid"]} | {one["name"]: one["pid"] for one in states["children"] if one["pid"]}

    def kill(self, *names: str) -> None:
        """`kill -9` of some of our own processes; of the supervisor last, since its children end with it."""
        self.signal("KILL", *sorted(names, key="supervisor".__eq__))

    def signal(self, number: str, *names: str) -> None:
        """Send some of our own processes a signal."""
        pids = self.processes()
        wanted = [str(pids[name]) for name in names if name in pids]
        if wanted:
            subprocess.run([*self.prefix, "kill", "-s", number, *wanted], check=True, timeout=20)

    def openstack(self, *words: str, check: bool = True, user: Mapping[str, str] | None = None) -> Any:
        """The stock client as administrator, or as who `user` sets; its JSON (or text, for commands that print none)."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        for line in self.gureum("openrc").stdout.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            environment[name] = value.strip("'")
        environment |= user or {}
        done = subprocess.run(
            [*self.prefix, str(Path(PYTHON).with_name("openstack")), *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if check:
            assert done.returncode == 0, f"openstack {' '.join(words)}: {done.stdout}{done.stderr}{self.logs()}"
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout + done.stderr

    def close(self, *, guests: bool = False) -> None:
        """End it and throw its state away."""
        self.gureum("down", *(["--guests"] if guests else []), check=False)
        deadline = time.monotonic() + 10
        while (self.state / "run" / "processes.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        shutil.rmtree(self.state, ignore_errors=True)
