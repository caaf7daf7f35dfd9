"""What every pool, image cache, metadata service and inspector must do."""

import struct
from pathlib import Path

import msgspec
import pytest

from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts import hypervisor as hv
from gureum.contracts import volumes as vol
from gureum.contracts.images import InspectImage
from tests.drivers.conftest import DriverSet, Things

GIB = 1 << 30


def ensure(things: Things, size: int, image: hv.ImageSource | None = None) -> None:
    spec = vol.EnsureVolume(volume_id=things.volume_id, size_gib=size, image=image)
    things.drivers.volumes.ensure(spec, things.drivers.hypervisor, lambda percent: None)


def snapshot(things: Things) -> None:
    spec = vol.EnsureSnapshot(snapshot_id=things.snapshot_id, volume_id=things.volume_id)
    things.drivers.volumes.snapshot(spec, things.drivers.hypervisor, lambda percent: None)


def copy(things: Things, size: int, **of: str) -> hv.VolumeSource:
    """A second volume with the bytes of a snapshot or of the first one; what an export leads to."""
    spec = vol.EnsureVolume(volume_id=things.copy_id, size_gib=size, **of)
    for _ in range(2):
        things.drivers.volumes.ensure(spec, things.drivers.hypervisor, lambda percent: None)
    return things.drivers.volumes.export(things.copy_id, things.drivers.host)


def original(things: Things) -> hv.VolumeSource:
    return things.drivers.volumes.export(things.volume_id, things.drivers.host)


def test_the_pool_says_how_large_it_is(drivers: DriverSet) -> None:
    state = drivers.volumes.state()
    assert state.pool and state.backend and 0 <= state.free_gib <= state.total_gib


def test_a_volume_comes_grows_and_goes(things: Things) -> None:
    drivers = things.drivers
    ensure(things, 1)
    ensure(things, 1)
    source = drivers.volumes.export(things.volume_id, drivers.host)
    assert drivers.open_volume(source) == GIB
    ensure(things, 2)
    ensure(things, 1)
    assert drivers.volumes.export(things.volume_id, drivers.host) == source
    assert drivers.open_volume(source) == 2 * GIB
    for _ in range(2):
        drivers.volumes.unexport(things.volume_id, drivers.host)
    for _ in range(2):
        drivers.volumes.remove(things.volume_id)
    assert things.volume_id not in drivers.left()["volumes"]


def test_a_volume_from_an_image(things: Things) -> None:
    ensure(things, 1, things.drivers.image)
    source = things.drivers.volumes.export(things.volume_id, things.drivers.host)
    assert things.drivers.open_volume(source) == GIB


def test_a_snapshot_keeps_what_was_there(things: Things) -> None:
    drivers = things.drivers
    ensure(things, 1)
    drivers.write(original(things), "before")
    for _ in range(2):
        snapshot(things)
    assert things.snapshot_id in drivers.volumes.things()["volume_snapshot"]
    drivers.write(original(things), "after")
    snapshot(things)
    made = copy(things, 2, snapshot_id=things.snapshot_id)
    assert drivers.open_volume(made) == 2 * GIB
    assert drivers.holds(made, "before") and drivers.holds(original(things), "after")
    for _ in range(2):
        drivers.volumes.remove_snapshot(things.snapshot_id)
    assert things.snapshot_id not in drivers.left()["snapshots"]
    assert drivers.holds(made, "before")


def test_a_volume_is_copied(things: Things) -> None:
    ensure(things, 1)
    things.drivers.write(original(things), "word")
    made = copy(things, 1, source_id=things.volume_id)
    things.drivers.write(original(things), "other")
    assert things.drivers.holds(made, "word")


def test_nothing_is_made_of_what_is_not_there(things: Things) -> None:
    with pytest.raises(DriverFault):
        snapshot(things)
    with pytest.raises(DriverFault):
        copy(things, 1, snapshot_id=things.snapshot_id)
    with pytest.raises(DriverFault):
        copy(things, 1, source_id=things.volume_id)


