"""The door for services that make disks from images."""

import hashlib
from typing import Any

import pytest

from gureum.image.service import for_compute
from gureum.kernel.caller import SYSTEM, Caller
from gureum.kernel.faults import Invalid, NotFound
from tests.api.image_kit import active, new
from tests.cloud import Cloud, Tenant


def caller(tenant: Tenant) -> Caller:
    return Caller(user_id="u", project_id=tenant.id, roles=("member", "reader"))


def test_what_compute_gets(cloud: Cloud) -> None:
    tenant, content = cloud.project(), b"bytes of a disk"
    image = active(tenant.member, content, min_ram=64, hw_disk_bus="scsi")
    found = cloud.read(lambda tx: for_compute.get(tx, caller(tenant), image["id"]))
    assert (found.min_ram, found.size, found.properties) == (64, len(content), {"hw_disk_bus": "scsi"})
    assert cloud.read(lambda tx: for_compute.get(tx, SYSTEM, image["id"])) == found
    source = cloud.read(lambda tx: for_compute.source(tx, image["id"]))
    assert (source.image_id, source.size, source.format, source.path) == (image["id"], len(content), "raw", "")
    assert source.sha512 == hashlib.sha512(content).hexdigest()
    path = for_compute.with_path(source).path
    assert path == str(cloud.state / "images" / image["id"])


def test_what_compute_does_not_get(cloud: Cloud) -> None:
    tenant = cloud.project()
    queued, deactivated = new(tenant.member), active(tenant.member)
    tenant.member.post(f"/image/v2/images/{deactivated['id']}/actions/deactivate").ok(204)
    for image in (queued, deactivated):
        with pytest.raises(Invalid, match=f"Image {image['id']} is not active"):
            _get(cloud, tenant, image)
    for stranger, id in ((cloud.project(), queued["id"]), (tenant, "no-such-image")):
        with pytest.raises(NotFound, match=f"Image {id} could not be found"):
            _get(cloud, stranger, {"id": id})
    with pytest.raises(NotFound):
        cloud.read(lambda tx: for_compute.source(tx, queued["id"]))


def _get(cloud: Cloud, tenant: Tenant, image: dict[str, Any]) -> Any:
    return cloud.read(lambda tx: for_compute.get(tx, caller(tenant), image["id"]))
