"""The door for compute: a volume in a server's life."""

from collections.abc import Callable
from typing import Any

import pytest

from gureum.block_storage.service import for_compute as door
from gureum.contracts.hypervisor import FileSource, VolumeDisk
from gureum.contracts.volumes import EnsureExport, ExportReport, RemoveExport
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.flow import Target
from gureum.kernel.store.tx import Tx
from tests.api.volume_setup import NEWEST, OTHER_SERVER, SERVER, V3, becomes, message, ready, show
from tests.cloud import Client, Cloud

SOURCE = FileSource(path="/sim/volumes/x", format="raw")


def caller(client: Client) -> Caller:
    roles = tuple(role["name"] for role in client.said["roles"])
    return Caller(user_id=client.user_id, project_id=client.project_id, roles=roles, request_id="req-1")


class Disk:
    """A volume and its owner."""

    def __init__(self, cloud: Cloud, **more: Any) -> None:
        self.cloud = cloud
        self.member = cloud.project().member
        self.caller = caller(self.member)
        self.id: str = ready(cloud, self.member, **more)["id"]

    def do(self, job: Callable[[Tx], Any]) -> Any:
        return self.cloud.write(job)

    def reserve(self, server: str = SERVER) -> str:
        return self.do(lambda tx: door.reserve(tx, self.caller, self.id, server))

    def attach(self, server: str = SERVER) -> str:
        attachment = self.reserve(server)
        self.do(lambda tx: door.export_ask(tx, attachment, "host"))
        self.do(lambda tx: door.exported(tx, attachment, ExportReport(source=SOURCE)))
        self.do(lambda tx: door.set_device(tx, attachment, "/dev/vdb"))
        self.do(lambda tx: door.complete(tx, attachment))
        return attachment

    def status(self) -> str:
        return show(self.member, self.id)["status"]

    def disks(self, server: str = SERVER) -> tuple[VolumeDisk, ...]:
        return self.do(lambda tx: door.disks(tx, server))


@pytest.fixture
def disk(cloud: Cloud) -> Disk:
    disk = Disk(cloud)
    yield disk
    cloud.write(lambda tx: door.release(tx, SERVER))


def test_the_way_in_and_out(disk: Disk) -> None:
    attachment = disk.reserve()
    assert disk.status() == "reserved"
    target, ask = disk.do(lambda tx: door.export_ask(tx, attachment, "host"))
    assert (target, ask) == (Target(agent="host"), ("export", attachment, EnsureExport(volume_id=disk.id, host="host")))
    assert disk.status() == "attaching"
    disk.do(lambda tx: door.exported(tx, attachment, ExportReport(source=SOURCE)))
    assert disk.disks() == ()
    disk.do(lambda tx: door.set_device(tx, attachment, "/dev/vdb"))
    assert disk.disks() == (VolumeDisk(device="vdb", volume_id=disk.id, source=SOURCE),)
    disk.do(lambda tx: door.complete(tx, attachment))
    assert disk.status() == "in-use"
    found = disk.do(lambda tx: door.attachments_of(tx, [SERVER, OTHER_SERVER]))
    assert [one.device for one in found[SERVER]] == ["/dev/vdb"] and OTHER_SERVER not in found
    assert disk.do(lambda tx: door.begin_detach(tx, disk.caller, disk.id, SERVER)) == attachment
    assert (disk.status(), disk.disks()) == ("detaching", ())
    target, ask = disk.do(lambda tx: door.unexport_ask(tx, attachment))
    assert ask == ("export", attachment, RemoveExport(volume_id=disk.id, host="host"))
    disk.do(lambda tx: door.detached(tx, attachment))
    assert disk.status() == "available"
    disk.do(lambda tx: door.detached(tx, attachment))


def test_users_do_not_end_what_a_server_holds(disk: Disk) -> None:
    attachment = disk.attach()
    path = f"{V3}/attachments/{attachment}"
    sentence = f"ConflictNovaUsingAttachment: Detach volume from instance {SERVER} using the Compute API"
    assert message(disk.member.delete(path, version=NEWEST), 409) == sentence
    shown = disk.member.get(path, version=NEWEST).ok(200)["attachment"]
    assert (shown["status"], shown["connection_info"]["driver_volume_type"]) == ("attached", "local")
    assert "device_path" not in shown["connection_info"]
    assert message(disk.member.delete(f"{V3}/volumes/{disk.id}"), 400)
    action = f"{V3}/volumes/{disk.id}/action"
    admin = disk.cloud.admin
    assert message(admin.post(action, {"os-reset_status": {"attach_status": "detached"}}), 409) == sentence
    assert message(admin.post(action, {"os-reset_status": {"status": "available"}}), 400) == (
        "Cannot reset-state to available because volume has attachments."
    )
    assert message(admin.post(action, {"os-force_delete": {}}), 400)
    assert disk.status() == "in-use"


