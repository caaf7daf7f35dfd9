"""Allocations through the API: counted against the same capacity as servers, seen and checked by generations."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.placement_kit import API, NEWEST, PROVIDERS, claim, host, provider, refusal, said
from tests.api.server_kit import kit
from tests.cloud import Cloud

ALLOCATIONS = f"{API}/allocations"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.close()


def held(cloud: Cloud, consumer: str, version: str = NEWEST) -> Any:
    return cloud.admin.get(f"{ALLOCATIONS}/{consumer}", version=version).ok(200)


def used(cloud: Cloud, one: dict[str, Any]) -> dict[str, int]:
    return cloud.admin.get(f"{PROVIDERS}/{one['uuid']}/usages", version=NEWEST).ok(200)["usages"]


def test_held_changed_and_given_back(cloud: Cloud) -> None:
    first, second = provider(cloud.admin, {"VCPU": 4, "PGPU": 2}), provider(cloud.admin, {"VCPU": 4})
    consumer, answer = claim(cloud.admin, (first, {"VCPU": 3, "PGPU": 1}), (second, {"VCPU": 4}))
    answer.ok(204)
    shown = held(cloud, consumer)
    assert shown["allocations"] == {
        first["uuid"]: {"resources": {"VCPU": 3, "PGPU": 1}, "generation": 2},
        second["uuid"]: {"resources": {"VCPU": 4}, "generation": 2},
    }
    assert (shown["consumer_generation"], shown["consumer_type"]) == (1, "TEST")
    assert (shown["project_id"], shown["user_id"]) == (cloud.admin.project_id, cloud.admin.user_id)
    of_provider = cloud.admin.get(f"{PROVIDERS}/{first['uuid']}/allocations", version=NEWEST).ok(200)
    assert of_provider == {
        "allocations": {consumer: {"resources": {"VCPU": 3, "PGPU": 1}, "consumer_generation": 1}},
        "resource_provider_generation": 2,
    }
    claim(cloud.admin, (first, {"VCPU": 1}), consumer=consumer, consumer_generation=1)[1].ok(204)
    assert (used(cloud, first), used(cloud, second)) == ({"VCPU": 1, "PGPU": 0}, {"VCPU": 0})
    cloud.admin.delete(f"{ALLOCATIONS}/{consumer}", version=NEWEST).ok(204)
    assert used(cloud, first) == {"VCPU": 0, "PGPU": 0}
    assert held(cloud, consumer) == {"allocations": {}}
    gone = cloud.admin.delete(f"{ALLOCATIONS}/{consumer}", version=NEWEST)
    assert refusal(gone)[:2] == (404, f"No allocations for consumer '{consumer}'")


def test_the_form_is_that_of_the_version(cloud: Cloud) -> None:
    one, consumer = provider(cloud.admin, {"VCPU": 9}), str(uuid.uuid4())
    path = f"{ALLOCATIONS}/{consumer}"
    listed = [{"resource_provider": {"uuid": one["uuid"]}, "resources": {"VCPU": 1}}]
    owner = {"project_id": "p" * 32, "user_id": "u" * 32}
    cloud.admin.put(path, {"allocations": listed}, version="1.0").ok(204)
    assert held(cloud, consumer, "1.11").keys() == {"allocations"}
    assert held(cloud, consumer, "1.12")["project_id"] == "00000000-0000-0000-0000-000000000000"
    assert cloud.admin.put(path, {"allocations": listed}, version="1.8").status == 400
    cloud.admin.put(path, {"allocations": listed} | owner, version="1.8").ok(204)
    mapped = {one["uuid"]: {"resources": {"VCPU": 2}}}
    cloud.admin.put(path, {"allocations": mapped} | owner, version="1.12").ok(204)
    assert (held(cloud, consumer, "1.27").keys(), held(cloud, consumer)["consumer_type"]) == (
        {"allocations", "project_id", "user_id"},
        "unknown",
    )
    assert cloud.admin.put(path, {"allocations": {}} | owner, version="1.27").status == 400
    later = {"allocations": mapped, "consumer_generation": 3} | owner
    cloud.admin.put(path, later, version="1.28").ok(204)
    later |= {"consumer_generation": 4, "mappings": {"": [one["uuid"]], "_A": [one["uuid"]]}}
    assert cloud.admin.put(path, later, version="1.33").status == 400
    cloud.admin.put(path, later, version="1.34").ok(204)
    later |= {"consumer_generation": 5, "consumer_type": "MIGRATION"}
    assert cloud.admin.put(path, later, version="1.37").status == 400
    cloud.admin.put(path, later, version="1.38").ok(204)
    assert held(cloud, consumer)["consumer_type"] == "MIGRATION"
    cloud.admin.put(path, later | {"allocations": {}, "consumer_generation": 6}, version="1.38").ok(204)
    assert held(cloud, consumer) == {"allocations": {}}


def test_generations_of_consumers_are_checked(cloud: Cloud) -> None:
    one = provider(cloud.admin, {"VCPU": 9})
    consumer, answer = claim(cloud.admin, (one, {"VCPU": 1}), consumer_generation=0)
    assert refusal(answer) == (
        409,
        "consumer generation conflict - expected null but got 0",
        "placement.concurrent_update",
    )
    claim(cloud.admin, (one, {"VCPU": 1}), consumer=consumer)[1].ok(204)
    _, again = claim(cloud.admin, (one, {"VCPU": 1}), consumer=consumer)
    assert said(again) == "consumer generation conflict - expected 1 but got None"


@pytest.mark.parametrize(
    ("inventory", "amount", "sentence"),
    [
        ({"total": 4, "reserved": 1}, 4, "would exceed the capacity"),
        ({"total": 4, "allocation_ratio": 2.0}, 9, "would exceed the capacity"),
        ({"total": 4}, 2**80, "would violate inventory constraints"),
        ({"total": 4, "min_unit": 2}, 1, "would violate inventory constraints"),
        ({"total": 4, "max_unit": 2}, 3, "would violate inventory constraints"),
        ({"total": 4, "step_size": 2}, 3, "would violate inventory constraints"),
    ],
)
def test_no_more_than_there_is(cloud: Cloud, inventory: dict[str, Any], amount: int, sentence: str) -> None:
    one = provider(cloud.admin, {"VCPU": inventory})
    _, answer = claim(cloud.admin, (one, {"VCPU": amount}))
    assert (answer.status, sentence in said(answer)) == (409, True), said(answer)
    assert used(cloud, one) == {"VCPU": 0}


def test_nothing_of_what_is_not_there(cloud: Cloud) -> None:
    one = provider(cloud.admin, {"VCPU": 1})
    _, answer = claim(cloud.admin, (one, {"PGPU": 1}))
    assert refusal(answer)[:2] == (
        409,
        f"Unable to allocate inventory: Inventory for 'PGPU' on resource provider '{one['uuid']}' invalid.",
    )
    _, answer = claim(cloud.admin, (one, {"NONESUCH": 1}))
    assert refusal(answer)[:2] == (400, "Unable to allocate inventory No such resource class NONESUCH.")
    nobody = {"uuid": str(uuid.uuid4())}
    _, answer = claim(cloud.admin, (nobody, {"VCPU": 1}))
    assert refusal(answer)[:2] == (400, f"Allocation for resource provider '{nobody['uuid']}' that does not exist.")


def test_who_shrank_gives_back_step_by_step(cloud: Cloud) -> None:
    one = provider(cloud.admin, {"VCPU": 8})
    consumer, answer = claim(cloud.admin, (one, {"VCPU": 8}))
    answer.ok(204)
    less = {"resource_provider_generation": 2, "total": 2}
    cloud.admin.put(f"{PROVIDERS}/{one['uuid']}/inventories/VCPU", less, version=NEWEST).ok(200)
    claim(cloud.admin, (one, {"VCPU": 6}), consumer=consumer, consumer_generation=1)[1].ok(204)
    assert claim(cloud.admin, (one, {"VCPU": 7}), consumer=consumer, consumer_generation=2)[1].status == 409
    assert claim(cloud.admin, (one, {"VCPU": 1}))[1].status == 409


def test_several_consumers_change_at_once_or_not_at_all(cloud: Cloud) -> None:
    one = provider(cloud.admin, {"VCPU": 4})
    source, answer = claim(cloud.admin, (one, {"VCPU": 4}))
    answer.ok(204)
    target = str(uuid.uuid4())
    owner = {"project_id": "p" * 32, "user_id": "u" * 32, "consumer_type": "TEST"}
    taken = {"allocations": {one["uuid"]: {"resources": {"VCPU": 4}}}, "consumer_generation": None} | owner
    assert cloud.admin.post(ALLOCATIONS, {target: taken}, version=NEWEST).status == 409
    emptied = {"allocations": {}, "consumer_generation": 1} | owner
    wrong = emptied | {"consumer_generation": 7}
    assert cloud.admin.post(ALLOCATIONS, {target: taken, source: wrong}, version=NEWEST).status == 409
    assert (held(cloud, target)["allocations"], used(cloud, one)) == ({}, {"VCPU": 4})
    cloud.admin.post(ALLOCATIONS, {target: taken, source: emptied}, version=NEWEST).ok(204)
    assert (held(cloud, source)["allocations"], list(held(cloud, target)["allocations"])) == ({}, [one["uuid"]])
    assert cloud.admin.post(ALLOCATIONS, {target: taken}, version="1.12").status == 404


def test_a_server_is_a_consumer_and_others_take_its_room(cloud: Cloud) -> None:
    here, made = host(cloud.admin), kit(cloud)
    shown = held(cloud, made.server())
    assert (shown["consumer_type"], shown["project_id"]) == ("INSTANCE", made.tenant.id)
    assert shown["allocations"][here["uuid"]]["resources"].keys() <= {"VCPU", "MEMORY_MB", "DISK_GB"}
    before = used(cloud, here)["MEMORY_MB"]
    has = cloud.admin.get(f"{PROVIDERS}/{here['uuid']}/inventories/MEMORY_MB", version=NEWEST).ok(200)
    free = int((has["total"] - has["reserved"]) * has["allocation_ratio"]) - before
    consumer, answer = claim(cloud.admin, (here, {"MEMORY_MB": free}))
    answer.ok(204)
    refused = made.rest(made.create(), "ERROR")
    assert "No valid host" in refused["fault"]["message"]
    cloud.admin.delete(f"{ALLOCATIONS}/{consumer}", version=NEWEST).ok(204)
    made.server()


def test_usages_of_a_project(cloud: Cloud) -> None:
    one, project = provider(cloud.admin, {"VCPU": 99, "PGPU": 9}), uuid.uuid4().hex
    for kind, user, amount in (("A", "u1", 1), ("A", "u2", 2), ("B", "u1", 4)):
        claim(cloud.admin, (one, {"VCPU": amount, "PGPU": 1}), project_id=project, user_id=user, consumer_type=kind)[
            1
        ].ok(204)
    older = {"project_id": project, "user_id": "u1", "allocations": {one["uuid"]: {"resources": {"VCPU": 8}}}}
    cloud.admin.put(f"{ALLOCATIONS}/{uuid.uuid4()}", older, version="1.12").ok(204)

    def usages(query: str, version: str = NEWEST) -> Any:
        return cloud.admin.get(f"{API}/usages?project_id={project}{query}", version=version).ok(200)["usages"]

    assert usages("", "1.37") == {"VCPU": 15, "PGPU": 3}
    assert usages("&user_id=u1", "1.9") == {"VCPU": 13, "PGPU": 2}
    assert usages("") == {
        "A": {"consumer_count": 2, "VCPU": 3, "PGPU": 2},
        "B": {"consumer_count": 1, "VCPU": 4, "PGPU": 1},
        "unknown": {"consumer_count": 1, "VCPU": 8},
    }
    assert usages("&consumer_type=all") == {"all": {"consumer_count": 4, "VCPU": 15, "PGPU": 3}}
    assert usages("&consumer_type=B&user_id=u1") == {"B": {"consumer_count": 1, "VCPU": 4, "PGPU": 1}}
    assert usages("&consumer_type=unknown") == {"unknown": {"consumer_count": 1, "VCPU": 8}}
    assert usages("&consumer_type=C") == {}
    assert cloud.admin.get(f"{API}/usages?project_id={project}", version="1.8").status == 404
