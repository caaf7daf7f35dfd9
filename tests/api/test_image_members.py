"""Sharing, and who sees what."""

import pytest

from tests.api.image_kit import active, ids, message, new, patch
from tests.cloud import Client, Cloud, Tenant


@pytest.fixture(scope="module")
def owner(cloud: Cloud) -> Tenant:
    return cloud.project()


@pytest.fixture(scope="module")
def other(cloud: Cloud) -> Tenant:
    return cloud.project()


def share(owner: Tenant, image: dict[str, str], other: Tenant, status: str | None = None) -> str:
    path = f"/image/v2/images/{image['id']}/members"
    owner.member.post(path, {"member": other.id}).ok(200)
    if status:
        other.member.put(f"{path}/{other.id}", {"status": status}).ok(200)
    return path


def sees(client: Client, id: str, query: str = "") -> tuple[bool, bool]:
    """Whether the image is in the list, and whether it can be got."""
    return id in ids(client, query), client.get(f"/image/v2/images/{id}").status == 200


@pytest.mark.parametrize(
    ("visibility", "status", "listed", "got"),
    [
        ("private", None, False, False),
        ("shared", None, False, False),
        ("shared", "pending", False, True),
        ("shared", "accepted", True, True),
        ("shared", "rejected", False, True),
        ("public", None, True, True),
        ("community", None, False, True),
    ],
)
def test_who_sees_what(
    cloud: Cloud, owner: Tenant, other: Tenant, visibility: str, status: str | None, listed: bool, got: bool
) -> None:
    image = active(owner.member)
    if visibility != "shared":
        by = cloud.admin if visibility == "public" else owner.member
        patch(by, image["id"], {"op": "replace", "path": "/visibility", "value": visibility}).ok(200)
    if status:
        share(owner, image, other, None if status == "pending" else status)
    assert sees(other.member, image["id"]) == (listed, got)
    assert sees(owner.member, image["id"]) == (True, True)
    assert (other.member.get(f"/image/v2/images/{image['id']}/file").status == 200) is got
    assert sees(cloud.admin, image["id"]) == (visibility != "community", True)
    assert image["id"] in ids(cloud.admin, "visibility=all")
    everything = listed or visibility == "community"
    assert (image["id"] in ids(other.member, "visibility=all")) is everything
    assert (image["id"] in ids(other.member, f"visibility={visibility}")) is everything
    for wanted in ("pending", "accepted", "rejected"):
        if status:
            assert (image["id"] in ids(other.member, f"member_status={wanted}")) is (wanted == status)
    if status:
        assert image["id"] in ids(other.member, "member_status=all")


def test_members_come_and_go(owner: Tenant, other: Tenant) -> None:
    image = new(owner.member)
    path = share(owner, image, other)
    member = owner.member.get(f"{path}/{other.id}").ok(200)
    assert list(member) == ["member_id", "image_id", "status", "created_at", "updated_at", "schema"]
    assert (member["member_id"], member["image_id"], member["status"]) == (other.id, image["id"], "pending")
    answer = owner.member.post(path, {"member": other.id})
    assert answer.status == 409
    assert message(answer) == f"Member {other.id} is duplicated for image {image['id']}"
    owner.member.post(path, {"member": "a-third"}).ok(200)
    listed = owner.reader.get(path).ok(200)
    assert [one["member_id"] for one in listed["members"]] == [other.id, "a-third"]
    assert listed["schema"] == "/v2/schemas/members"
    assert [one["member_id"] for one in other.reader.get(path).ok()["members"]] == [other.id]
    assert other.member.get(f"{path}/a-third").status == 404
    owner.member.delete(f"{path}/{other.id}").ok(204)
    answer = owner.member.delete(f"{path}/{other.id}")
    assert answer.status == 404
    assert message(answer) == f"{other.id} not found in the member list of the image {image['id']}."
    assert other.member.get(f"/image/v2/images/{image['id']}").status == 404


def test_only_the_member_answers(cloud: Cloud, owner: Tenant, other: Tenant) -> None:
    image = new(owner.member)
    path = f"{share(owner, image, other)}/{other.id}"
    answer = owner.member.put(path, {"status": "accepted"})
    assert answer.status == 403 and message(answer) == "You are not authorized to complete modify_member action."
    assert other.reader.put(path, {"status": "accepted"}).status == 403
    assert cloud.project().member.put(path, {"status": "accepted"}).status == 404
    for status in ("accepted", "rejected", "pending"):
        assert other.member.put(path, {"status": status}).ok(200)["status"] == status
    assert cloud.admin.put(path, {"status": "accepted"}).ok(200)["status"] == "accepted"


def test_members_change_nothing_else(owner: Tenant, other: Tenant) -> None:
    image = active(owner.member)
    path = share(owner, image, other, "accepted")
    answer = other.member.delete(f"/image/v2/images/{image['id']}")
    assert answer.status == 403 and message(answer) == "You are not authorized to complete delete_image action."
    assert patch(other.member, image["id"], {"op": "replace", "path": "/name", "value": "x"}).status == 403
    answer = other.member.post(path, {"member": "somebody"})
    assert answer.status == 403
    assert message(answer) == f"Not allowed to create members for image {image['id']}."
    assert other.member.delete(f"{path}/{other.id}").status == 403
    assert owner.reader.post(path, {"member": "somebody"}).status == 403


def test_only_shared_images_have_members(cloud: Cloud, owner: Tenant) -> None:
    image = new(owner.member, visibility="private")
    id, path = image["id"], f"/image/v2/images/{image['id']}/members"
    answers = [
        (owner.member.get(path), 403, f"Not allowed to list members for image {id}: Only shared images have members."),
        (owner.member.post(path, {"member": "x"}), 403, f"Not allowed to create members for image {id}."),
        (owner.member.get(f"{path}/x"), 404, "Only shared images have members."),
        (owner.member.delete(f"{path}/x"), 403, f"Not allowed to delete members for image {id}."),
        (cloud.project().member.get(path), 404, f"Image {id} not found."),
    ]
    for answer, status, sentence in answers:
        assert (answer.status, message(answer)) == (status, sentence)


def test_bad_members(owner: Tenant, other: Tenant) -> None:
    image = new(owner.member)
    path = share(owner, image, other)
    for body, sentence in (
        ({}, "Member to be added not specified"),
        ({"member": ""}, "Member can't be empty"),
        ({"member": None}, "Member can't be empty"),
        (["x"], 'Expected a member in the form: {"member": "image_id"}'),
        (None, "Body expected in request."),
    ):
        answer = owner.member.post(path, body)
        assert (answer.status, message(answer)) == (400, sentence)
    for body, sentence in (
        ({}, "Status not specified"),
        ({"status": "bogus"}, 'Incorrect request: Status must be "pending", "accepted" or "rejected".'),
    ):
        answer = other.member.put(f"{path}/{other.id}", body)
        assert (answer.status, message(answer)) == (400, sentence)
    assert len(owner.member.get(path).ok()["members"]) == 1


def test_so_many_members(owner: Tenant) -> None:
    path = f"/image/v2/images/{new(owner.member)['id']}/members"
    for number in range(128):
        owner.member.post(path, {"member": f"project-{number}"}).ok(200)
    answer = owner.member.post(path, {"member": "one too many"})
    assert answer.status == 413
    assert message(answer) == (
        "The limit has been exceeded on the number of allowed image members for this image. "
        "Attempted: 129, Maximum: 128"
    )