def test_a_volume_that_a_guest_has_open_is_copied_and_grows(things: Things) -> None:
    drivers = things.drivers
    ensure(things, 1)
    drivers.write(original(things), "word")
    disk = hv.VolumeDisk(device="vdb", volume_id=things.volume_id, source=original(things))
    things.boot(volumes=(disk,))
    snapshot(things)
    assert drivers.holds(copy(things, 1, snapshot_id=things.snapshot_id), "word")
    ensure(things, 2)
    assert drivers.open_volume(original(things)) == 2 * GIB
    assert things.power() == "running"


def test_no_export_of_what_is_not_there(things: Things) -> None:
    with pytest.raises(DriverFault):
        things.drivers.volumes.export(things.volume_id, things.drivers.host)
    things.drivers.volumes.unexport(things.volume_id, things.drivers.host)


def test_an_image_is_cached_and_keeps_its_place(drivers: DriverSet) -> None:
    first = drivers.images.ensure(drivers.image, lambda percent: None)
    assert drivers.images.ensure(drivers.image, lambda percent: None) == first
    if drivers.name == "real":
        assert first.stat().st_size > 0


def test_an_image_with_other_bytes_is_refused(drivers: DriverSet) -> None:
    other = msgspec.structs.replace(drivers.image, image_id="5ca1ab1e-0000-4000-8000-00000000dead", sha512="0" * 128)
    with pytest.raises(DriverFault):
        drivers.images.ensure(other, lambda percent: None)


def test_an_image_without_bytes_is_a_fault(drivers: DriverSet) -> None:
    away = msgspec.structs.replace(
        drivers.image, image_id="5ca1ab1e-0000-4000-8000-00000000beef", path="/nowhere/image", sha512="1"
    )
    with pytest.raises(DriverFault) as raised:
        drivers.images.ensure(away, lambda percent: None)
    assert "/nowhere" not in raised.value.text


def test_pruning_spares_what_a_guest_uses(things: Things) -> None:
    things.boot()
    things.drivers.images.prune(0)
    assert things.boot(power="stopped").power == "stopped"
    assert things.boot(boots=2).power == "running"


def test_pruning_drops_what_was_long_unused(drivers: DriverSet) -> None:
    unused = msgspec.structs.replace(drivers.image, image_id="5ca1ab1e-0000-4000-8000-00000000aaaa")
    fetched: list[int] = []

    def copied() -> bool:
        fetched.clear()
        drivers.images.ensure(unused, fetched.append)
        return bool(fetched)

    copied()
    drivers.images.prune(60)
    assert not copied(), "it was asked for a moment ago"
    drivers.images.prune(0)
    if drivers.name == "real":
        assert copied(), "it is still there"


def test_metadata_is_told_until_it_is_removed(things: Things) -> None:
    drivers = things.drivers
    path = "openstack/latest/meta_data.json"
    ports = [
        hv.MetadataPort(
            network_id=things.network_id, port_id=things.port_id, mac="fa:16:3e:00:00:04", addresses=("172.16.0.2/24",)
        )
    ]
    for name in ("guest", "guest", "other"):
        drivers.metadata.ensure(ports, things.server_id, things.facts(name))
        told = drivers.hear(things.network_id, "172.16.0.10", path)
        assert told is not None and f'"{name}"'.encode() in told
    assert drivers.hear(things.network_id, "172.16.0.11", path) is None
    for _ in range(2):
        drivers.metadata.remove(things.server_id)
    assert not [each for each in drivers.left()["metadata"] if things.server_id in each]


def test_the_inspector_tells_what_a_file_is(drivers: DriverSet, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    head = struct.pack(">4sIQIIQI", b"QFI\xfb", 3, 4096, 8, 16, GIB, 0).ljust(512, b"\0")
    (tmp_path / "image").write_bytes(head)
    facts = drivers.inspector.inspect(InspectImage(path=str(tmp_path / "image"), declared="qcow2"))
    assert (facts.format, facts.virtual_size) == ("qcow2", GIB) and "backing" in facts.fault
    (tmp_path / "image").write_bytes(bytes(1024))
    facts = drivers.inspector.inspect(InspectImage(path=str(tmp_path / "image"), declared="raw"))
    assert (facts.format, facts.virtual_size, facts.fault) == ("raw", 1024, "")
    with pytest.raises(DriverFault):
        drivers.inspector.inspect(InspectImage(path=str(tmp_path / "none"), declared="raw"))
