"""Making and deleting images."""

import pytest

from tests.api.image_kit import active, message, new
from tests.cloud import Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project()


KEYS = (
    *(
        "name",
        "disk_format",
        "container_format",
        "visibility",
        "size",
        "virtual_size",
        "status",
        "checksum",
        "protected",
    ),
    *("min_ram", "min_disk", "owner", "os_hidden", "os_hash_algo", "os_hash_value", "id", "created_at", "updated_at"),
    *("tags", "self", "file", "schema"),
)


def test_an_empty_object_makes_an_image(cloud: Cloud, tenant: Tenant) -> None:
    answer = tenant.member.post("/image/v2/images", {})
    image = answer.ok(201)
    assert tuple(image) == KEYS
    assert image["visibility"] == "shared" and image["status"] == "queued"
    assert image["name"] is None and image["size"] is None and image["os_hash_algo"] is None
    assert image["protected"] is False and image["os_hidden"] is False and image["min_disk"] == 0
    assert image["owner"] == tenant.id
    assert image["file"] == f"/v2/images/{image['id']}/file" and image["schema"] == "/v2/schemas/image"
    assert answer.headers["location"].endswith(f"/image/v2/images/{image['id']}")
    assert tenant.member.get(f"/image/v2/images/{image['id']}").ok(200) == image


def test_everything_that_is_given_is_shown(tenant: Tenant) -> None:
    given = {
        "id": "0b853f9c-9e9c-4a51-8a6c-000000000001",
        "min_disk": 2,
        "min_ram": 64,
        "protected": True,
        "os_hidden": True,
        "visibility": "private",
        "hw_disk_bus": "scsi",
        "owner_specified.openstack.md5": "",
        "name": "이미지",
    }
    image = new(tenant.member, **given)
    assert {name: image[name] for name in given} == given
    again = tenant.member.post("/image/v2/images", {"id": given["id"]})
    assert again.status == 409 and message(again) == f"Image ID {given['id']} already exists!"


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"status": "active"}, 403, "Attribute 'status' is read-only."),
        ({"checksum": "x"}, 403, "Attribute 'checksum' is read-only."),
        ({"locations": []}, 403, "Attribute 'locations' is reserved."),
        ({"min_disk": -1}, 400, "Invalid value '-1' for parameter 'min_disk': Cannot be a negative value"),
        ({"k" * 256: "v"}, 400, "Custom property should not be greater than 255 characters."),
        ({"visibility": "public"}, 403, "You are not authorized to complete publicize_image action."),
        ([], 400, "Unexpected body type. Expected list/dict."),
        (b"{x", 400, "Malformed JSON in request body."),
        (None, 400, "Body expected in request."),
    ],
)
def test_bad_bodies_are_refused_and_leave_nothing(tenant: Tenant, body: object, status: int, sentence: str) -> None:
    before = tenant.member.get("/image/v2/images?limit=1000").ok()["images"]
    answer = tenant.member.post("/image/v2/images", body)
    assert (answer.status, message(answer)) == (status, sentence)
    assert tenant.member.get("/image/v2/images?limit=1000").ok()["images"] == before


def test_the_schema_speaks_as_upstream(tenant: Tenant) -> None:
    answer = tenant.member.post("/image/v2/images", {"name": 5})
    assert answer.status == 400
    assert message(answer) == (
        "Provided object does not match schema 'image': 5 is not of type 'null', 'string'\n\n"
        "Failed validating 'type' in schema['properties']['name']:\n"
        "    {'type': ['null', 'string'],\n     'description': 'Descriptive name for the image',\n"
        "     'maxLength': 255}\n\nOn instance['name']:\n    5"
    )


def test_reserved_names_and_foreign_owners_are_denied(cloud: Cloud, tenant: Tenant) -> None:
    for body, sentence in (
        ({"os_glance_x": "1"}, "Attribute 'os_glance_x' is reserved."),
        ({"owner": "somebody"}, "You are not permitted to create images owned by 'somebody'"),
    ):
        answer = tenant.member.post("/image/v2/images", body)
        assert answer.status == 403
        assert answer.json["message"] == f"Access was denied to this resource.<br /><br />\n{sentence}\n\n"
    assert new(cloud.admin, owner="somebody")["owner"] == "somebody"


