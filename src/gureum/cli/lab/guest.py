"""Reaching the lab's guest from the host: ping, ssh, curl. Nothing is sent before the route is known to lead to our bridge."""

import json
import subprocess
from pathlib import Path

import click

USER = "cirros"
BRIDGE = "br-ex"


def check_route(address: str) -> None:
    """Raise ClickException unless the host reaches `address` through our own bridge."""
    done = subprocess.run(["ip", "-j", "route", "get", address], capture_output=True, text=True)
    routes = json.loads(done.stdout or "[]")
    if done.returncode != 0 or not routes or routes[0].get("dev") != BRIDGE:
        way = routes[0].get("dev") if routes else done.stderr.strip()
        raise click.ClickException(f"{address} is not behind {BRIDGE} (the route leads to {way}); nothing was sent")


def ping(address: str, count: int = 4) -> "subprocess.CompletedProcess[str]":
    """`ping -c COUNT`."""
    check_route(address)
    return _run(["ping", "-n", "-c", str(count), "-W", "1", address], 2 * count + 5)


def answers_ping(address: str) -> bool:
    """Whether one ping is answered within a second."""
    return ping(address, 1).returncode == 0


def ssh(key: Path, address: str, command: str, seconds: int = 60) -> "subprocess.CompletedProcess[str]":
    """Run a command in the guest."""
    check_route(address)
    return _run(
        [
            "ssh", "-i", str(key), "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "StrictHostKeyChecking=no",
            "-o", f"UserKnownHostsFile={key.parent / 'known_hosts'}", f"{USER}@{address}", command,
        ],
        seconds,
    )  # fmt: skip


def curl(address: str, seconds: int = 5) -> "subprocess.CompletedProcess[str]":
    """`curl http://ADDRESS`."""
    check_route(address)
    return _run(["curl", "-s", "-S", "--noproxy", "*", "--max-time", str(seconds), f"http://{address}"], seconds + 5)


def _run(command: list[str], seconds: int) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds, errors="replace")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"no end after {seconds} s")
