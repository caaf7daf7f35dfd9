"""Changing images."""

from typing import Any

import pytest

from tests.api.image_kit import OLD_PATCH, active, message, new, patch
from tests.cloud import Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project()


@pytest.fixture(scope="module")
def fixed(tenant: Tenant) -> dict[str, Any]:
    """An active image that no test changes."""
    return active(tenant.member, keep="me")


def test_all_that_may_change(tenant: Tenant) -> None:
    image = new(tenant.member, old="1", gone="2", tags=["a", "b"])
    wanted = {"name": "n", "min_disk": 5, "min_ram": 6, "protected": True, "os_hidden": True, "disk_format": "qcow2"}
    steps = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in wanted.items()]
    steps += [
        {"op": "replace", "path": "/tags", "value": ["b", "c", "c"]},
        {"op": "add", "path": "/fresh", "value": "3"},
        {"op": "replace", "path": "/old", "value": "4"},
        {"op": "add", "path": "/with~1slash", "value": "5"},
        {"op": "remove", "path": "/gone"},
    ]
    changed = patch(tenant.member, image["id"], *steps).ok(200)
    assert {name: changed[name] for name in wanted} == wanted
    assert changed["tags"] == ["b", "c"]
    assert (changed["fresh"], changed["old"], changed["with/slash"]) == ("3", "4", "5")
    assert "gone" not in changed
    assert tenant.member.get(f"/image/v2/images/{image['id']}").ok() == changed


def test_the_older_media_type(tenant: Tenant) -> None:
    image = new(tenant.member)
    step = {"replace": "/name", "value": "n2"}
    assert patch(tenant.member, image["id"], step, headers=OLD_PATCH).ok(200)["name"] == "n2"
    wrong = {"op": "replace", "path": "/name", "value": "x"}
    answer = patch(tenant.member, image["id"], wrong, headers=OLD_PATCH)
    assert answer.status == 400
    assert message(answer) == ('Operation objects must contain exactly one member named "add", "remove", or "replace".')


@pytest.mark.parametrize(
    ("step", "status", "sentence"),
    [
        ({"op": "replace", "path": "/id", "value": "x"}, 403, "Attribute 'id' is read-only."),
        ({"op": "replace", "path": "/status", "value": "x"}, 403, "Attribute 'status' is read-only."),
        ({"op": "add", "path": "/os_glance_x", "value": "v"}, 403, "Attribute 'os_glance_x' is reserved."),
        (
            {"op": "replace", "path": "/disk_format", "value": "qcow2"},
            403,
            "Attribute disk_format can be only replaced for a queued image.",
        ),
        (
            {"op": "replace", "path": "/visibility", "value": "public"},
            403,
            "You are not authorized to complete publicize_image action.",
        ),
        ({"op": "add", "path": "/p/q", "value": "x"}, 400, "Invalid JSON pointer for this resource: '/p/q'"),
        ({"op": "add", "value": "x"}, 400, "Unable to find 'path' in JSON Schema change"),
        (
            {"op": "move", "path": "/p"},
            400,
            "Invalid operation: `move`. It must be one of the following: add, remove, replace.",
        ),
        ({"op": "add", "path": "/p"}, 400, 'Operation "add" requires a member named "value".'),
        ({"op": "add", "path": "p", "value": "x"}, 400, 'Pointer `p` does not start with "/".'),
        ({"op": "add", "path": "/", "value": "x"}, 400, "Pointer `/` does not contains valid token."),
        ({"op": "add", "path": 5, "value": "x"}, 400, 'Pointer `5` does not start with "/".'),
        (
            {"op": "add", "path": "/locations/-", "value": {"url": "http://x/", "metadata": {}}},
            403,
            "It's not allowed to add locations if locations are invisible.",
        ),
    ],
)
def test_refused_steps_change_nothing(
    tenant: Tenant, fixed: dict[str, Any], step: dict[str, Any], status: int, sentence: str
) -> None:
    good = {"op": "replace", "path": "/name", "value": "changed"}
    answer = patch(tenant.member, fixed["id"], good, step)
    assert (answer.status, message(answer)) == (status, sentence)
    assert tenant.member.get(f"/image/v2/images/{fixed['id']}").ok() == fixed


