"""Driver sets for the conformance suite: `sim` always, `real` where `tests/drivers/real/driver_set.py` is.

A real set comes from that module's context manager `open_driver_set(state: Path) -> Iterator[DriverSet]`. It is opened once
for all tests, as root, in namespaces made for it, and takes everything away again at its end. Each test makes things under
ids of its own and must leave nothing: what `left()` says is compared before and after.
"""

import contextlib
import hashlib
import importlib
import importlib.util
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from gureum.agent.config import SimConfig
from gureum.agent.drivers import protocols
from gureum.agent.drivers.sim import World, hosts
from gureum.contracts import hypervisor as hv
from gureum.contracts import switch as sw

T = TypeVar("T")
REAL = "tests.drivers.real.driver_set"
KINDS = (
    "guests",
    "taps",
    "files",
    "volumes",
    "snapshots",
    "exports",
    "metadata",
    "switches",
    "ports",
    "routers",
    "groups",
)


@dataclass(kw_only=True)
class DriverSet:
    """Drivers of one host that has every role, and ways to look at and to disturb what they made, past the drivers."""

    name: str
    """`sim` or `real`."""
    host: str
    """The host's name, under which volumes are exported to it."""
    hypervisor: protocols.Hypervisor
    console: protocols.Console
    metadata: protocols.Metadata
    switch: protocols.Switch
    volumes: protocols.Volumes
    images: protocols.Images
    inspector: protocols.Inspector
    image: hv.ImageSource
    """An image with bytes behind `path`; what a real guest boots from."""
    left: Callable[[], dict[str, list[str]]]
    """Everything that is there, by kind (KINDS), found without the drivers. Cached images do not count."""
    kill: Callable[[str], None]
    """End the process of a guest (by server id) from outside."""
    hear: Callable[[str, str, str], bytes | None]
    """What 169.254.169.254 says to a guest: (network id, guest's address, path below `/`) to content; None for 404."""
    open_volume: Callable[[hv.VolumeSource], int]
    """Virtual size in bytes of what an export leads to. Raises when nothing is there."""
    write: Callable[[hv.VolumeSource, str], None]
    """Write a word to the beginning of what an export leads to, that no guest has open."""
    holds: Callable[[hv.VolumeSource, str], bool]
    """Whether what an export leads to begins with a word."""
    patience: float = 10.0
    """Seconds until what was done shows elsewhere."""


@dataclass
class Things:
    """What one test makes: ids, statements, and what was seen of events."""

    drivers: DriverSet
    server_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    network_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    port_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    volume_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    copy_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    snapshot_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        return f"instance-{self.server_id[:8]}"

    def guest(self, **changes: object) -> hv.EnsureDomain:
        """A small guest from the set's image; `changes` are fields."""
        values: dict[str, object] = {
            "server_id": self.server_id,
            "name": self.name,
            "vcpus": 1,
            "memory_mib": 128,
            "power": "running",
            "root": hv.RootDisk(image=self.drivers.image, size_gib=1),
            "metadata": self.facts(),
        }
        return hv.EnsureDomain(**(values | changes))

    def facts(self, hostname: str = "guest") -> hv.GuestMetadata:
        content = f'{{"uuid": "{self.server_id}", "hostname": "{hostname}"}}'.encode()
        files = {"openstack/latest/meta_data.json": content}
        return hv.GuestMetadata(files=files, addresses={self.network_id: ["172.16.0.10"]})

    def nic(self) -> hv.Nic:
        return hv.Nic(port_id=self.port_id, mac="fa:16:3e:00:00:10", mtu=1442, network_id=self.network_id)

    def network(self) -> sw.EnsureSwitch:
        subnet = sw.SubnetSpec(
            subnet_id=str(uuid.uuid5(uuid.NAMESPACE_OID, self.network_id)), cidr="172.16.0.0/24", dhcp=None
        )
        return sw.EnsureSwitch(network_id=self.network_id, name="net", mtu=1442, subnets=(subnet,))

    def port(self, **changes: object) -> sw.EnsurePort:
        values: dict[str, object] = {
            "port_id": self.port_id,
            "network_id": self.network_id,
            "kind": "guest",
            "mac": "fa:16:3e:00:00:10",
            "addresses": ("172.16.0.10",),
            "subnet_ids": (),
        }
        return sw.EnsurePort(**(values | changes))

    def boot(self, **changes: object) -> hv.DomainReport:
        """The guest as statements would make it: image, metadata, guest."""
        spec = self.guest(**changes)
        base = None
        if isinstance(spec.root, hv.RootDisk):
            base = self.drivers.images.ensure(spec.root.image, lambda percent: None)
        if spec.metadata is not None:
            self.drivers.metadata.ensure(spec.metadata_ports, spec.server_id, spec.metadata)
        return self.drivers.hypervisor.ensure(spec, base)

    def write(self, *statements: tuple[int, sw.SwitchAsk]) -> None:
        """Apply to the switch; nothing may fail."""
        assert not any(self.drivers.switch.apply(statements).values())

    def power(self) -> hv.PowerState:
        """The guest's power as the driver lists it."""
        return {seen.server_id: seen.power for seen in self.drivers.hypervisor.domains()}.get(self.server_id, "missing")

    def until(self, look: Callable[[], T]) -> T:
        """What `look` says once it is true."""
        end = time.monotonic() + self.drivers.patience
        while not (found := look()):
            assert time.monotonic() < end, "it did not come about in time"
            time.sleep(0.02)
        return found

    def clean(self) -> None:
        """Take everything away, in the order statements would."""
        self.drivers.hypervisor.remove(hv.RemoveDomain(server_id=self.server_id, name=self.name))
        self.drivers.metadata.remove(self.server_id)
        for volume_id in (self.volume_id, self.copy_id):
            self.drivers.volumes.unexport(volume_id, self.drivers.host)
            self.drivers.volumes.remove(volume_id)
        self.drivers.volumes.remove_snapshot(self.snapshot_id)
        self.write((1000, sw.RemovePort(port_id=self.port_id, network_id=self.network_id)))
        self.write((1000, sw.RemoveSwitch(network_id=self.network_id)))


