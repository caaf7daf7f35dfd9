"""Volumes: making, showing, changing, deleting, and who may."""

import pytest

from tests.api.volume_setup import NEWEST, V3, becomes, create, gone, message, ready, show
from tests.cloud import Cloud


def test_versions_are_told_to_everybody(cloud: Cloud) -> None:
    answer = cloud.anonymous().get("/volume/")
    assert answer.status == 300
    [version] = answer.json["versions"]
    assert (version["id"], version["min_version"], version["version"]) == ("v3.0", "3.0", NEWEST)
    assert version["links"][1]["href"] == "http://cloud.test:5000/volume/v3/"
    assert cloud.anonymous().get(f"{V3}/").status == 401
    assert cloud.admin.get(f"{V3}/").ok(200) == answer.json


def test_the_catalog_names_it_twice(cloud: Cloud) -> None:
    catalog = cloud.admin.get("/v3/auth/catalog").ok()["catalog"]
    found = {one["type"]: one["endpoints"][0]["url"] for one in catalog}
    assert found["block-storage"] == found["volumev3"] == "http://cloud.test:5000/volume/v3"


def test_a_volume_from_nothing_to_nothing(cloud: Cloud) -> None:
    member = cloud.project().member
    made = create(member, name="v", description="d", metadata={"a": "b"})
    assert (made["status"], made["size"], made["volume_type"]) == ("creating", 1, "__DEFAULT__")
    there = becomes(cloud, member, made["id"], "available")
    assert there["metadata"] == {"a": "b"}
    assert there["os-vol-tenant-attr:tenant_id"] == member.project_id
    assert "os-vol-host-attr:host" not in there
    assert show(cloud.admin, made["id"])["os-vol-host-attr:host"] == "host@sim#sim"
    assert cloud.world.volumes.get(made["id"]).size_gib == 1
    assert member.delete(f"{V3}/volumes/{made['id']}").status == 202
    gone(cloud, member, made["id"])
    assert cloud.world.volumes.get(made["id"]) is None


def test_both_forms_of_a_path_and_a_foreign_project(cloud: Cloud) -> None:
    tenant = cloud.project()
    member = tenant.member
    made = ready(cloud, member)
    with_project = member.get(f"{V3}/{tenant.id}/volumes/{made['id']}").ok(200)["volume"]
    assert with_project["links"][0]["href"].endswith(f"/volume/v3/{tenant.id}/volumes/{made['id']}")
    assert show(member, made["id"])["links"][0]["href"].endswith(f"/volume/v3/volumes/{made['id']}")
    refused = cloud.admin.get(f"{V3}/{tenant.id}/volumes/{made['id']}")
    assert message(refused, 400) == "Malformed request url"


def test_who_may_what(cloud: Cloud) -> None:
    tenant, other = cloud.project(), cloud.project()
    made = ready(cloud, tenant.member)
    path = f"{V3}/volumes/{made['id']}"
    assert tenant.reader.get(path).status == 200
    assert message(tenant.reader.post(f"{V3}/volumes", {"volume": {"size": 1}}), 403) == (
        "Policy doesn't allow volume:create to be performed."
    )
    assert message(tenant.reader.delete(path), 403) == "Policy doesn't allow volume:delete to be performed."
    assert message(tenant.reader.put(path, {"volume": {"name": "x"}}), 403)
    for foreign in (
        other.member.get(path),
        other.member.delete(path),
        other.member.put(path, {"volume": {"name": "x"}}),
    ):
        assert message(foreign, 404) == f"Volume {made['id']} could not be found."
    assert cloud.admin.get(path).status == 200
    assert cloud.anonymous().get(path).status == 401
    assert show(tenant.member, made["id"])["name"] is None