def test_a_held_volume_is_refused_in_computes_words(disk: Disk) -> None:
    disk.attach()
    with pytest.raises(Invalid) as refused:
        disk.reserve(OTHER_SERVER)
    assert refused.value.message == (
        f"Invalid input received: Invalid volume: Volume {disk.id} status must be available or downloading to reserve, "
        "but the current status is in-use. (HTTP 400) (Request-ID: req-1)"
    )
    with pytest.raises(Invalid) as refused:
        disk.do(lambda tx: door.check_attach(tx, door.get(tx, disk.caller, disk.id)))
    assert refused.value.message == f"Invalid volume: volume {disk.id} is already attached to instances: {SERVER}"


def test_what_is_not_attached_is_not_detached(disk: Disk) -> None:
    with pytest.raises(Invalid) as refused:
        disk.do(lambda tx: door.begin_detach(tx, disk.caller, disk.id, SERVER))
    assert refused.value.message == (
        "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be "
        "'in-use' and attach_status must be 'attached' to detach. (HTTP 400) (Request-ID: req-1)"
    )


def test_strangers_see_nothing(cloud: Cloud, disk: Disk) -> None:
    stranger = caller(cloud.project().member)
    for verb in (lambda tx: door.get(tx, stranger, disk.id), lambda tx: door.reserve(tx, stranger, disk.id, SERVER)):
        with pytest.raises(NotFound) as refused:
            disk.do(verb)
        assert refused.value.message == f"Volume {disk.id} could not be found."


def test_a_detachment_that_fails_is_rolled_back(disk: Disk) -> None:
    attachment = disk.attach()
    disk.do(lambda tx: door.begin_detach(tx, disk.caller, disk.id, SERVER))
    disk.do(lambda tx: door.roll_detach(tx, attachment))
    assert disk.status() == "in-use"
    assert len(disk.disks()) == 1


def test_an_aborted_reservation_frees_the_volume(disk: Disk) -> None:
    attachment = disk.reserve()
    disk.do(lambda tx: door.abort_reserve(tx, attachment))
    assert disk.status() == "available"
    attachment = disk.reserve()
    disk.do(lambda tx: door.export_ask(tx, attachment, "host"))
    disk.do(lambda tx: door.abort_reserve(tx, attachment))
    becomes(disk.cloud, disk.member, disk.id, "available")


def test_a_dead_server_lets_go_of_everything(cloud: Cloud, disk: Disk) -> None:
    disk.attach()
    cloud.world.volumes.get(disk.id).hosts = ["host"]
    disk.do(lambda tx: door.release(tx, SERVER))
    becomes(cloud, disk.member, disk.id, "available")
    assert cloud.world.volumes.get(disk.id).hosts == []
    assert disk.do(lambda tx: door.attachments_of(tx, [SERVER])) == {}


def test_two_servers_share_a_volume_that_is_for_many(cloud: Cloud) -> None:
    kind = {"volume_type": {"name": "shared", "extra_specs": {"multiattach": "<is> True"}}}
    cloud.admin.post(f"{V3}/types", kind).ok(200)
    disk = Disk(cloud, volume_type="shared")
    first, second = disk.attach(), disk.attach(OTHER_SERVER)
    assert disk.status() == "in-use"
    disk.do(lambda tx: door.begin_detach(tx, disk.caller, disk.id, SERVER))
    assert disk.status() == "detaching"
    assert disk.do(lambda tx: door.unexport_ask(tx, first)) is None
    disk.do(lambda tx: door.detached(tx, first))
    assert disk.status() == "in-use"
    assert disk.do(lambda tx: door.unexport_ask(tx, second)) is not None
    disk.do(lambda tx: door.release(tx, OTHER_SERVER))
    becomes(cloud, disk.member, disk.id, "available")
