"""What a deleted server leaves behind: nothing that somebody has to wait for."""

import pytest

from tests.api import server_kit
from tests.api.server_kit import V2, VOLUMES, Kit
from tests.cloud import Cloud


@pytest.fixture
def kit(cloud: Cloud) -> Kit:
    return server_kit.kit(cloud)


def test_its_volume_is_free_when_it_is_gone(kit: Kit) -> None:
    server, volume = kit.server(), kit.volume()
    body = {"volumeAttachment": {"volumeId": volume}}
    kit.member.post(f"{V2}/servers/{server}/os-volume_attachments", body).ok(200)
    kit.volume_is(volume, "in-use")
    held = kit.cloud.world.faults.add("RemoveExport", hang=True)
    kit.member.delete(f"{V2}/servers/{server}").ok(204)
    kit.cloud.wait(lambda: held.struck, "the end of the export")
    assert kit.member.get(f"{V2}/servers/{server}").ok(200)["server"]["OS-EXT-STS:task_state"] == "deleting"
    kit.cloud.world.faults.clear()
    kit.cloud.wait(lambda: kit.member.get(f"{V2}/servers/{server}").status == 404, "the server's end")
    assert kit.member.get(f"{VOLUMES}/volumes/{volume}").ok(200)["volume"]["status"] == "available"
    kit.member.delete(f"{VOLUMES}/volumes/{volume}").ok(202)
