"""Allocation candidates, and the reshaper."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from gureum.kernel.store.tx import Tx
from gureum.placement.provider import SHARES
from gureum.placement.store.aggregates import provider_aggregates
from gureum.placement.store.forest import AT_ONCE
from gureum.placement.store.inventories import inventories
from gureum.placement.store.providers import providers
from tests.api.placement_kit import API, NEWEST, NOWHERE, PROVIDERS, claim, custom, host, provider, refusal, said
from tests.cloud import PASSWORD, Client, Cloud

CANDIDATES = f"{API}/allocation_candidates"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud(hosts=2)
    yield cloud
    cloud.close()


def candidates(cloud: Cloud, query: str, version: str = NEWEST) -> Any:
    return cloud.admin.get(f"{CANDIDATES}?{query}", version=version).ok(200)


def new_class(cloud: Cloud) -> str:
    name = custom("C_")
    cloud.admin.put(f"{API}/resource_classes/{name}", version=NEWEST).ok(201)
    return name


def test_hosts_are_candidates(cloud: Cloud) -> None:
    found = candidates(cloud, "resources=VCPU:1,MEMORY_MB:64")
    assert len(found["allocation_requests"]) == 2
    here = host(cloud.admin)["uuid"]
    wanted = {"resources": {"VCPU": 1, "MEMORY_MB": 64}}
    assert {"allocations": {here: wanted}, "mappings": {"": [here]}} in found["allocation_requests"]
    summary = found["provider_summaries"][here]
    assert summary["resources"].keys() == {"VCPU", "MEMORY_MB", "DISK_GB"}
    assert summary["resources"]["VCPU"]["used"] == 0
    assert (summary["root_provider_uuid"], "COMPUTE_NODE" in summary["traits"]) == (here, True)
    limited = candidates(cloud, "resources=VCPU:1&limit=1")
    assert (len(limited["allocation_requests"]), len(limited["provider_summaries"])) == (1, 1)
    assert candidates(cloud, "resources=VCPU:1&required=COMPUTE_STATUS_DISABLED") == {
        "allocation_requests": [],
        "provider_summaries": {},
    }


def test_what_a_candidate_says_can_be_held(cloud: Cloud) -> None:
    name = new_class(cloud)
    one = provider(cloud.admin, {name: 4})
    (found,) = candidates(cloud, f"resources={name}:3")["allocation_requests"]
    consumer = str(uuid.uuid4())
    owner = {"project_id": "p", "user_id": "u", "consumer_generation": None, "consumer_type": "TEST"}
    cloud.admin.put(f"{API}/allocations/{consumer}", found | owner, version=NEWEST).ok(204)
    assert candidates(cloud, f"resources={name}:3")["allocation_requests"] == []
    assert candidates(cloud, f"resources={name}:1")["provider_summaries"][one["uuid"]]["resources"] == {
        name: {"capacity": 4, "used": 3}
    }


def test_the_form_is_that_of_the_version(cloud: Cloud) -> None:
    name, other = new_class(cloud), new_class(cloud)
    one = provider(cloud.admin, {name: 4, other: 1})["uuid"]
    query = f"resources={name}:1"
    assert cloud.admin.get(f"{CANDIDATES}?{query}", version="1.9").status == 404
    assert candidates(cloud, query, "1.10") == {
        "allocation_requests": [{"allocations": [{"resource_provider": {"uuid": one}, "resources": {name: 1}}]}],
        "provider_summaries": {one: {"resources": {name: {"capacity": 4, "used": 0}}}},
    }
    mapped = [{"allocations": {one: {"resources": {name: 1}}}}]
    assert candidates(cloud, query, "1.12")["allocation_requests"] == mapped
    assert candidates(cloud, query, "1.17")["provider_summaries"][one].keys() == {"resources", "traits"}
    assert candidates(cloud, query, "1.26")["provider_summaries"][one]["resources"].keys() == {name}
    assert candidates(cloud, query, "1.27")["provider_summaries"][one]["resources"].keys() == {name, other}
    assert len(candidates(cloud, query, "1.29")["provider_summaries"][one]) == 4
    assert candidates(cloud, query, "1.33")["allocation_requests"] == mapped
    assert candidates(cloud, query, "1.34")["allocation_requests"] == [mapped[0] | {"mappings": {"": [one]}}]


def test_trees_sharing_and_groups(cloud: Cloud) -> None:
    cpu, disk, nic, pool = (new_class(cloud) for _ in range(4))
    top = provider(cloud.admin, {disk: 10}, aggregates=[pool_id := str(uuid.uuid4())])
    left = provider(cloud.admin, {cpu: 4}, parent_provider_uuid=top["uuid"])
    right = provider(cloud.admin, {cpu: 4}, parent_provider_uuid=top["uuid"])
    port = provider(cloud.admin, {nic: 2}, parent_provider_uuid=right["uuid"])
    shared = provider(cloud.admin, {pool: 100}, traits=[SHARES], aggregates=[pool_id])

    def used(query: str, version: str = NEWEST) -> list[set[str]]:
        return [set(one["allocations"]) for one in candidates(cloud, query, version)["allocation_requests"]]

    both = [{top["uuid"], left["uuid"]}, {top["uuid"], right["uuid"]}]
    assert used(f"resources={cpu}:1,{disk}:1") == both
    assert used(f"resources={cpu}:1,{disk}:1", "1.28") == []
    assert used(f"resources={cpu}:1,{pool}:1", "1.28") == [
        {left["uuid"], shared["uuid"]},
        {right["uuid"], shared["uuid"]},
    ]
    assert used(f"resources={cpu}:1&in_tree={port['uuid']}") == [{left["uuid"]}, {right["uuid"]}]
    assert used(f"resources={cpu}:1&in_tree={shared['uuid']}") == []
    groups = f"resources_C={cpu}:1&resources_N={nic}:1&group_policy=none"
    assert used(groups) == [{left["uuid"], port["uuid"]}, {right["uuid"], port["uuid"]}]
    assert used(f"{groups}&same_subtree=_C,_N") == [{right["uuid"], port["uuid"]}]
    isolated = f"resources1={cpu}:2&resources2={cpu}:2&group_policy=isolate"
    assert used(isolated) == [{left["uuid"], right["uuid"]}] * 2
    assert used(isolated, "1.25") == []
    assert used(f"resources={cpu}:1&member_of={pool_id}") == [{left["uuid"]}, {right["uuid"]}]
    assert used(f"resources={cpu}:1&member_of=!{pool_id}") == []
    summaries = candidates(cloud, f"resources={nic}:1")["provider_summaries"]
    assert summaries.keys() == {top["uuid"], left["uuid"], right["uuid"], port["uuid"]}
    assert summaries[port["uuid"]]["parent_provider_uuid"] == right["uuid"]


@pytest.mark.parametrize(
    ("query", "version", "sentence", "code"),
    [
        ("resources=VCPU:1&limit=1", "1.15", "('limit' was unexpected)", ""),
        ("resources=VCPU:1&required=HW_NUMA_ROOT", "1.16", "('required' was unexpected)", ""),
        ("resources=VCPU:1&resources1=VCPU:1", "1.24", "('resources1' was unexpected)", "undefined_code"),
        ("resources_A=VCPU:1", "1.32", "'resources_A' does not match any of the regexes", "undefined_code"),
        ("required=HW_NUMA_ROOT", "1.35", "orphaned traits keys: required", "undefined_code"),
        (
            f"resources=VCPU:1&member_of1={NOWHERE}",
            "1.35",
            "orphaned member_of keys: member_of1",
            "undefined_code",
        ),
        (
            f"resources=VCPU:1&in_tree1={NOWHERE}",
            "1.35",
            "All request groups must specify resources",
            "undefined_code",
        ),
        ("required_A=HW_NUMA_ROOT&same_subtree=_A", "1.36", "at least one resources or", "query.missing_value"),
        ("resources=VCPU:1&required_A=HW_NUMA_ROOT", "1.36", "bad group(s) - ['_A']", "query.bad_value"),
        ("resources=VCPU:1&same_subtree=", "1.36", "Empty string (unsuffixed group)", "query.bad_value"),
        ("resources=VCPU:1&required=HW_NUMA_ROOT,!HW_NUMA_ROOT", "1.39", "required: (HW_NUMA_ROOT)", "undefined_code"),
        (
            "resources=VCPU:1&root_required=HW_NUMA_ROOT,!HW_NUMA_ROOT",
            "1.39",
            "root_required: HW_NUMA",
            "query.bad_value",
        ),
        (
            "resources=VCPU:1&root_required=HW_NUMA_ROOT&root_required=HW_NUMA_ROOT",
            "1.39",
            "once",
            "query.duplicate_key",
        ),
        ("resources=VCPU:1&root_required=NONESUCH", "1.39", "No such trait(s): NONESUCH.", "undefined_code"),
    ],
)
def test_bad_requests_are_told(cloud: Cloud, query: str, version: str, sentence: str, code: str) -> None:
    status, words, given = refusal(cloud.admin.get(f"{CANDIDATES}?{query}", version=version))
    assert (status, sentence in words, given.removeprefix("placement.")) == (400, True, code), words


def test_as_many_queries_for_many_providers_as_for_few(cloud: Cloud) -> None:
    name = new_class(cloud)
    engine = cloud.control.database.engine
    asked: list[str] = []

    def count(path: str) -> int:
        """The least of several times: others may ask at the same time."""
        found: list[int] = []
        for _ in range(4):
            asked.clear()
            cloud.admin.get(path, version=NEWEST).ok(200)
            found.append(len(asked))
        return min(found)

    def note(*details: Any) -> None:
        asked.append(details[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        paths = (
            f"{CANDIDATES}?resources={name}:1",
            f"{PROVIDERS}?resources={name}:1",
            f"{CANDIDATES}?resources1={name}:1",
        )
        provider(cloud.admin, {name: 1})
        few = [count(path) for path in paths]
        for _ in range(12):
            provider(cloud.admin, {name: 1})
        assert [count(path) for path in paths] == few
        assert all(number > 2 for number in few), few
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_more_trees_than_are_read_at_once(cloud: Cloud) -> None:
    name, shared = new_class(cloud), new_class(cloud)
    zone, model = str(uuid.uuid4()), provider(cloud.admin, {name: 1})["uuid"]
    sharing = provider(cloud.admin, {shared: 1000}, traits=[SHARES], aggregates=[zone])["uuid"]
    uuids = [str(uuid.uuid4()) for _ in range(2 * AT_ONCE + 20)]

    def add(tx: Tx) -> None:
        like = dict(tx.all(sa.select(providers).where(providers.c.uuid == model))[0]._mapping)
        has = dict(tx.all(sa.select(inventories).where(inventories.c.provider == model))[0]._mapping)
        later = ((id, like["created_at"] + number) for number, id in enumerate(uuids, 1))
        rows = [like | {"uuid": id, "root": id, "name": id, "created_at": when} for id, when in later]
        tx.conn.execute(providers.insert(), rows)
        tx.conn.execute(inventories.insert(), [has | {"provider": id} for id in uuids])
        tx.insert(provider_aggregates, provider=uuids[AT_ONCE + 10], aggregate=zone)

    cloud.write(add)
    found = candidates(cloud, f"resources={name}:1")
    order = [next(iter(one["allocations"])) for one in found["allocation_requests"]]
    assert order == [model, *uuids]
    assert found["provider_summaries"].keys() == {model, *uuids}
    limited = candidates(cloud, f"resources={name}:1&limit=3")
    assert [next(iter(one["allocations"])) for one in limited["allocation_requests"]] == [model, *uuids[:2]]
    (both,) = candidates(cloud, f"resources={name}:1,{shared}:1")["allocation_requests"]
    assert both["allocations"].keys() == {uuids[AT_ONCE + 10], sharing}


@pytest.fixture(scope="module")
def service(cloud: Cloud) -> Client:
    """Who may reshape: upstream leaves it to services alone."""
    ids = {role["name"]: role["id"] for role in cloud.admin.get("/v3/roles").ok(200)["roles"]}
    user = {"user": {"name": "reshaper", "password": PASSWORD, "domain_id": "default"}}
    id = cloud.admin.post("/v3/users", user).ok(201)["user"]["id"]
    cloud.admin.put(f"/v3/projects/{cloud.admin.project_id}/users/{id}/roles/{ids['service']}").ok(204)
    return cloud.login("reshaper", PASSWORD, "admin")


def shape(generation: int, **totals: int) -> dict[str, Any]:
    return {
        "resource_provider_generation": generation,
        "inventories": {name: {"total": total} for name, total in totals.items()},
    }


def test_the_reshaper_moves_what_is_held(cloud: Cloud, service: Client) -> None:
    old = provider(cloud.admin, {"VGPU": 4, "VCPU": 8})
    new = provider(cloud.admin, parent_provider_uuid=old["uuid"])
    consumer, answer = claim(cloud.admin, (old, {"VGPU": 3, "VCPU": 2}))
    answer.ok(204)
    moved = {
        "allocations": {old["uuid"]: {"resources": {"VCPU": 2}}, new["uuid"]: {"resources": {"VGPU": 3}}},
        "project_id": "p",
        "user_id": "u",
        "consumer_generation": 1,
        "consumer_type": "TEST",
    }
    body = {
        "inventories": {old["uuid"]: shape(2, VCPU=8), new["uuid"]: shape(0, VGPU=4)},
        "allocations": {consumer: moved},
    }
    assert cloud.admin.post(f"{API}/reshaper", body, version=NEWEST).status == 403
    assert service.post(f"{API}/reshaper", body, version="1.29").status == 404
    stale = body | {"inventories": body["inventories"] | {new["uuid"]: shape(7, VGPU=4)}}
    assert refusal(service.post(f"{API}/reshaper", stale, version=NEWEST))[::2] == (409, "placement.concurrent_update")
    kept = body | {"allocations": {}}
    assert refusal(service.post(f"{API}/reshaper", kept, version=NEWEST))[::2] == (409, "placement.inventory.inuse")
    strange = body | {"inventories": {str(uuid.uuid4()): shape(0)}}
    assert refusal(service.post(f"{API}/reshaper", strange, version=NEWEST))[::2] == (
        400,
        "placement.resource_provider.not_found",
    )
    unknown = body | {"inventories": {new["uuid"]: shape(0, NONESUCH=1)}}
    assert "No such resource class NONESUCH" in said(service.post(f"{API}/reshaper", unknown, version=NEWEST))
    service.post(f"{API}/reshaper", body, version=NEWEST).ok(204)
    usages = [
        cloud.admin.get(f"{PROVIDERS}/{one['uuid']}/usages", version=NEWEST).ok(200)["usages"] for one in (old, new)
    ]
    assert usages == [{"VCPU": 2}, {"VGPU": 3}]
