"""A real host: its programs, its processor, its daemons, its firewall."""

import ipaddress
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from gureum.agent import config as configuration
from gureum.agent.host import packages
from gureum.agent.host.host import Host
from gureum.agent.host.settings import HostFault, HostSettings, from_mapping
from gureum.cli import lifecycle
from gureum.cli.doctor.finding import Finding, Fix
from gureum.cli.doctor.processes import state_of
from gureum.cli.place import Place
from gureum.cli.supervisor import running
from gureum.settings import load


def examine(place: Place) -> Iterator[Finding]:
    """What the host itself lacks, or has too much."""
    yield from _packages()
    if not Path("/dev/kvm").exists():
        yield Finding(
            "there is no /dev/kvm",
            "guests are emulated, about ten times slower",
            "switch virtualisation on in the machine's firmware, or give it to this virtual machine",
            serious=False,
        )
    yield from _masquerade(place)
    try:
        config = configuration.load(place.run / "agent.json")
        settings = from_mapping(place.agent, config.settings.get("host", {}))
    except (OSError, ValueError, HostFault):
        return
    if running(place) is not None:
        yield from _daemons(settings)
    yield from _sockets(settings)


def _packages() -> Iterator[Finding]:
    missing = packages.missing()
    if missing:
        command = lifecycle.install_command(missing)
        yield Finding(
            f"programs are missing, of: {', '.join(missing)}",
            "what they do here does not work: guests, disks or networks",
            command,
            Fix(f"install them: {command}", lambda: _install(missing)),
        )


def _install(missing: list[str]) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", "--reinstall", *missing]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    )
    if done.returncode != 0:
        raise OSError((done.stderr or done.stdout).strip().rpartition("\n")[2])


def _daemons(settings: HostSettings) -> Iterator[Finding]:
    """Daemons that are ours: the agent starts again what dies, but not what is stopped."""
    for name, pid in Host(settings).running().items():
        if pid is None:
            yield Finding(
                f"the daemon {name} does not run",
                "the agent starts it again; until then nothing of it can be changed, and guests go on",
                f"gureum logs agent; {settings.state}/log has its own log",
            )
        elif state_of(pid) in "Tt":
            yield Finding(
                f"the daemon {name} (process {pid}) is stopped by a signal",
                "it does nothing until it is continued, and nobody starts another one",
                f"kill -CONT {pid}",
                Fix(f"continue {name} (process {pid})", partial(os.kill, pid, signal.SIGCONT)),
            )


def _sockets(settings: HostSettings) -> Iterator[Finding]:
    """Only root, and so the agent, may command Open vSwitch, OVN and libvirt."""
    directories = [settings.openvswitch_rundir, settings.ovn_rundir, settings.state / "libvirt"]
    for path in (one for directory in directories for one in directory.rglob("*") if one.is_socket()):
        mode = path.stat().st_mode & 0o777
        open_way = all(parent.stat().st_mode & 0o001 for parent in path.parents)
        if mode & 0o002 and open_way:
            yield Finding(
                f"{path} has mode {mode:o}",
                "everybody on this machine may command what answers there",
                f"chmod o-rwx {path}",
                Fix(f"close {path} to others", partial(path.chmod, mode & 0o770)),
            )


def _masquerade(place: Place) -> Iterator[Finding]:
    """Guests reach the outside world only where the operator lets them, and nothing of ours does."""
    wanted = load(place.state).network.external_range
    if not wanted:
        return
    guests = ipaddress.ip_network(wanted)
    for rule in _rules():
        words = rule.split()
        source = words[words.index("-s") + 1] if "-s" in words else "0.0.0.0/0"
        hidden = "MASQUERADE" in words or "SNAT" in words
        if hidden and ipaddress.ip_network(source, strict=False).overlaps(guests):
            yield Finding(
                f"this host hides {guests} behind its own address: {rule}",
                "guests reach whatever this machine reaches, and nothing of gureum asked for it",
                f"where nobody wants it: iptables -t nat {rule.replace('-A ', '-D ', 1)}",
            )


def _rules() -> list[str]:
    """The rules of the address translation, as iptables writes them; none where it cannot say."""
    program = shutil.which("iptables-save", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None or os.geteuid() != 0:
        return []
    done = subprocess.run([program, "-t", "nat"], capture_output=True, text=True, timeout=20)
    return [line for line in done.stdout.splitlines() if line.startswith("-A ")]
