"""The real drivers for the conformance suite. They need root and a closed box: `python -m gureum.agent.host.enclosure`."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import libvirt
import pytest

from gureum.agent.drivers import registry
from gureum.agent.drivers.hypervisor import record
from gureum.agent.drivers.metadata import place
from gureum.agent.host import enclosure, process
from gureum.agent.host import libvirt as host_libvirt
from gureum.agent.host.host import Host
from gureum.agent.host.settings import HostSettings
from gureum.contracts import hypervisor as hv
from tests.drivers.conftest import KINDS, DriverSet

COMMAND = "python -m gureum.agent.host.enclosure tests -- pytest -m real tests/drivers"
EXTERNAL = "192.168.122.1/24"
ROLES = ("host", "network", "storage", "fetch")


def require_box() -> None:
    """Fail, with the way to do it, outside a box: real daemons are started and packets sent."""
    if not enclosure.inside():
        pytest.fail(f"the real drivers are tested in a closed box, as root: {COMMAND}", pytrace=False)


def find_image(into: Path) -> Path:
    """The test image: the file GUREUM_TEST_IMAGE names, else built now."""
    path = into / "test-image.qcow2"
    if given := os.environ.get("GUREUM_TEST_IMAGE"):
        shutil.copy(given, path)
    else:
        pytest.fail("GUREUM_TEST_IMAGE must name the test image: python -m gureum.testimage build --output FILE")
    return path


def source_of(path: Path) -> hv.ImageSource:
    digest = hashlib.sha512(path.read_bytes()).hexdigest()
    size = path.stat().st_size
    return hv.ImageSource(image_id=str(uuid.uuid4()), sha512=digest, size=size, format="qcow2", path=str(path))


class Looks:
    """The host as it is, seen past the drivers."""

    def __init__(self, settings: HostSettings) -> None:
        self.settings = settings
        self.state = settings.state

    def left(self) -> dict[str, list[str]]:
        found = {kind: list[str]() for kind in KINDS}
        connection = libvirt.open(host_libvirt.connection_uri(self.settings))
        for domain in connection.listAllDomains(0):
            known = record.of(domain)
            found["guests"].append(known.server_id if known else domain.name())
        connection.close()
        links = json.loads(process.run(("ip", "-j", "link")) or "[]")
        found["taps"] = [link["ifname"] for link in links if link["ifname"].startswith(("tap", "vnet"))]
        if (instances := self.state / "instances").exists():
            # What is in it comes and goes with libvirt's log rotation; that it is there is what counts.
            found["files"] = [path.name for path in instances.iterdir()]
        pool = [path.stem.partition("-") for path in (self.state / "volumes").iterdir()]
        found["volumes"] = [id for kind, _, id in pool if kind == "volume"]
        found["snapshots"] = [id for kind, _, id in pool if kind != "volume"]
        found["metadata"] = [path.stem for path in (self.state / "metadata").glob("*.kept")]
        if place.NAMESPACES.exists():
            found["metadata"] += [path.name for path in place.NAMESPACES.glob("ovnmeta-*")]
        found["taps"] += [link["ifname"] for link in links if link["ifname"].startswith("meta")]
        for kind, table in (("switches", "Logical_Switch"), ("routers", "Logical_Router"), ("groups", "Port_Group")):
            found[kind] = [self._id(kind, row) for row in self._rows(table) if row["name"] != "group_drop"]
        ports = self._rows("Logical_Switch_Port")
        found["ports"] = [str(row["name"]) for row in ports if not str(row["name"]).startswith("provider-")]
        return {kind: sorted(names) for kind, names in found.items()}

    def _id(self, kind: str, row: dict[str, object]) -> str:
        name = str(row["name"])
        return name.removeprefix("group_").replace("_", "-") if kind == "groups" else name.partition("-")[2]

    def _rows(self, table: str) -> list[dict[str, object]]:
        argv = ("ovn-nbctl", f"--db={self.settings.northbound_db}", "--format=json", "--columns=name", "list", table)
        answer = json.loads(process.run(argv, env=self.settings.environment))
        return [dict(zip(answer["headings"], row, strict=True)) for row in answer["data"]]

    def qemu(self, server_id: str) -> int:
        mark = f"{self.state}/instances/{server_id}/"
        for entry in Path("/proc").iterdir():
            line = process.command_line(int(entry.name)) if entry.name.isdigit() else []
            if line and "qemu-system" in line[0] and any(mark in part for part in line):
                return int(entry.name)
        raise AssertionError(f"{server_id} does not run")

    def kill(self, server_id: str) -> None:
        os.kill(self.qemu(server_id), signal.SIGKILL)

    def hear(self, network_id: str, address: str, path: str) -> bytes | None:
        """Asked from a guest's address, which is set for the moment inside the network's metadata namespace."""
        name = place.namespace(network_id)
        inside = ("ip", "-n", name)
        process.run((*inside, "addr", "add", f"{address}/32", "dev", "lo"))
        try:
            argv = (
                "nsenter",
                f"--net={place.NAMESPACES / name}",
                "curl",
                "-s",
                "-f",
                "-m",
                "5",
                "--interface",
                address,
            )
            done = subprocess.run((*argv, f"http://169.254.169.254/{path}"), capture_output=True)
            assert done.returncode in (0, 22), done.returncode
            return done.stdout if done.returncode == 0 else None
        finally:
            process.run((*inside, "addr", "del", f"{address}/32", "dev", "lo"))

    def open_volume(self, source: hv.VolumeSource) -> int:
        assert isinstance(source, hv.FileSource)
        argv = ("qemu-img", "info", "-U", "-f", source.format, "--output=json", source.path)
        return int(json.loads(process.run(argv))["virtual-size"])

    def write(self, source: hv.VolumeSource, word: str) -> None:
        self._io(source, f"write -P {_pattern(word)} 0 64k")

    def holds(self, source: hv.VolumeSource, word: str) -> bool:
        return "verification failed" not in self._io(source, f"read -P {_pattern(word)} 0 64k", "-r", "-U")

    def _io(self, source: hv.VolumeSource, command: str, *options: str) -> str:
        assert isinstance(source, hv.FileSource)
        argv = ("qemu-io", "-f", source.format, *options, "-c", command, source.path)
        done = subprocess.run(argv, capture_output=True, text=True)
        assert "65536/65536 bytes" in done.stdout or "verification failed" in done.stdout, done
        return done.stdout


def _pattern(word: str) -> int:
    """The byte that stands for a word."""
    return sum(word.encode()) % 255 + 1


@contextlib.contextmanager
def real_host(name: str, **settings: object) -> Iterator[Host]:
    """A real host in a short-lived state directory (unix sockets want short paths), ended and removed afterwards."""
    require_box()
    state = Path(tempfile.mkdtemp(prefix="g", dir="/tmp"))
    state.chmod(0o711)
    words = {"name": name, "daemons": "own", "external_address": EXTERNAL, "nice": 5, **settings}
    host = Host(HostSettings(state=state, **words))  # type: ignore[arg-type]
    try:
        host.ensure()
        host.watch()
        yield host
    finally:
        for pid in host.guests():
            process.end(pid, str(state), patience=1)
        for _ in range(50):
            if host.stop():
                break
            time.sleep(0.1)
        assert not host.guests()
        links = json.loads(process.run(("ip", "-j", "link")))
        assert not {link["ifname"] for link in links} & {"ovs-netdev", "br-int", "br-ex"}
        shutil.rmtree(state)


@contextlib.contextmanager
def open_driver_set(state: Path) -> Iterator[DriverSet]:
    """All real drivers on one host."""
    with real_host("real") as host:
        settings = host.settings
        made = registry.open_real(ROLES, settings.state, {"host": {"name": "real", "daemons": "own"}})
        looks = Looks(settings)
        assert made.hypervisor and made.console and made.metadata and made.images
        assert made.switch and made.volumes and made.inspector
        (settings.state / "instances").mkdir(exist_ok=True, mode=0o711)
        try:
            yield DriverSet(
                name="real",
                host="real",
                hypervisor=made.hypervisor,
                console=made.console,
                metadata=made.metadata,
                switch=made.switch,
                volumes=made.volumes,
                images=made.images,
                inspector=made.inspector,
                image=source_of(find_image(settings.state)),
                left=looks.left,
                kill=looks.kill,
                hear=looks.hear,
                open_volume=looks.open_volume,
                write=looks.write,
                holds=looks.holds,
                patience=30.0,
            )
        finally:
            made.close()
