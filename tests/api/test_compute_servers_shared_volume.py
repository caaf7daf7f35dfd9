"""A volume that two servers on one host share: what is done for one does not take it from the other."""

import pytest
import sqlalchemy as sa

from gureum.kernel.flow.tables import strands
from tests.api import server_kit
from tests.api.server_kit import V2, VOLUMES, Kit
from tests.cloud import Cloud


@pytest.fixture
def kit(cloud: Cloud) -> Kit:
    return server_kit.kit(cloud)


def shared(kit: Kit) -> str:
    """A volume that may be attached more than once; gives its id."""
    kind = {"name": f"shared-{kit.tenant.id}", "extra_specs": {"multiattach": "<is> True"}}
    made = kit.cloud.admin.post(f"{VOLUMES}/types", {"volume_type": kind}).ok(200)["volume_type"]["id"]
    body = {"volume": {"size": 1, "volume_type": made}}
    id = kit.member.post(f"{VOLUMES}/volumes", body).ok(202)["volume"]["id"]
    kit.volume_is(id, "available")
    return id


def attach(kit: Kit, server: str, volume: str) -> None:
    body = {"volumeAttachment": {"volumeId": volume}}
    kit.member.post(f"{V2}/servers/{server}/os-volume_attachments", body, version="2.60").ok(200)


def detach(kit: Kit, server: str, volume: str) -> None:
    kit.member.delete(f"{V2}/servers/{server}/os-volume_attachments/{volume}").ok(202)


def has(kit: Kit, server: str, volume: str) -> bool:
    """Whether the guest has the volume."""
    return volume in [disk.volume_id for disk in kit.cloud.world.find(server)[0].spec.volumes]


def held_by(kit: Kit, volume: str) -> set[str]:
    """The servers that the volume service says have it."""
    shown = kit.member.get(f"{VOLUMES}/volumes/{volume}").ok(200)["volume"]
    return {one["server_id"] for one in shown["attachments"]}


def waits(kit: Kit, server: str) -> bool:
    """Whether the server's strand has come to the volume, and naps."""
    rows = kit.cloud.read(lambda tx: tx.all(sa.select(strands).where(strands.c.finished_at.is_(None))))
    found = kit.cloud.world.find(server)[0].spec.volumes
    napping = [row for row in rows if row.subject_id == server and row.step == "start" and row.waiting is None]
    return bool(napping) and len(found) == 1


def hosts(kit: Kit, volume: str) -> list[str]:
    """The hosts that may open it."""
    found = kit.cloud.world.volumes.get(volume)
    assert found is not None
    return found.hosts


def test_one_comes_while_another_goes(kit: Kit) -> None:
    volume, first, second = shared(kit), kit.server(), kit.server()
    attach(kit, first, volume)
    kit.cloud.wait(lambda: held_by(kit, volume) == {first}, "the first attachment")
    busy = kit.cloud.world.faults.add("EnsureDomain", f"server/{second}", hang=True)
    attach(kit, second, kit.volume())
    kit.cloud.wait(lambda: busy.struck, "another volume")
    attach(kit, second, volume)
    hanging = kit.cloud.world.faults.add("RemoveExport", None, hang=True)
    detach(kit, first, volume)
    kit.cloud.wait(lambda: hanging.struck, "the end of the export")
    busy.release()
    kit.cloud.wait(lambda: waits(kit, second), "its turn")
    assert not has(kit, second, volume)
    hanging.release()
    kit.cloud.wait(lambda: held_by(kit, volume) == {second}, "the second attachment")
    assert has(kit, second, volume) and hosts(kit, volume) == [kit.cloud.first_host]


def test_what_goes_on_with_one_shows_in_the_volume(kit: Kit) -> None:
    volume, first, second = shared(kit), kit.server(), kit.server()
    attach(kit, first, volume)
    kit.volume_is(volume, "in-use")
    for act, status in ((attach, "attaching"), (detach, "detaching")):
        hanging = kit.cloud.world.faults.add("EnsureDomain", f"server/{second}", hang=True)
        act(kit, second, volume)
        kit.cloud.wait(lambda hanging=hanging: hanging.struck, "the guest")
        assert kit.member.get(f"{VOLUMES}/volumes/{volume}").json["volume"]["status"] == status
        hanging.release()
        kit.volume_is(volume, "in-use")
        assert (second in held_by(kit, volume)) is (act is attach)


def test_one_goes_while_another_cannot_let_go(kit: Kit) -> None:
    volume, first, second = shared(kit), kit.server(), kit.server()
    for server in (first, second):
        attach(kit, server, volume)
        kit.cloud.wait(lambda server=server: server in held_by(kit, volume), "the attachment")
    hanging = kit.cloud.world.faults.add("EnsureDomain", f"server/{second}", "It is in use there.", hang=True)
    detach(kit, second, volume)
    kit.cloud.wait(lambda: hanging.struck, "the guest")
    detach(kit, first, volume)
    kit.cloud.wait(lambda: held_by(kit, volume) == {second}, "the first one's end")
    assert hosts(kit, volume) == [kit.cloud.first_host]
    hanging.release()
    kit.cloud.wait(lambda: held_by(kit, volume) == set(), "the second one's end")
    assert hosts(kit, volume) == []
    kit.volume_is(volume, "available")
