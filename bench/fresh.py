"""From a machine without any of it to HELLO WORLD, by part, and `./up` again; several rounds, each from nothing.

    python -m bench.fresh --purge [--rounds 5]

As root on a machine that may lose them: each round purges the host's packages, their lists and caches, /opt/gureum and
/var/lib/gureum, clones this repository, and runs `./install`, then `./up` twice in a closed box.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from gureum.agent.host.packages import PACKAGES
from gureum.testimage import host

KEPT = frozenset({"apt", "binutils", "dpkg", "e2fsprogs", "fdisk", "iproute2", "util-linux"})
"""Packages that a bare Debian has too, or that the machine's compiler needs."""
PARTS = {
    r"install: system packages": "system packages",
    r"install: uv into /opt": "uv",
    r"install: python packages into /opt": "product",
    r"install: python packages into \.venv": "test tools",
    r"test image:": "test image",
    r"install: ready": "gureum up",
    r"\[\S+\]\$ openstack": "lab start",
    r"PASS|FAIL": "lab grade",
}
"""The line that a part begins with, to its name."""


def bare_machine() -> None:
    """Take away what an installation left."""
    names = {*PACKAGES, *host.HOST_PACKAGES, *host.DEBIAN_HOST_PACKAGES, *host.TEST_PACKAGES, "python3-libvirt"} - KEPT
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["purge", "-y", *sorted(names)], ["autoremove", "--purge", "-y"], ["clean"]):
        subprocess.run(["apt-get", "-qq", *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    for path in ("/opt/gureum", "/var/lib/gureum", "/var/lib/apt/lists", "/var/lib/libvirt", "/var/lib/openvswitch"):
        shutil.rmtree(path, ignore_errors=True)


def timed(command: Sequence[str], place: Path) -> dict[str, float]:
    """Run a command and return its parts' lengths in seconds, and their sum."""
    began = time.monotonic()
    environment = {**os.environ, "XDG_CACHE_HOME": str(place.parent / "cache"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    parts: dict[str, float] = {}
    part, since, output = "checks", began, ""
    for line in process.stdout:
        output += line
        for mark, name in PARTS.items():
            if name not in parts and name != part and re.match(mark, line):
                parts[part] = time.monotonic() - since
                part, since = name, time.monotonic()
    parts[part] = time.monotonic() - since
    assert process.wait() == 0, output[-3000:]
    return parts | {"together": sum(parts.values())}


def one_round(source: Path) -> list[dict[str, float]]:
    """`./install`, `./up`, and `./up` again, from nothing."""
    bare_machine()
    place = Path(tempfile.mkdtemp(prefix="gureum-fresh-", dir="/var/tmp")) / "gureum"
    try:
        place.parent.chmod(0o755)
        subprocess.run(["git", "clone", "-q", str(source), str(place)], check=True)
        figures = [timed(["./install"], place)]
        box = ["/opt/gureum/venv/bin/python", "-m", "gureum.agent.host.enclosure", "fresh"]
        with subprocess.Popen([*box, "--", "sleep", "1200"]) as held:
            try:
                time.sleep(2)
                figures += [timed([*box, "--enter", "--", "./up"], place) for _ in range(2)]
                subprocess.run([*box, "--enter", "--", "gureum", "down", "--guests"], check=True)
            finally:
                held.terminate()
        return figures
    finally:
        shutil.rmtree(place.parent)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purge", action="store_true", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: list[list[dict[str, float]]] = []
    for _ in range(parser.parse_args().rounds):
        rounds.append(one_round(Path(__file__).parent.parent))
        print(f"load {os.getloadavg()[0]:.1f}: {rounds[-1]}", flush=True)
    print(f"{os.cpu_count()} cores, medians of {len(rounds)} rounds, seconds")
    for title, runs in zip(("./install", "./up", "./up again"), zip(*rounds, strict=True), strict=True):
        names = dict.fromkeys(name for run in runs for name in run)
        medians = {name: statistics.median(run.get(name, 0.0) for run in runs) for name in names}
        print(f"{title:12}", ", ".join(f"{name} {seconds:.1f}" for name, seconds in medians.items()))


if __name__ == "__main__":
    main()
