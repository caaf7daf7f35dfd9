"""Policy documents that other services keep in identity."""

import pytest

from tests.cloud import Cloud, Tenant

PATH = "/v3/policies"
POLICY = {"type": "application/json", "blob": '{"default": false}'}


def test_a_policy_from_its_making_to_its_end(cloud: Cloud) -> None:
    made = cloud.admin.post(PATH, {"policy": POLICY | {"name": "mine"}}).ok(201)["policy"]
    path = f"{PATH}/{made['id']}"
    assert made.pop("links")["self"].endswith(path)
    assert made == POLICY | {"name": "mine", "id": made["id"]}
    assert cloud.admin.get(path).ok(200)["policy"].items() >= made.items()
    changed = cloud.admin.patch(path, {"policy": {"type": "text/plain", "name": None}}).ok(200)["policy"]
    assert (changed["type"], changed["name"], changed["blob"]) == ("text/plain", None, POLICY["blob"])
    other = cloud.admin.post(PATH, {"policy": POLICY}).ok(201)["policy"]
    assert [one["id"] for one in cloud.admin.get(f"{PATH}?type=text/plain").ok(200)["policies"]] == [made["id"]]
    assert {one["id"] for one in cloud.admin.get(PATH).ok(200)["policies"]} == {made["id"], other["id"]}
    for id in (made["id"], other["id"]):
        cloud.admin.delete(f"{PATH}/{id}").ok(204)
    answer = cloud.admin.get(path)
    assert (answer.status, answer.json["error"]["message"]) == (404, f"Could not find policy: {made['id']}.")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (
            {"type": "x"},
            "'blob' is a required property\n\nFailed validating 'required' in schema:\n    {'type': 'object',",
        ),
        (
            {"type": 5, "blob": "x"},
            "Invalid input for field 'type': 5 is not of type 'string'\n\nFailed validating 'type'",
        ),
        ([], "[] is not of type 'object'\n\nFailed validating 'type' in schema:\n"),
    ],
)
def test_what_is_no_policy_is_refused(cloud: Cloud, policy: object, said: str) -> None:
    answer = cloud.admin.post(PATH, {"policy": policy})
    assert answer.status == 400
    assert answer.json["error"]["message"].startswith(said)
    assert cloud.admin.get(PATH).ok(200)["policies"] == []


def test_a_policy_keeps_its_id(cloud: Cloud) -> None:
    id = cloud.admin.post(PATH, {"policy": POLICY}).ok(201)["policy"]["id"]
    answer = cloud.admin.patch(f"{PATH}/{id}", {"policy": {"id": "other"}})
    assert (answer.status, answer.json["error"]["message"]) == (400, "Cannot change policy ID")
    assert cloud.admin.patch(f"{PATH}/{id}", {"policy": {}}).status == 400
    cloud.admin.delete(f"{PATH}/{id}").ok(204)


def test_only_administrators(cloud: Cloud) -> None:
    tenant: Tenant = cloud.project("member")
    id = cloud.admin.post(PATH, {"policy": POLICY}).ok(201)["policy"]["id"]
    member = tenant.member
    refused = [member.get(PATH), member.get(f"{PATH}/{id}"), member.post(PATH, {"policy": POLICY})]
    refused += [member.patch(f"{PATH}/{id}", {"policy": {"type": "x"}}), member.delete(f"{PATH}/{id}")]
    assert {answer.status for answer in refused} == {403}
    cloud.admin.delete(f"{PATH}/{id}").ok(204)
