"""Traits, aggregates and resource classes."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from gureum.compute.service.hosts import keep_lent
from tests.api.placement_kit import API, NEWEST, PROVIDERS, custom, host, provider, refusal, said
from tests.cloud import Cloud

TRAITS = f"{API}/traits"
CLASSES = f"{API}/resource_classes"
AVX, MMX = "HW_CPU_X86_AVX", "HW_CPU_X86_MMX"


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.close()


def traits(cloud: Cloud, query: str = "") -> list[str]:
    return cloud.admin.get(f"{TRAITS}{query}", version=NEWEST).ok(200)["traits"]


def test_standard_traits_are_there(cloud: Cloud) -> None:
    assert len(traits(cloud)) > 300
    assert traits(cloud, f"?name=in:{AVX},{MMX},HW_NONESUCH") == [AVX, MMX]
    assert all(name.startswith("STORAGE_DISK") for name in traits(cloud, "?name=startswith:STORAGE_DISK"))
    answer = cloud.admin.get(f"{TRAITS}/{AVX}", version="1.6")
    assert (answer.status, answer.body) == (204, b"")
    assert refusal(cloud.admin.delete(f"{TRAITS}/{AVX}", version=NEWEST))[:2] == (
        400,
        f"Cannot delete standard trait {AVX}.",
    )
    assert cloud.admin.get(TRAITS, version="1.5").status == 404


def test_custom_traits_are_made_and_forgotten(cloud: Cloud) -> None:
    name = custom()
    made = cloud.admin.put(f"{TRAITS}/{name}", version=NEWEST)
    assert (made.status, made.headers["location"]) == (201, f"http://cloud.test:5000/placement/traits/{name}")
    assert cloud.admin.put(f"{TRAITS}/{name}", version=NEWEST).status == 204
    assert name in traits(cloud, "?name=startswith:CUSTOM_")
    cloud.admin.delete(f"{TRAITS}/{name}", version=NEWEST).ok(204)
    assert refusal(cloud.admin.get(f"{TRAITS}/{name}", version=NEWEST))[:2] == (404, f"No such trait(s): {name}.")
    for wrong in ("HW_NONESUCH", "CUSTOM_", "CUSTOM_a", "CUSTOM_" + "A" * 249):
        assert "The trait is invalid." in said(cloud.admin.put(f"{TRAITS}/{wrong}", version=NEWEST))


def test_providers_have_traits(cloud: Cloud) -> None:
    name, one = custom(), provider(cloud.admin)
    cloud.admin.put(f"{TRAITS}/{name}", version=NEWEST).ok(201)
    path = f"{PROVIDERS}/{one['uuid']}/traits"
    assert traits(cloud, "?associated=true&name=startswith:CUSTOM_") == []
    body: dict[str, Any] = {"resource_provider_generation": 0, "traits": [name, AVX]}
    assert cloud.admin.put(path, body, version=NEWEST).ok(200) == {
        "traits": [name, AVX],
        "resource_provider_generation": 1,
    }
    assert cloud.admin.get(path, version=NEWEST).ok(200)["traits"] == [name, AVX]
    assert traits(cloud, "?associated=true&name=startswith:CUSTOM_") == [name]
    assert name not in traits(cloud, "?associated=false")
    assert refusal(cloud.admin.put(path, body, version=NEWEST))[::2] == (409, "placement.concurrent_update")
    wrong = {"resource_provider_generation": 1, "traits": [custom()]}
    assert said(cloud.admin.put(path, wrong, version=NEWEST)) == f"No such trait {wrong['traits'][0]}"
    assert said(cloud.admin.delete(f"{TRAITS}/{name}", version=NEWEST)) == (
        f"The trait {name} is in use by a resource provider."
    )
    cloud.admin.delete(path, version=NEWEST).ok(204)
    assert cloud.admin.get(path, version=NEWEST).ok(200) == {"traits": [], "resource_provider_generation": 2}


def test_a_list_of_providers_asks_for_traits(cloud: Cloud) -> None:
    gold, silver = custom(), custom()
    for name in (gold, silver):
        cloud.admin.put(f"{TRAITS}/{name}", version=NEWEST).ok(201)
    both, one = provider(cloud.admin, traits=[gold, silver]), provider(cloud.admin, traits=[gold])

    def uuids(query: str, version: str = NEWEST) -> set[str]:
        found = cloud.admin.get(f"{PROVIDERS}?{query}", version=version).ok(200)["resource_providers"]
        return {found_one["uuid"] for found_one in found}

    assert uuids(f"required={gold}", "1.18") == {both["uuid"], one["uuid"]}
    assert uuids(f"required={gold},{silver}") == uuids(f"required={gold}&required={silver}") == {both["uuid"]}
    assert uuids(f"required={gold},!{silver}", "1.22") == {one["uuid"]}
    assert uuids(f"required=in:{gold},{silver}") == {both["uuid"], one["uuid"]}
    assert uuids(f"required={gold}&required={silver}", "1.38") == {both["uuid"]}


def test_a_hosts_report_owns_some_traits(cloud: Cloud) -> None:
    here = host(cloud.admin)
    path, name = f"{PROVIDERS}/{here['uuid']}/traits", custom()
    cloud.admin.put(f"{TRAITS}/{name}", version=NEWEST).ok(201)
    found = cloud.admin.get(path, version=NEWEST).ok(200)
    assert {"COMPUTE_NODE", "COMPUTE_ARCH_X86_64"} <= set(found["traits"])
    body = {
        "resource_provider_generation": found["resource_provider_generation"],
        "traits": [name, "COMPUTE_TRUSTED_CERTS"],
    }
    cloud.admin.put(path, body, version=NEWEST).ok(200)
    services = "/compute/v2.1/os-services"
    service = next(
        one for one in cloud.admin.get(services, version="2.96").ok(200)["services"] if one["binary"] == "nova-compute"
    )
    cloud.admin.put(f"{services}/{service['id']}", {"status": "disabled"}, version="2.96").ok(200)
    now = set(cloud.admin.get(path, version=NEWEST).ok(200)["traits"])
    assert now == {*found["traits"], name, "COMPUTE_STATUS_DISABLED"}
    cloud.admin.put(f"{services}/{service['id']}", {"status": "enabled"}, version="2.96").ok(200)
    assert set(cloud.admin.get(path, version=NEWEST).ok(200)["traits"]) == {*found["traits"], name}


def test_aggregates(cloud: Cloud) -> None:
    one, other = provider(cloud.admin), provider(cloud.admin)
    path, red, blue = f"{PROVIDERS}/{one['uuid']}/aggregates", str(uuid.uuid4()), str(uuid.uuid4())
    assert cloud.admin.put(path, [red], version="1.1").ok(200) == {"aggregates": [red]}
    assert cloud.admin.get(path, version="1.19").ok(200) == {"aggregates": [red], "resource_provider_generation": 0}
    body = {"aggregates": [red, blue], "resource_provider_generation": 0}
    assert cloud.admin.put(path, body, version=NEWEST).ok(200)["resource_provider_generation"] == 1
    assert refusal(cloud.admin.put(path, body, version=NEWEST)) == (
        409,
        "Resource provider's generation already changed. Please update the generation and try again.",
        "placement.concurrent_update",
    )
    assert cloud.admin.get(path, version="1.0").status == 404
    cloud.admin.put(f"{PROVIDERS}/{other['uuid']}/aggregates", [blue], version="1.18").ok(200)

    def uuids(query: str, version: str = NEWEST) -> set[str]:
        found = cloud.admin.get(f"{PROVIDERS}?{query}", version=version).ok(200)["resource_providers"]
        return {found_one["uuid"] for found_one in found} & {one["uuid"], other["uuid"]}

    assert uuids(f"member_of={red}", "1.3") == {one["uuid"]}
    assert uuids(f"member_of=in:{red},{blue}", "1.3") == {one["uuid"], other["uuid"]}
    assert uuids(f"member_of={red}&member_of={blue}", "1.24") == {one["uuid"]}
    assert uuids(f"member_of={blue}&member_of=!{red}", "1.32") == {other["uuid"]}
    assert uuids(f"member_of=!in:{red},{blue}") == set()


def test_resource_classes(cloud: Cloud) -> None:
    name, other = custom(), custom()
    listed = cloud.admin.get(CLASSES, version=NEWEST).ok(200)["resource_classes"]
    assert listed[0] == {"name": "VCPU", "links": [{"rel": "self", "href": "/placement/resource_classes/VCPU"}]}
    made = cloud.admin.post(CLASSES, {"name": name}, version="1.2")
    assert (made.status, made.body, made.headers["location"].rpartition("/")[2]) == (201, b"", name)
    assert cloud.admin.get(f"{CLASSES}/{name}", version=NEWEST).ok(200)["name"] == name
    assert cloud.admin.post(CLASSES, {"name": name}, version=NEWEST).status == 409
    assert cloud.admin.put(f"{CLASSES}/{other}", version="1.7").status == 201
    assert cloud.admin.put(f"{CLASSES}/{other}", version="1.7").status == 204
    one = provider(cloud.admin, {name: 4})
    assert "Class is in use in inventory" in said(cloud.admin.delete(f"{CLASSES}/{name}", version=NEWEST))
    renamed = custom()
    cloud.admin.put(f"{CLASSES}/{name}", {"name": renamed}, version="1.6").ok(200)
    has = cloud.admin.get(f"{PROVIDERS}/{one['uuid']}/inventories", version=NEWEST).ok(200)["inventories"]
    assert (list(has), cloud.admin.get(f"{CLASSES}/{name}", version=NEWEST).status) == ([renamed], 404)
    assert cloud.admin.put(f"{CLASSES}/{other}", {"name": renamed}, version="1.6").status == 409
    assert cloud.admin.put(f"{CLASSES}/VCPU", {"name": custom()}, version="1.6").status == 400
    cloud.admin.delete(f"{CLASSES}/{other}", version=NEWEST).ok(204)
    assert refusal(cloud.admin.delete(f"{CLASSES}/VCPU", version=NEWEST))[0] == 400
    assert cloud.admin.get(CLASSES, version="1.1").status == 404


def test_members_may_not(cloud: Cloud) -> None:
    member = cloud.project("member").member
    for method, path in (
        ("GET", TRAITS),
        ("PUT", f"{TRAITS}/{custom()}"),
        ("GET", f"{TRAITS}/{AVX}"),
        ("DELETE", f"{TRAITS}/{AVX}"),
        ("GET", CLASSES),
        ("PUT", f"{CLASSES}/{custom()}"),
        ("DELETE", f"{CLASSES}/VCPU"),
        ("GET", f"{PROVIDERS}/{uuid.uuid4()}/traits"),
        ("GET", f"{PROVIDERS}/{uuid.uuid4()}/aggregates"),
        ("GET", f"{API}/allocation_candidates?resources=VCPU:1"),
    ):
        assert member.call(method, path, version=NEWEST).status == 403, path


def test_what_clients_write_over_a_report_is_put_right(cloud: Cloud) -> None:
    here, name = host(cloud.admin), custom("C_")
    path = f"{PROVIDERS}/{here['uuid']}"
    cloud.admin.put(f"{CLASSES}/{name}", version=NEWEST).ok(201)
    before = cloud.admin.get(f"{path}/inventories", version=NEWEST).ok(200)
    whole = {"VCPU": {"total": 1}, name: {"total": 7}}
    body = {"resource_provider_generation": before["resource_provider_generation"], "inventories": whole}
    cloud.admin.put(f"{path}/inventories", body, version=NEWEST).ok(200)
    cloud.admin.put(path, {"name": "elsewhere"}, version=NEWEST).ok(200)
    job = keep_lent(1)
    assert (cloud.control.database.write(job), cloud.control.database.write(job)) == (1, 0)
    after = cloud.admin.get(f"{path}/inventories", version=NEWEST).ok(200)
    assert after["inventories"].pop(name)["total"] == 7
    assert after["inventories"] == before["inventories"]
    assert cloud.admin.get(path, version=NEWEST).ok(200)["name"] == here["name"]
    generation = after["resource_provider_generation"]
    assert cloud.control.database.write(job) == 0
    assert cloud.admin.get(path, version=NEWEST).ok(200)["generation"] == generation


def test_a_deleted_provider_of_a_host_comes_back(cloud: Cloud) -> None:
    here = host(cloud.admin)
    cloud.admin.delete(f"{PROVIDERS}/{here['uuid']}", version=NEWEST).ok(204)
    taken = provider(cloud.admin, name=here["name"])
    job = keep_lent(500)
    assert cloud.control.database.write(job) == 1
    assert cloud.admin.get(f"{PROVIDERS}/{here['uuid']}", version=NEWEST).ok(200)["name"] == here["name"]
    renamed = cloud.admin.get(f"{PROVIDERS}/{taken['uuid']}", version=NEWEST).ok(200)["name"]
    assert renamed == f"{here['name']} {taken['uuid']}"