@pytest.mark.parametrize(
    ("step", "status", "sentence"),
    [
        ({"op": "remove", "path": "/nope"}, 409, "Property nope does not exist."),
        ({"op": "replace", "path": "/nope", "value": "x"}, 409, "Property nope does not exist."),
        ({"op": "remove", "path": "/name"}, 403, "Property name may not be removed."),
        ({"op": "replace", "path": "/owner", "value": "x"}, 403, "Owner can't be updated by non admin."),
        ({"op": "replace", "path": "/locations", "value": []}, 403, "Cannot set locations to empty list."),
    ],
)
def test_refusals_behind_a_standing_sentence(
    tenant: Tenant, fixed: dict[str, Any], step: dict[str, Any], status: int, sentence: str
) -> None:
    answer = patch(tenant.member, fixed["id"], step)
    standing = {
        403: "Access was denied to this resource.",
        409: "There was a conflict when trying to complete your request.",
    }[status]
    assert answer.status == status
    assert answer.json["message"] == f"{standing}<br /><br />\n{sentence}\n\n"
    assert tenant.member.get(f"/image/v2/images/{fixed['id']}").ok() == fixed


def test_bodies_and_media_types(tenant: Tenant, fixed: dict[str, Any]) -> None:
    path = f"/image/v2/images/{fixed['id']}"
    answer = tenant.member.patch(path, [])
    assert answer.status == 415
    assert answer.json["message"] == (
        "The request media type application/json is not supported by this server.\n<br /><br />\n"
        "Image PATCH expects Content-Type one of: application/openstack-images-v2.0-json-patch, "
        "application/openstack-images-v2.1-json-patch"
    )
    for body, sentence in (
        ({"op": "add"}, "Request body must be a JSON array of operation objects."),
        (["x"], "Operations must be JSON objects."),
    ):
        answer = tenant.member.patch(path, body, headers=OLD_PATCH)
        assert (answer.status, message(answer)) == (400, sentence)


def test_who_may_change(cloud: Cloud, tenant: Tenant, fixed: dict[str, Any]) -> None:
    step = {"op": "replace", "path": "/name", "value": "mine"}
    answer = patch(tenant.reader, fixed["id"], step)
    assert answer.status == 403 and message(answer) == "You are not authorized to complete modify_image action."
    answer = patch(cloud.project().member, fixed["id"], step)
    assert answer.status == 404 and message(answer) == f"No image found with ID {fixed['id']}"
    public = active(cloud.admin, visibility="public")
    assert patch(tenant.member, public["id"], step).status == 403
    image = new(tenant.member)
    moved = patch(cloud.admin, image["id"], {"op": "replace", "path": "/owner", "value": "other"}).ok(200)
    assert moved["owner"] == "other"
    assert tenant.member.get(f"/image/v2/images/{image['id']}").status == 404


def test_tags(cloud: Cloud, tenant: Tenant) -> None:
    image = new(tenant.member)
    path = f"/image/v2/images/{image['id']}"
    for _ in range(2):
        tenant.member.put(f"{path}/tags/blue").ok(204)
    assert tenant.member.get(path).ok()["tags"] == ["blue"]
    assert tenant.reader.delete(f"{path}/tags/blue").status == 403
    assert tenant.member.put(f"{path}/tags/{'x' * 256}").status == 400
    answer = cloud.project().member.put(f"{path}/tags/a")
    assert answer.status == 404 and message(answer) == f"Image {image['id']} not found."
    tenant.member.delete(f"{path}/tags/blue").ok(204)
    answer = tenant.member.delete(f"{path}/tags/blue")
    assert answer.status == 404 and message(answer) == "The resource could not be found."
    assert tenant.member.get(path).ok()["tags"] == []
