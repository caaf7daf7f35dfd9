"""`gureum doctor` on a real host in a closed box: what is planted on it is named, mended and gone."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.started import Started

pytestmark = pytest.mark.real

ENCLOSURE = [sys.executable, "-m", "gureum.agent.host.enclosure", "faults"]
STRAY = "5ca1ab1e-0000-4000-8000-00000000000{}"
DOMAIN = """
import libvirt, sys
from pathlib import Path
from gureum.agent.host.libvirt import connection_uri
from gureum.agent.host.settings import HostSettings
xml = '''<domain type="qemu"><name>stray</name><uuid>{id}</uuid><memory unit="MiB">32</memory>
<metadata><g:guest xmlns:g="urn:gureum:guest:1" server="{id}" boots="1"/></metadata>
<os><type arch="x86_64" machine="q35">hvm</type></os></domain>'''
connection = libvirt.open(connection_uri(HostSettings(state=Path(sys.argv[1]))))
connection.defineXML(xml).create()
"""


@pytest.fixture(scope="module")
def built() -> Iterator[Started]:
    """A real cloud in a box without a way out."""
    assert os.geteuid() == 0, "the real host needs root"
    box = subprocess.Popen([*ENCLOSURE, "--", "sleep", "3600"])
    started = Started([*ENCLOSURE, "--enter", "--"], Path(tempfile.mkdtemp(prefix="faults-", dir="/var/tmp")))
    try:
        deadline = time.monotonic() + 30
        while subprocess.run([*started.prefix, "true"], capture_output=True).returncode != 0:
            assert time.monotonic() < deadline, "the box does not open"
            time.sleep(0.1)
        started.gureum("up")
        yield started
    finally:
        started.close(guests=True)
        box.terminate()
        box.wait(20)


@pytest.fixture
def cloud(built: Started) -> Iterator[Started]:
    """A cloud that is well again after each test."""
    yield built
    done = built.gureum("doctor", check=False)
    assert done.returncode == 0, done.stdout


def shell(cloud: Started, line: str) -> str:
    """A line of shell in the box; $S is the agent's state directory, ovs and nb speak to the databases of the switch."""
    state = cloud.state / "agent"
    head = f'S={state}; ovs() {{ ovs-vsctl --db=unix:{state}/ovs/db.sock "$@"; }}; '
    head += f'nb() {{ ovn-nbctl --db=unix:{state}/ovn/ovnnb_db.sock "$@"; }}; set -e; '
    done = subprocess.run([*cloud.prefix, "sh", "-c", head + line], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
    return done.stdout


def names(cloud: Started, *words: str, serious: bool = True) -> str:
    done = cloud.gureum("doctor", check=False)
    assert done.returncode == int(serious), done.stdout + done.stderr
    for word in words:
        assert word in done.stdout, done.stdout
    return done.stdout


def mends(cloud: Started, *more: str) -> None:
    done = cloud.gureum("doctor", "--fix", "--yes", *more, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + cloud.logs()


def test_a_fresh_host_is_well(cloud: Started) -> None:
    assert cloud.gureum("doctor", check=False).returncode == 0


def test_orphans(cloud: Started) -> None:
    ids = {name: STRAY.format(number) for number, name in enumerate(("domain", "files", "volume", "tap", "switch"))}
    python = shlex.quote(sys.executable)
    shell(cloud, f"{python} -c {shlex.quote(DOMAIN.format(id=ids['domain']))} $S")
    shell(cloud, f"mkdir -p $S/instances/{ids['files']} && touch $S/instances/{ids['files']}/root-0.qcow2")
    shell(cloud, f"touch $S/volumes/volume-{ids['volume']}.qcow2")
    marks = f"external_ids:iface-id={ids['tap']} external_ids:vm-id={ids['volume']}"
    shell(cloud, f"ip tuntap add taptest0 mode tap; ovs add-port br-int taptest0 -- set Interface taptest0 {marks}")
    shell(cloud, f"nb ls-add network-{ids['switch']}; nb lsp-add network-{ids['switch']} {ids['switch']}")
    said = names(
        cloud,
        f"server {ids['domain']} is on",
        f"server {ids['files']} is on",
        f"volume {ids['volume']} is on",
        f"tap {ids['tap']} is on",
        f"port {ids['switch']} is on",
    )
    assert "the plan" not in said
    mends(cloud, "--strange")
    assert not list((cloud.state / "agent/instances").iterdir())
    assert not list((cloud.state / "agent/volumes").iterdir())
    assert "taptest0" not in shell(cloud, "ip -o link; ovs list-ports br-int")
    assert ids["switch"] not in shell(cloud, "nb show")


@pytest.mark.parametrize("daemon", ["ovn-controller", "libvirtd"])
def test_a_stopped_daemon(cloud: Started, daemon: str) -> None:
    shell(cloud, f"pkill -STOP -x {daemon}")
    names(cloud, f"the daemon {daemon}", "is stopped by a signal")
    mends(cloud)


def test_a_socket_that_everybody_may_write(cloud: Started) -> None:
    shell(cloud, "chmod 777 $S/ovn/ovnnb_db.sock; chmod 755 $S/ovn")
    names(cloud, "ovnnb_db.sock has mode 777")
    mends(cloud)


def test_guests_that_are_masqueraded(cloud: Started) -> None:
    rule = "POSTROUTING -s 192.168.122.0/24 -j MASQUERADE"
    shell(cloud, f"iptables -t nat -A {rule}")
    try:
        names(cloud, "hides 192.168.122.0/24 behind its own address")
    finally:
        shell(cloud, f"iptables -t nat -D {rule}")


def test_packets_that_do_not_fit(cloud: Started) -> None:
    network = cloud.openstack("network", "create", "n", "-f", "json")["id"]
    try:
        shell(cloud, "ip link set lo mtu 1400")
        names(cloud, f"network {network} promises 1442 bytes", "carries 1400")
    finally:
        shell(cloud, "ip link set lo mtu 65536")
    cloud.openstack("network", "delete", network)


def test_a_missing_program(cloud: Started) -> None:
    shell(cloud, "mount --bind /dev/null /usr/bin/genisoimage")
    try:
        names(cloud, "programs are missing, of: genisoimage", "apt-get install")
    finally:
        shell(cloud, "umount /usr/bin/genisoimage")


def test_a_machine_without_kvm_is_told_of_it(cloud: Started) -> None:
    """A /dev of the box's own without it: a notice, and no failure."""
    shell(
        cloud,
        "mkdir -p /run/dev && mount -t tmpfs -o mode=755 none /run/dev && cd /dev && "
        "for one in null zero random urandom tty; do [ -e $one ] && cp -a $one /run/dev/; done; "
        "mount --rbind /run/dev /dev",
    )
    try:
        names(cloud, "there is no /dev/kvm", "ten times slower", serious=False)
    finally:
        shell(cloud, "umount -l /dev; umount -l /run/dev")
