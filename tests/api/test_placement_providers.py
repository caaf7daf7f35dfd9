"""Resource providers, their inventories, and what is used of them."""

import uuid
from collections.abc import Iterator

import pytest

from tests.api.placement_kit import API, NEWEST, NOWHERE, PROVIDERS, claim, fresh, host, provider, refusal, said
from tests.cloud import Cloud


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud(hosts=2)
    yield cloud
    cloud.close()


def test_made_shown_renamed_and_taken_away(cloud: Cloud) -> None:
    name, id = fresh(), str(uuid.uuid4())
    answer = cloud.admin.post(PROVIDERS, {"name": name, "uuid": id}, version=NEWEST)
    made = answer.ok(200)
    assert (made["uuid"], made["name"], made["generation"]) == (id, name, 0)
    assert (made["parent_provider_uuid"], made["root_provider_uuid"]) == (None, id)
    assert answer.headers["location"] == f"http://cloud.test:5000/placement/resource_providers/{id}"
    assert answer.headers["cache-control"] == "no-cache"
    assert [link["rel"] for link in made["links"]] == [
        "self",
        "inventories",
        "usages",
        "aggregates",
        "traits",
        "allocations",
    ]
    assert made["links"][0]["href"] == f"/placement/resource_providers/{id}"
    path = f"{PROVIDERS}/{id}"
    assert cloud.admin.put(path, {"name": f"{name}-2"}, version=NEWEST).ok(200)["name"] == f"{name}-2"
    assert cloud.admin.get(f"{PROVIDERS}?name={name}-2").ok(200)["resource_providers"][0]["uuid"] == id
    assert cloud.admin.delete(path).ok(204) is None
    assert refusal(cloud.admin.get(path, version=NEWEST)) == (
        404,
        f"No resource provider with uuid {id} found",
        "placement.undefined_code",
    )
    assert said(cloud.admin.delete(path)) == f"No resource provider with uuid {id} found for delete"


def test_older_clients_see_less_of_a_provider(cloud: Cloud) -> None:
    made = cloud.admin.post(PROVIDERS, {"name": fresh()}, version="1.19")
    assert (made.status, made.body) == (201, b"")
    path = f"{PROVIDERS}/{made.headers['location'].rpartition('/')[2]}"
    for version, links, keys in (("1.0", 3, 4), ("1.1", 4, 4), ("1.6", 5, 4), ("1.11", 6, 4), ("1.14", 6, 6)):
        answer = cloud.admin.get(path, version=version)
        assert (len(answer.ok(200)["links"]), len(answer.json)) == (links, keys), version
        assert "last-modified" not in answer.headers
    assert "last-modified" in cloud.admin.get(path, version="1.15").headers


def test_names_and_ids_are_had_once(cloud: Cloud) -> None:
    first, second = provider(cloud.admin), provider(cloud.admin)
    taken = cloud.admin.post(PROVIDERS, {"name": first["name"]}, version=NEWEST)
    assert refusal(taken) == (
        409,
        f"Conflicting resource provider name: {first['name']} already exists.",
        "placement.duplicate_name",
    )
    taken = cloud.admin.post(PROVIDERS, {"name": fresh(), "uuid": first["uuid"]}, version=NEWEST)
    assert said(taken) == f"Conflicting resource provider uuid: {first['uuid']} already exists."
    renamed = cloud.admin.put(f"{PROVIDERS}/{second['uuid']}", {"name": first["name"]}, version=NEWEST)
    assert refusal(renamed)[::2] == (409, "placement.duplicate_name")
    assert "code" not in cloud.admin.post(PROVIDERS, {"name": first["name"]}, version="1.22").json["errors"][0]


def test_providers_are_trees(cloud: Cloud) -> None:
    top = provider(cloud.admin)
    middle = provider(cloud.admin, parent_provider_uuid=top["uuid"])
    leaf = provider(cloud.admin, parent_provider_uuid=middle["uuid"])
    assert (leaf["parent_provider_uuid"], leaf["root_provider_uuid"]) == (middle["uuid"], top["uuid"])
    found = cloud.admin.get(f"{PROVIDERS}?in_tree={leaf['uuid']}", version="1.14").ok(200)["resource_providers"]
    assert [one["uuid"] for one in found] == [top["uuid"], middle["uuid"], leaf["uuid"]]
    refused = cloud.admin.delete(f"{PROVIDERS}/{middle['uuid']}", version=NEWEST)
    assert refusal(refused)[::2] == (409, "placement.resource_provider.cannot_delete_parent")
    loop = {"name": top["name"], "parent_provider_uuid": leaf["uuid"]}
    assert "creating loop" in said(cloud.admin.put(f"{PROVIDERS}/{top['uuid']}", loop, version=NEWEST))
    away = {"name": middle["name"], "parent_provider_uuid": None}
    refused = cloud.admin.put(f"{PROVIDERS}/{middle['uuid']}", away, version="1.36")
    assert "un-parenting a provider is not currently allowed" in said(refused)
    moved = cloud.admin.put(f"{PROVIDERS}/{middle['uuid']}", away, version="1.37").ok(200)
    assert (moved["parent_provider_uuid"], moved["root_provider_uuid"]) == (None, middle["uuid"])
    below = cloud.admin.get(f"{PROVIDERS}/{leaf['uuid']}", version=NEWEST).ok(200)
    assert below["root_provider_uuid"] == middle["uuid"]
    nowhere = {"name": leaf["name"], "parent_provider_uuid": str(uuid.uuid4())}
    assert "parent provider UUID does not exist" in said(
        cloud.admin.put(f"{PROVIDERS}/{leaf['uuid']}", nowhere, version=NEWEST)
    )
    kept = cloud.admin.put(f"{PROVIDERS}/{leaf['uuid']}", {"name": leaf["name"]}, version=NEWEST).ok(200)
    assert kept["parent_provider_uuid"] == middle["uuid"]