def test_readers_make_and_delete_nothing(tenant: Tenant) -> None:
    answer = tenant.reader.post("/image/v2/images", {})
    assert answer.status == 403 and message(answer) == "You are not authorized to complete add_image action."
    image = new(tenant.member)
    answer = tenant.reader.delete(f"/image/v2/images/{image['id']}")
    assert answer.status == 403 and message(answer) == "You are not authorized to complete delete_image action."


def test_only_a_token_of_a_project_is_good_for_images(cloud: Cloud) -> None:
    system = cloud.login("admin", "secret", system=True)
    answer = system.get("/image/v2/images")
    assert answer.status == 403 and message(answer) == "You are not authorized to complete get_images action."
    assert cloud.anonymous().get("/image/v2/images").status == 401


def test_limits_of_one_image(tenant: Tenant) -> None:
    for body, what in (
        ({f"p{number}": "x" for number in range(129)}, "properties"),
        ({"tags": [f"t{number}" for number in range(129)]}, "tags"),
    ):
        answer = tenant.member.post("/image/v2/images", body)
        assert answer.status == 413
        assert message(answer) == (
            f"The limit has been exceeded on the number of allowed image {what}. Attempted: 129, Maximum: 128"
        )


def test_a_protected_image_stays_until_it_is_not(cloud: Cloud, tenant: Tenant) -> None:
    image = active(tenant.member, protected=True)
    path = f"/image/v2/images/{image['id']}"
    for client in (tenant.member, cloud.admin):
        answer = client.delete(path)
        assert answer.status == 403
        assert message(answer) == f"Image {image['id']} is protected and cannot be deleted."
    step = [{"op": "replace", "path": "/protected", "value": False}]
    tenant.member.patch(path, step, headers={"content-type": "application/openstack-images-v2.1-json-patch"}).ok(200)
    tenant.member.delete(path).ok(204)


def test_a_deleted_image_and_its_bytes_are_gone(cloud: Cloud, tenant: Tenant) -> None:
    image = active(tenant.member, content=b"x" * 100)
    path = f"/image/v2/images/{image['id']}"
    assert tenant.member.delete(path, body={"a": 1}).status == 400
    file = cloud.state / "images" / image["id"]
    assert file.stat().st_size == 100
    assert tenant.member.delete(path).ok(204) is None
    assert not file.exists()
    assert tenant.member.get(path).status == 404
    answer = tenant.member.delete(path)
    assert answer.status == 404 and message(answer) == f"Failed to find image {image['id']} to delete"
    cloud.wait(lambda: not list((cloud.state / "images").glob(f"{image['id']}*")), "the bytes' end")


def test_versions(cloud: Cloud) -> None:
    answer = cloud.anonymous().get("/image/")
    assert answer.status == 300
    versions = answer.json["versions"]
    current = [one for one in versions if one["status"] == "CURRENT"]
    assert [one["id"] for one in current] == ["v2.9"]
    assert current[0]["links"] == [{"rel": "self", "href": "http://cloud.test:5000/image/v2/"}]
    assert cloud.anonymous().get("/image/versions").ok(200)["versions"] == versions


def test_what_is_not_there_answers_as_not_there(tenant: Tenant) -> None:
    for method, path in (("GET", "/v2/tasks"), ("GET", "/v2/cache"), ("GET", "/v2/metadefs/namespaces")):
        answer = tenant.member.call(method, f"/image{path}")
        assert (answer.status, message(answer)) == (404, "The resource could not be found."), path
    answer = tenant.member.put("/image/v2/images", {})
    assert answer.status == 405 and answer.headers["allow"] == "GET, POST"


def test_schemas_and_stores(tenant: Tenant) -> None:
    image = tenant.reader.get("/image/v2/schemas/image").ok(200)
    assert image["properties"]["disk_format"]["enum"][-1] == "ploop"
    assert tenant.reader.get("/image/v2/schemas/images").ok(200)["properties"]["images"]["items"] == image
    member = tenant.reader.get("/image/v2/schemas/member").ok(200)
    assert tenant.reader.get("/image/v2/schemas/members").ok(200)["properties"]["members"]["items"] == member
    assert tenant.reader.get("/image/v2/info/stores").ok(200) == {"stores": [{"id": "fs", "default": "true"}]}