def test_an_update_changes_what_it_names(cloud: Cloud) -> None:
    member = cloud.project().member
    made = ready(cloud, member, name="old", description="kept")
    body = member.put(f"{V3}/volumes/{made['id']}", {"volume": {"name": " new ", "metadata": {"k": "v"}}}).ok(200)
    assert (body["volume"]["name"], body["volume"]["description"]) == ("new", "kept")
    assert show(member, made["id"])["metadata"] == {"k": "v"}
    long = member.put(f"{V3}/volumes/{made['id']}", {"volume": {"name": "n" * 256}})
    assert message(long, 400) == "Invalid input received: name has 256 characters, more than 255."
    assert show(member, made["id"])["name"] == "new"
    assert member.put(f"{V3}/volumes/{made['id']}", {"volume": {}}, version="3.53").status == 400


@pytest.mark.parametrize(
    ("more", "status", "sentence"),
    [
        ({"availability_zone": "nowhere"}, 400, "Availability zone 'nowhere' is invalid."),
        ({"volume_type": "nonesuch"}, 404, "Volume type with name nonesuch could not be found."),
        ({"imageRef": "nonesuch"}, 400, "Invalid image identifier or unable to access requested image."),
        (
            {"snapshot_id": "11111111-2222-3333-4444-555555555555"},
            404,
            "Snapshot 11111111-2222-3333-4444-555555555555 could not be found.",
        ),
        (
            {"source_volid": "11111111-2222-3333-4444-555555555555"},
            404,
            "Volume 11111111-2222-3333-4444-555555555555 could not be found.",
        ),
        ({"name": "n" * 300}, 400, "Invalid input received: name has 300 characters, more than 255."),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_changes(
    cloud: Cloud, more: dict[str, str], status: int, sentence: str
) -> None:
    member = cloud.project().member
    answer = member.post(f"{V3}/volumes", {"volume": {"size": 1} | more}, version=NEWEST)
    assert message(answer, status) == sentence
    assert member.get(f"{V3}/volumes").json == {"volumes": []}


def test_unknown_parameters_pass_before_3_53(cloud: Cloud) -> None:
    member = cloud.project().member
    body = {"volume": {"size": "1", "bogus": 1, "group_id": None}}
    assert member.post(f"{V3}/volumes", body, version="3.12").status == 202
    assert "was unexpected" in message(member.post(f"{V3}/volumes", body, version="3.53"), 400)


def test_a_pool_that_fails_leaves_an_error_that_can_be_deleted(cloud: Cloud) -> None:
    member = cloud.project().member
    cloud.world.faults.add("EnsureVolume", text="The disk is on fire.")
    made = create(member)
    becomes(cloud, member, made["id"], "error")
    cloud.wait(lambda: show(cloud.admin, made["id"])["os-vol-host-attr:host"] is None, "the clean-up")
    assert member.delete(f"{V3}/volumes/{made['id']}").status == 202
    gone(cloud, member, made["id"])


def test_no_pool_has_room(cloud: Cloud) -> None:
    tenant = cloud.project()
    limits = {"quota_set": {"gigabytes": -1}}
    cloud.admin.put(f"{V3}/os-quota-sets/{tenant.id}", limits).ok(200)
    made = create(tenant.member, size=100_000)
    becomes(cloud, tenant.member, made["id"], "error")
    tenant.member.delete(f"{V3}/volumes/{made['id']}")
    gone(cloud, tenant.member, made["id"])


def test_a_volume_in_no_state_for_it_is_not_deleted(cloud: Cloud) -> None:
    member = cloud.project().member
    made = ready(cloud, member)
    action = f"{V3}/volumes/{made['id']}/action"
    cloud.admin.post(action, {"os-reset_status": {"status": "maintenance"}}).ok(202)
    refused = member.delete(f"{V3}/volumes/{made['id']}")
    assert message(refused, 400).startswith(
        "Invalid volume: Volume status must be available or error or error_restoring"
    )
    assert message(member.post(action, {"os-force_delete": {}}), 403)
    cloud.admin.post(action, {"os-force_delete": {}}).ok(202)
    gone(cloud, member, made["id"])