def test_a_list_is_narrowed(cloud: Cloud) -> None:
    big, small = provider(cloud.admin, {"VCPU": 64, "PGPU": 8}), provider(cloud.admin, {"VCPU": 64, "PGPU": 2})

    def uuids(query: str, version: str = NEWEST) -> set[str]:
        found = cloud.admin.get(f"{PROVIDERS}?{query}", version=version).ok(200)["resource_providers"]
        return {one["uuid"] for one in found}

    assert uuids("resources=PGPU:2") == {big["uuid"], small["uuid"]}
    assert uuids("resources=PGPU:3,VCPU:1") == {big["uuid"]}
    assert uuids("resources=PGPU:9") == uuids(f"resources=PGPU:{2**70}") == set()
    assert uuids(f"uuid={small['uuid']}") == {small["uuid"]}
    assert uuids(f"uuid={small['uuid']}&name={big['name']}") == set()
    assert uuids(f"in_tree={uuid.uuid4()}") == set()
    claim(cloud.admin, (big, {"PGPU": 6}))[1].ok(204)
    assert uuids("resources=PGPU:3") == set()


@pytest.mark.parametrize(
    ("query", "version", "sentence"),
    [
        ("resources=VCPU:1", "1.3", "Additional properties are not allowed ('resources' was unexpected)"),
        ("required=HW_CPU_X86_AVX", "1.17", "Additional properties are not allowed ('required' was unexpected)"),
        ("required=!HW_CPU_X86_AVX", "1.21", "Expected 'required' parameter value of the form"),
        ("required=in:HW_CPU_X86_AVX,HW_CPU_X86_MMX", "1.38", "only supported since microversion 1.39"),
        ("required=in:!HW_CPU_X86_AVX", "1.39", "does not support forbidden traits"),
        ("required=in:HW_CPU_X86_AVX,", "1.39", "Got an empty trait"),
        ("resources=VCPU:1:2", "1.39", "Badly formed resources parameter"),
        (
            "resources=NONESUCH:1",
            "1.39",
            "Invalid resource class in resources parameter: No such resource class NONESUCH.",
        ),
        ("required=NONESUCH", "1.39", 'Invalid trait(s) in "required" parameter: No such trait(s): NONESUCH.'),
        ("member_of=x", "1.39", "Expected 'member_of' parameter to contain valid UUID(s). Got: x"),
        (f"member_of=!{NOWHERE}", "1.31", "Forbidden member_of parameters are not supported"),
        (
            f"member_of={NOWHERE}&member_of={NOWHERE}",
            "1.23",
            "Multiple member_of parameters are not supported",
        ),
        (f"member_of={NOWHERE},{NOWHERE}", "1.39", "must be prefixed with the 'in:'"),
        ("in_tree=x", "1.39", "'x' is not a 'uuid'"),
    ],
)
def test_bad_filters_are_told(cloud: Cloud, query: str, version: str, sentence: str) -> None:
    answer = cloud.admin.get(f"{PROVIDERS}?{query}", version=version)
    assert (answer.status, sentence in said(answer)) == (400, True), said(answer)


def test_inventories_are_set_changed_and_taken(cloud: Cloud) -> None:
    made = provider(cloud.admin)
    path = f"{PROVIDERS}/{made['uuid']}/inventories"
    whole = {"total": 10, "reserved": 2, "min_unit": 2, "max_unit": 4, "step_size": 2, "allocation_ratio": 2.0}
    first = cloud.admin.put(
        path,
        {"resource_provider_generation": 0, "inventories": {"VCPU": whole, "DISK_GB": {"total": 5}}},
        version=NEWEST,
    ).ok(200)
    assert first["resource_provider_generation"] == 1
    assert first["inventories"]["VCPU"] == whole
    assert first["inventories"]["DISK_GB"]["max_unit"] == 2**31 - 1
    added = cloud.admin.post(path, {"resource_class": "PGPU", "total": 1}, version=NEWEST)
    assert added.ok(201)["resource_provider_generation"] == 2
    assert added.headers["location"].endswith(f"{made['uuid']}/inventories/PGPU")
    assert refusal(cloud.admin.post(path, {"resource_class": "PGPU", "total": 1}, version=NEWEST))[::2] == (
        409,
        "placement.concurrent_update",
    )
    one = cloud.admin.put(f"{path}/PGPU", {"resource_provider_generation": 2, "total": 3}, version=NEWEST).ok(200)
    assert (one["total"], one["resource_provider_generation"]) == (3, 3)
    assert cloud.admin.get(f"{path}/PGPU", version=NEWEST).ok(200) == one
    stale = cloud.admin.put(f"{path}/PGPU", {"resource_provider_generation": 2, "total": 3}, version=NEWEST)
    assert refusal(stale) == (409, "resource provider generation conflict", "placement.concurrent_update")
    cloud.admin.delete(f"{path}/PGPU", version=NEWEST).ok(204)
    assert cloud.admin.get(path, version=NEWEST).ok(200)["inventories"].keys() == {"VCPU", "DISK_GB"}
    assert refusal(cloud.admin.delete(path, version="1.4"))[0] == 405
    cloud.admin.delete(path, version="1.5").ok(204)
    assert cloud.admin.get(path, version=NEWEST).ok(200) == {"resource_provider_generation": 5, "inventories": {}}


