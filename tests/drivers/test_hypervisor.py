"""What every hypervisor driver must do."""

import hashlib
import queue
import socket
from pathlib import Path

import pytest

from gureum.agent.drivers.protocols import DriverFault
from gureum.contracts import hypervisor as hv
from gureum.contracts import volumes as vol
from tests.drivers.conftest import DriverSet, Things


def test_inventory(drivers: DriverSet) -> None:
    inventory = drivers.hypervisor.inventory()
    assert inventory.vcpus > 0 and inventory.memory_mib > 0 and inventory.disk_gib > 0
    assert inventory.hypervisor and inventory.cpu_arch and inventory.address


def test_a_guest_runs_and_is_listed(things: Things) -> None:
    report = things.boot()
    assert report == hv.DomainReport(server_id=things.server_id, power="running", boots=1)
    assert hv.DomainSeen(server_id=things.server_id, power="running", boots=1) in things.drivers.hypervisor.domains()


def test_the_same_statement_again_changes_nothing(things: Things) -> None:
    things.boot()
    before = things.drivers.left()
    assert things.boot().boots == 1
    assert things.drivers.left() == before


def test_stopped_and_started(things: Things) -> None:
    things.boot()
    assert things.boot(power="stopped").power == "stopped"
    assert things.power() == "stopped"
    assert things.boot(power="stopped").power == "stopped"
    report = things.boot(boots=2)
    assert (report.power, report.boots, things.power()) == ("running", 2, "running")


def test_paused_and_unpaused(things: Things) -> None:
    things.boot()
    for _ in range(2):
        assert things.boot(power="paused").power == "paused"
        assert things.power() == "paused"
    for _ in range(2):
        report = things.boot()
        assert (report.power, report.boots, things.power()) == ("running", 1, "running")


def test_a_paused_guest_keeps_its_port_and_is_stopped(things: Things) -> None:
    things.write((1, things.network()), (1, things.port()))
    things.boot(nics=(things.nic(),))
    things.until(lambda: things.port_id in set(things.drivers.switch.ports_up()))
    things.boot(power="paused", nics=(things.nic(),))
    assert things.port_id in set(things.drivers.switch.ports_up())
    assert things.boot(power="stopped", nics=(things.nic(),)).power == "stopped"


def test_suspended_and_resumed(things: Things) -> None:
    things.boot()
    for _ in range(2):
        assert things.boot(power="suspended").power == "stopped"
        assert things.power() == "stopped"
    before = things.drivers.console.read(things.name, None)
    report = things.boot()
    assert (report.power, report.boots, things.power()) == ("running", 1, "running")
    assert "Command line" not in things.drivers.console.read(things.name, None).removeprefix(before), "it booted"


def test_a_suspended_guest_is_restarted_stopped_and_removed(things: Things) -> None:
    before = things.drivers.left()
    things.boot()
    things.boot(power="suspended")
    assert things.boot(boots=2).power == "running"
    things.boot(power="suspended", boots=2)
    assert things.boot(power="stopped", boots=2).power == "stopped"
    things.boot(boots=3)
    things.boot(power="suspended", boots=3)
    things.drivers.hypervisor.remove(hv.RemoveDomain(server_id=things.server_id, name=things.name))
    things.drivers.metadata.remove(things.server_id)
    assert things.drivers.left() == before


def test_suspending_a_guest_that_does_not_run_leaves_it_stopped(things: Things) -> None:
    things.boot(power="stopped")
    assert things.boot(power="suspended").power == "stopped"
    assert things.boot(boots=2).power == "running"


def test_made_without_being_started(things: Things) -> None:
    assert things.boot(power="stopped", boots=0).power == "stopped"
    assert things.power() == "stopped"


def test_a_higher_counter_restarts(things: Things) -> None:
    things.boot()
    report = things.boot(boots=2, manner="soft", soft_timeout=1)
    assert (report.power, report.boots) == ("running", 2)
    assert things.boot(boots=2).boots == 2


def test_a_guest_that_died_runs_again(things: Things) -> None:
    things.boot()
    things.drivers.kill(things.server_id)
    things.until(lambda: things.power() in ("stopped", "crashed"))
    assert things.boot().power == "running"


def test_gone_and_gone_again(things: Things) -> None:
    gone = hv.RemoveDomain(server_id=things.server_id, name=things.name)
    things.drivers.hypervisor.remove(gone)
    before = things.drivers.left()
    things.boot(nics=(things.nic(),))
    for _ in range(2):
        things.drivers.hypervisor.remove(gone)
        things.drivers.metadata.remove(things.server_id)
        assert things.power() == "missing"
    assert things.drivers.left() == before


def test_changes_of_power_are_told(things: Things) -> None:
    told: queue.Queue[hv.DomainSeen] = queue.Queue()
    things.drivers.hypervisor.watch(told.put)

    def heard(*powers: hv.PowerState) -> None:
        while True:
            seen = told.get(timeout=things.drivers.patience)
            if seen.server_id == things.server_id and seen.power in powers:
                return

    things.boot()
    heard("running")
    things.boot(power="stopped")
    heard("stopped")
    things.boot(boots=2)
    heard("running")
    things.drivers.kill(things.server_id)
    heard("stopped", "crashed")


def test_a_rebuilt_root_disk(things: Things) -> None:
    things.boot()
    before = things.drivers.left()
    root = hv.RootDisk(image=things.drivers.image, size_gib=1, incarnation=1)
    report = things.boot(root=root, boots=2)
    assert (report.power, report.boots) == ("running", 2)
    assert things.drivers.left() == before