@contextlib.contextmanager
def simulated(state: Path) -> Iterator[DriverSet]:
    """The simulator, kept in a file."""
    image = state / "image"
    image.write_bytes(b"an image" * 1000)
    config = SimConfig()
    world = World(state / "world.sqlite")
    made = hosts.drivers_of(world, "host", ("host", "network", "storage", "fetch"), config)
    assert made.hypervisor and made.console and made.metadata and made.images
    assert made.switch and made.volumes and made.inspector

    def hear(network_id: str, address: str, path: str) -> bytes | None:
        for answering in world.answering.values():
            if address in answering.metadata.addresses.get(network_id, ()):
                return answering.metadata.files.get(path)
        return None

    def open_volume(source: hv.VolumeSource) -> int:
        assert isinstance(source, hv.FileSource)
        volume = world.volumes.get(source.path.rpartition("/")[2])
        assert volume is not None
        return volume.size_gib << 30

    def holds(source: hv.VolumeSource, word: str) -> bool:
        assert isinstance(source, hv.FileSource)
        volume = world.volumes.get(source.path.rpartition("/")[2])
        return volume is not None and volume.content == word

    def write(source: hv.VolumeSource, word: str) -> None:
        assert isinstance(source, hv.FileSource)
        world.scribble(source.path.rpartition("/")[2], word)

    yield DriverSet(
        name="sim",
        host="host",
        hypervisor=made.hypervisor,
        console=made.console,
        metadata=made.metadata,
        switch=made.switch,
        volumes=made.volumes,
        images=made.images,
        inspector=made.inspector,
        image=hv.ImageSource(
            image_id=str(uuid.uuid4()),
            sha512=hashlib.sha512(image.read_bytes()).hexdigest(),
            size=image.stat().st_size,
            format="raw",
            path=str(image),
        ),
        left=world.look,
        kill=world.crash,
        hear=hear,
        open_volume=open_volume,
        write=write,
        holds=holds,
    )
    made.close()
    world.close()


def _sets() -> list[object]:
    here = importlib.util.find_spec("tests.drivers.real") and importlib.util.find_spec(REAL)
    return ["sim", *([pytest.param("real", marks=pytest.mark.real)] if here else [])]


@pytest.fixture(scope="session", params=_sets())
def drivers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DriverSet]:
    """Each driver set in turn."""
    opened = simulated if request.param == "sim" else importlib.import_module(REAL).open_driver_set
    with opened(tmp_path_factory.mktemp(request.param)) as made:
        assert set(made.left()) == set(KINDS)
        yield made


@pytest.fixture
def things(drivers: DriverSet) -> Iterator[Things]:
    """A test's own things; afterwards they are taken away, and nothing may be left."""
    before = drivers.left()
    things = Things(drivers)
    yield things
    things.clean()
    things.until(lambda: drivers.left() == before)
