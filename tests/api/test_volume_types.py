"""Volume types."""

from typing import Any

from tests.api.volume_setup import V3, message, ready
from tests.cloud import Cloud

_NOBODY = "11111111-2222-3333-4444-555555555555"


def make(cloud: Cloud, name: str, **more: Any) -> dict[str, Any]:
    return cloud.admin.post(f"{V3}/types", {"volume_type": {"name": name} | more}).ok(200)["volume_type"]


def test_the_default_type(cloud: Cloud) -> None:
    member = cloud.project().member
    found = member.get(f"{V3}/types/default").ok(200)["volume_type"]
    assert (found["name"], found["is_public"]) == ("__DEFAULT__", True)
    assert member.get(f"{V3}/types/{found['id']}").ok(200)["volume_type"]["id"] == found["id"]
    assert message(cloud.admin.delete(f"{V3}/types/{found['id']}"), 400) == (
        f"The volume type {found['id']} is a default volume type and cannot be deleted."
    )


def test_only_administrators_change_types(cloud: Cloud) -> None:
    member = cloud.project().member
    assert message(member.post(f"{V3}/types", {"volume_type": {"name": "x"}}), 403) == (
        "Policy doesn't allow volume_extension:type_create to be performed."
    )
    made = make(cloud, "fixed")
    path = f"{V3}/types/{made['id']}"
    assert member.delete(path).status == 403
    assert member.put(path, {"volume_type": {"name": "x"}}).status == 403
    assert member.post(f"{path}/extra_specs", {"extra_specs": {"a": "b"}}).status == 403
    assert member.get(path).ok(200)["volume_type"]["name"] == "fixed"


def test_a_type_changes_and_goes(cloud: Cloud) -> None:
    made = make(cloud, " gold ", description="d", extra_specs={"a": "b"})
    assert (made["name"], made["extra_specs"], made["os-volume-type-access:is_public"]) == ("gold", {"a": "b"}, True)
    path = f"{V3}/types/{made['id']}"
    twice = cloud.admin.post(f"{V3}/types", {"volume_type": {"name": "gold"}})
    assert message(twice, 409) == "Volume Type gold already exists."
    assert message(cloud.admin.put(path, {"volume_type": {}}), 400) == (
        "Specify volume type name, description, is_public or a combination thereof."
    )
    assert cloud.admin.put(path, {"volume_type": {"name": "silver"}}).ok(200)["volume_type"]["name"] == "silver"
    assert cloud.admin.delete(path).status == 202
    assert message(cloud.admin.get(path), 404) == f"Volume type {made['id']} could not be found."


def test_a_type_in_use_stays(cloud: Cloud) -> None:
    member = cloud.project().member
    made = make(cloud, "used")
    volume = ready(cloud, member, volume_type="used")
    assert volume["volume_type"] == "used"
    path = f"{V3}/types/{made['id']}"
    assert message(cloud.admin.delete(path), 400) == "Target volume type is still in use."
    refused = cloud.admin.post(f"{path}/extra_specs", {"extra_specs": {"a": "b"}})
    assert message(refused, 400) == "Volume Type is currently in use."


def test_extra_specs(cloud: Cloud) -> None:
    member = cloud.project().member
    made = make(cloud, "special")
    path = f"{V3}/types/{made['id']}/extra_specs"
    specs = {"volume_backend_name": "sim", "multiattach": "<is> True"}
    assert cloud.admin.post(path, {"extra_specs": specs}).ok(200) == {"extra_specs": specs}
    assert member.get(path).ok(200) == {"extra_specs": {"multiattach": "<is> True"}}
    assert cloud.admin.get(f"{path}/volume_backend_name").ok(200) == {"volume_backend_name": "sim"}
    assert member.get(f"{path}/volume_backend_name").status == 404
    assert cloud.admin.put(f"{path}/a", {"a": "1"}).ok(200) == {"a": "1"}
    assert message(cloud.admin.put(f"{path}/a", {"b": "1"}), 400) == "Request body and URI mismatch"
    assert cloud.admin.delete(f"{path}/a").status == 202
    assert message(cloud.admin.delete(f"{path}/a"), 404) == (f"Volume Type {made['id']} has no extra specs with key a.")
    volume = ready(cloud, member, volume_type=made["id"])
    assert volume["multiattach"] is True


def test_private_types_are_for_those_who_were_let_in(cloud: Cloud) -> None:
    tenant, other = cloud.project(), cloud.project()
    made = make(cloud, "private", **{"os-volume-type-access:is_public": False})
    path = f"{V3}/types/{made['id']}"

    def seen(client: Any, query: str = "") -> bool:
        return made["id"] in [one["id"] for one in client.get(f"{V3}/types{query}").ok(200)["volume_types"]]

    assert not seen(tenant.member)
    assert message(tenant.member.get(path), 404) == f"Volume type {made['id']} could not be found."
    refused = tenant.member.post(f"{V3}/volumes", {"volume": {"size": 1, "volume_type": "private"}})
    assert message(refused, 404) == "Volume type with name private could not be found."
    body = {"addProjectAccess": {"project": tenant.id}}
    assert tenant.member.post(f"{path}/action", body).status == 403
    assert cloud.admin.post(f"{path}/action", body).status == 202
    assert message(cloud.admin.post(f"{path}/action", body), 409) == (
        f"Volume type access for {made['id']} / {tenant.id} combination already exists."
    )
    assert seen(tenant.member) and not seen(other.member)
    assert seen(cloud.admin, "?is_public=None") and seen(cloud.admin, "?is_public=false")
    assert not seen(cloud.admin, "?is_public=true")
    listed = cloud.admin.get(f"{path}/os-volume-type-access").ok(200)["volume_type_access"]
    assert listed == [{"volume_type_id": made["id"], "project_id": tenant.id}]
    assert cloud.admin.post(f"{path}/action", {"removeProjectAccess": {"project": tenant.id}}).status == 202
    gone = cloud.admin.post(f"{path}/action", {"removeProjectAccess": {"project": tenant.id}})
    assert message(gone, 404) == f"Volume type access not found for {made['id']} / {tenant.id} combination."


def test_public_types_have_no_access_list(cloud: Cloud) -> None:
    made = make(cloud, "open")
    path = f"{V3}/types/{made['id']}"
    assert message(cloud.admin.get(f"{path}/os-volume-type-access"), 404) == (
        "Access list not available for public volume types."
    )
    assert message(cloud.admin.post(f"{path}/action", {"addProjectAccess": {"project": _NOBODY}}), 400) == (
        "Invalid volume type: Type access modification is not applicable to public volume type."
    )


def test_lists_are_sorted_and_cut(cloud: Cloud) -> None:
    for name in ("sorted-b", "sorted-a"):
        make(cloud, name)
    listed = cloud.admin.get(f"{V3}/types?sort=name:asc").ok(200)["volume_types"]
    names = [one["name"] for one in listed]
    assert names == sorted(names)
    page = cloud.admin.get(f"{V3}/types?sort=name:asc&limit=1&marker={listed[0]['id']}").ok(200)
    assert [one["name"] for one in page["volume_types"]] == names[1:2]
    assert page["volume_type_links"][0]["rel"] == "next"
    again = cloud.admin.get(f"{V3}/types?sort=name:asc&limit=1&marker=not-an-id").ok(200)["volume_types"]
    assert [one["name"] for one in again] == names[:1]
    assert message(cloud.admin.get(f"{V3}/types?sort_key=bogus"), 400) == "Invalid input received: Invalid sort key"