def test_ports_are_plugged_and_unplugged_live(things: Things) -> None:
    things.write((1, things.network()), (1, things.port()))
    things.boot(nics=(things.nic(),))
    things.until(lambda: things.port_id in set(things.drivers.switch.ports_up()))
    things.boot(nics=())
    things.until(lambda: things.port_id not in set(things.drivers.switch.ports_up()))
    assert things.boot(nics=(things.nic(),)).boots == 1
    things.until(lambda: things.port_id in set(things.drivers.switch.ports_up()))
    things.boot(power="stopped", nics=(things.nic(),))
    things.until(lambda: things.port_id not in set(things.drivers.switch.ports_up()))


def test_volumes_are_plugged_and_unplugged_live(things: Things) -> None:
    spec = vol.EnsureVolume(volume_id=things.volume_id, size_gib=1)
    things.drivers.volumes.ensure(spec, things.drivers.hypervisor, lambda percent: None)
    source = things.drivers.volumes.export(things.volume_id, things.drivers.host)
    disk = hv.VolumeDisk(device="vdb", volume_id=things.volume_id, source=source)
    things.boot()
    assert things.boot(volumes=(disk,)).boots == 1
    assert things.boot(volumes=(disk,)).boots == 1
    assert things.boot(volumes=()).power == "running"


def test_a_volume_that_is_not_there_is_a_fault(things: Things) -> None:
    source = hv.FileSource(path=f"/nowhere/{things.volume_id}", format="raw")
    with pytest.raises(DriverFault) as raised:
        things.boot(volumes=(hv.VolumeDisk(device="vdb", volume_id=things.volume_id, source=source),))
    assert raised.value.text and "/nowhere" not in raised.value.text


def test_the_console_is_read(things: Things) -> None:
    with pytest.raises(DriverFault):
        things.drivers.console.read(things.name, None)
    things.boot()
    assert isinstance(things.drivers.console.read(things.name, None), str)
    assert len(things.drivers.console.read(things.name, 2).splitlines()) <= 2
    assert things.drivers.console.read(things.name, 0) == ""


def test_the_screen_is_reached_while_the_guest_runs(things: Things) -> None:
    with pytest.raises(DriverFault):
        things.drivers.console.vnc_socket(things.name)
    things.boot()
    with socket.socket(socket.AF_UNIX) as viewer:
        viewer.settimeout(things.drivers.patience)
        viewer.connect(str(things.drivers.console.vnc_socket(things.name)))
        assert viewer.recv(12, socket.MSG_WAITALL) == b"RFB 003.008\n"
    things.boot(power="stopped")
    with pytest.raises(DriverFault):
        things.drivers.console.vnc_socket(things.name)


def test_a_guest_boots_from_a_volume_and_leaves_it(things: Things) -> None:
    drivers = things.drivers
    spec = vol.EnsureVolume(volume_id=things.volume_id, size_gib=1, image=drivers.image)
    drivers.volumes.ensure(spec, drivers.hypervisor, lambda percent: None)
    source = drivers.volumes.export(things.volume_id, drivers.host)
    root = hv.VolumeDisk(device="vda", volume_id=things.volume_id, source=source)
    assert things.boot(root=root).power == "running"
    assert things.boot(root=root, boots=2).power == "running"
    drivers.volumes.snapshot(
        vol.EnsureSnapshot(snapshot_id=things.snapshot_id, volume_id=things.volume_id),
        drivers.hypervisor,
        lambda percent: None,
    )
    drivers.hypervisor.remove(hv.RemoveDomain(server_id=things.server_id, name=things.name))
    assert things.volume_id in drivers.left()["volumes"]


def copied(things: Things, tmp_path: Path) -> hv.ImageSource:
    """The server's root disk as an image, by way of a copy."""
    asked, send = (kind(server_id=things.server_id, copy_id=things.copy_id) for kind in (hv.EnsureCopy, hv.SendCopy))
    for _ in range(2):
        things.drivers.hypervisor.copy_root(asked, lambda percent: None)
    tmp_path.chmod(0o755)
    file = tmp_path / "copy"
    with things.drivers.hypervisor.open_copy(send) as copy:
        file.write_bytes(copy.read())
    content = file.read_bytes()
    assert content.startswith(b"QFI\xfb")
    digest = hashlib.sha512(content).hexdigest()
    return hv.ImageSource(image_id=things.snapshot_id, sha512=digest, size=len(content), format="qcow2", path=str(file))


@pytest.mark.parametrize("power", ["running", "stopped"])
def test_a_guest_boots_from_a_copy_of_another(things: Things, tmp_path: Path, power: str) -> None:
    things.boot()
    things.boot(power=power)
    image = copied(things, tmp_path)
    assert things.power() == power
    gone = hv.RemoveCopy(server_id=things.server_id, copy_id=things.copy_id)
    for _ in range(2):
        things.drivers.hypervisor.remove_copy(gone)
    with pytest.raises(DriverFault):
        things.drivers.hypervisor.open_copy(hv.SendCopy(server_id=things.server_id, copy_id=things.copy_id))
    things.drivers.hypervisor.remove(hv.RemoveDomain(server_id=things.server_id, name=things.name))
    assert things.boot(root=hv.RootDisk(image=image, size_gib=1)).power == "running"


def test_a_copy_goes_with_its_server(things: Things) -> None:
    asked = hv.EnsureCopy(server_id=things.server_id, copy_id=things.copy_id)
    with pytest.raises(DriverFault):
        things.drivers.hypervisor.copy_root(asked, lambda percent: None)
    things.boot()
    things.drivers.hypervisor.copy_root(asked, lambda percent: None)
    things.drivers.hypervisor.remove(hv.RemoveDomain(server_id=things.server_id, name=things.name))