@pytest.mark.parametrize("name", ["vcpu", "", "\0", "NONESUCH"])
def test_inventories_are_of_classes(cloud: Cloud, name: str) -> None:
    path = f"{PROVIDERS}/{provider(cloud.admin)['uuid']}/inventories"
    for inventory in ({"total": 1}, *([[None]] if name != "NONESUCH" else [])):
        body = {"resource_provider_generation": 0, "inventories": {name: inventory}}
        assert "No such resource class" in said(cloud.admin.put(path, body, version=NEWEST))


def test_reserved_may_be_all_from_1_26_on(cloud: Cloud) -> None:
    path = f"{PROVIDERS}/{provider(cloud.admin)['uuid']}/inventories"
    body = {"resource_class": "VCPU", "total": 4, "reserved": 4}
    assert "greater than or equal to total" in said(cloud.admin.post(path, body, version="1.25"))
    cloud.admin.post(path, body, version="1.26").ok(201)
    more = {"resource_class": "PGPU", "total": 4, "reserved": 5}
    assert said(cloud.admin.post(path, more, version=NEWEST)).endswith("The reserved value is greater than total.")


def test_what_is_held_is_not_taken_away(cloud: Cloud) -> None:
    made = provider(cloud.admin, {"VCPU": 4, "PGPU": 1})
    path = f"{PROVIDERS}/{made['uuid']}"
    claim(cloud.admin, (made, {"VCPU": 3}))[1].ok(204)
    for answer in (
        cloud.admin.delete(f"{path}/inventories", version=NEWEST),
        cloud.admin.put(
            f"{path}/inventories",
            {"resource_provider_generation": 2, "inventories": {"PGPU": {"total": 1}}},
            version=NEWEST,
        ),
        cloud.admin.delete(f"{path}/inventories/VCPU", version=NEWEST),
    ):
        assert (answer.status, "Inventory for 'VCPU'" in said(answer)) == (409, True)
    assert refusal(cloud.admin.delete(path, version=NEWEST))[::2] == (409, "placement.resource_provider.inuse")
    cloud.admin.delete(f"{path}/inventories/PGPU", version=NEWEST).ok(204)
    usages = cloud.admin.get(f"{path}/usages", version=NEWEST).ok(200)
    assert usages == {"resource_provider_generation": 3, "usages": {"VCPU": 3}}
    less = {"resource_provider_generation": 3, "total": 2}
    cloud.admin.put(f"{path}/inventories/VCPU", less, version=NEWEST).ok(200)
    assert cloud.admin.get(f"{path}/usages", version=NEWEST).ok(200)["usages"] == {"VCPU": 3}


def test_a_host_is_a_provider_of_what_it_has(cloud: Cloud) -> None:
    found = host(cloud.admin)
    hypervisors = cloud.admin.get("/compute/v2.1/os-hypervisors/detail", version="2.88").ok(200)["hypervisors"]
    assert found["uuid"] in {one["id"] for one in hypervisors}
    has = cloud.admin.get(f"{PROVIDERS}/{found['uuid']}/inventories", version=NEWEST).ok(200)["inventories"]
    assert has.keys() == {"VCPU", "MEMORY_MB", "DISK_GB"}


def test_members_see_nothing_of_it(cloud: Cloud) -> None:
    member, uuid_ = cloud.project("member").member, host(cloud.admin)["uuid"]
    for path in ("", f"/{uuid_}", f"/{uuid_}/inventories", f"/{uuid_}/usages", f"/{uuid_}/allocations"):
        answer = member.get(f"{PROVIDERS}{path}", version=NEWEST)
        assert (answer.status, said(answer).startswith("Policy does not allow placement:")) == (403, True), path
    assert member.post(PROVIDERS, {"name": fresh()}).status == 403
    assert member.get(f"{API}/usages?project_id={member.project_id}", version=NEWEST).status == 200
    assert member.get(f"{API}/usages?project_id={cloud.admin.project_id}", version=NEWEST).status == 403
