"""Lists: filters, sorts, pages."""

from typing import Any

import pytest

from tests.api.image_kit import active, ids, message, new
from tests.cloud import Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project()


@pytest.fixture(scope="module")
def shelf(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """Images by name, oldest first."""
    made = [
        active(tenant.member, b"x" * 10, name="apple", colour="red", tags=["fruit", "round"]),
        active(tenant.member, b"x" * 30, name="banana", colour="yellow", tags=["fruit"], protected=True),
        new(tenant.member, name="carrot", disk_format="qcow2", min_disk=3, visibility="private"),
        new(tenant.member, name="dill, fresh", container_format="ami", disk_format="ami"),
        new(tenant.member, name="hidden", os_hidden=True),
    ]
    return {one["name"]: one for one in made}


def names(tenant: Tenant, query: str) -> list[str]:
    return [one["name"] for one in tenant.reader.get(f"/image/v2/images?{query}").ok(200)["images"]]


ALL = ["dill, fresh", "carrot", "banana", "apple"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("name=apple", ["apple"]),
        ("name=in:apple,carrot,zebra", ["carrot", "apple"]),
        ("name=in:%22dill, fresh%22,apple", ["dill, fresh", "apple"]),
        ("status=active", ["banana", "apple"]),
        ("status=in:queued,saving", ["dill, fresh", "carrot"]),
        ("status=bogus", []),
        ("visibility=private", ["carrot"]),
        ("visibility=shared", ["dill, fresh", "banana", "apple"]),
        ("disk_format=qcow2", ["carrot"]),
        ("disk_format=in:qcow2,ami", ["dill, fresh", "carrot"]),
        ("container_format=ami", ["dill, fresh"]),
        ("size_min=11", ["banana"]),
        ("size_max=10", ["apple"]),
        ("size=30", ["banana"]),
        ("min_disk=3", ["carrot"]),
        ("tag=fruit", ["banana", "apple"]),
        ("tag=fruit&tag=round", ["apple"]),
        ("protected=true", ["banana"]),
        ("protected=False", ["dill, fresh", "carrot", "apple"]),
        ("os_hidden=true", ["hidden"]),
        ("colour=red", ["apple"]),
        ("colour=red&size_min=20", []),
        ("nothing=1", []),
        ("owner=somebody", []),
        ("created_at=gt:2020-01-01T00:00:00Z", ALL),
        ("created_at=lt:2020-01-01T00:00:00Z", []),
        ("updated_at=gte:2999-01-01T00:00:00", []),
        ("sort=name", ALL[:1] + ALL[1:]),
        ("sort=name:asc", ["apple", "banana", "carrot", "dill, fresh"]),
        ("sort_key=name&sort_dir=asc", ["apple", "banana", "carrot", "dill, fresh"]),
        ("sort=disk_format:asc,name:desc", ["dill, fresh", "carrot", "banana", "apple"]),
        ("sort=size:asc&limit=3", ["dill, fresh", "carrot", "apple"]),
        ("limit=0", []),
    ],
)
def test_filters_and_sorts(tenant: Tenant, shelf: dict[str, Any], query: str, found: list[str]) -> None:
    listed = names(tenant, query)
    if query.startswith("sort=size"):
        # those without a size come first, the newest of them last
        assert sorted(listed[:2]) == ["carrot", "dill, fresh"] and listed[2] == "apple"
    else:
        assert listed == found


def test_ids_and_owners(tenant: Tenant, shelf: dict[str, Any]) -> None:
    apple = shelf["apple"]
    assert names(tenant, f"id={apple['id']}") == ["apple"]
    assert names(tenant, f"id=in:{apple['id']},{shelf['carrot']['id']}") == ["carrot", "apple"]
    assert names(tenant, f"owner={tenant.id}") == ALL
    assert names(tenant, f"checksum={apple['checksum']}") == ["apple"]
    assert names(tenant, f"os_hash_value={apple['os_hash_value']}") == ["apple"]
    assert names(tenant, f"created_at=eq:{apple['created_at']}&name=apple") == ["apple"]
    assert names(tenant, f"created_at={apple['created_at']}&name=apple") == ["apple"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("created_at=x", 'Bad "created_at" query filter format. Use ISO 8601 DateTime notation.'),
        ("created_at=bogus:2020-01-01T00:00:00Z", "Unable to filter on a unknown operator."),
        ("limit=abc", "limit param must be an integer"),
        ("limit=-1", "limit param must be positive"),
        ("marker=not-an-id", "No image found with ID not-an-id"),
        ("member_status=bogus", "Invalid status: bogus"),
        ("visibility=bogus", "Invalid visibility value: bogus"),
        ("os_hidden=x", "Invalid value 'x' for 'os_hidden' filter. Valid values are 'true' or 'false'."),
        ("size_min=x", "Unable to filter on a range with a non-numeric value."),
        ("name=in:%22a", 'Invalid filter value "a. The quote is not closed.'),
        (
            "sort=bogus:asc",
            "Invalid sort key: bogus. It must be one of the following: name, status, container_format, disk_format, "
            "size, id, created_at, updated_at.",
        ),
        ("sort_key=name&sort_dir=sideways", "Invalid sort direction: sideways"),
        ("sort=name:asc&sort_key=name", "Old and new sorting syntax cannot be combined"),
        (
            "sort_key=name&sort_key=size&sort_dir=asc&sort_dir=desc&sort_dir=asc",
            "Number of sort dirs does not match the number of sort keys",
        ),
    ],
)
def test_bad_queries(tenant: Tenant, query: str, sentence: str) -> None:
    answer = tenant.reader.get(f"/image/v2/images?{query}")
    assert (answer.status, message(answer)) == (400, sentence)


@pytest.mark.parametrize("sort", ["created_at:desc", "name:asc", "size:asc", "size:desc", "status:asc,size:desc"])
def test_pages_join_to_the_whole(tenant: Tenant, shelf: dict[str, Any], sort: str) -> None:
    whole = ids(tenant.reader, f"sort={sort}")
    assert len(whole) == 4
    found: list[str] = []
    path = f"/v2/images?limit=1&sort={sort}"
    while path:
        body = tenant.reader.get(f"/image{path}").ok(200)
        assert body["schema"] == "/v2/schemas/images" and body["first"].startswith("/v2/images?limit=1&sort=")
        found += [one["id"] for one in body["images"]]
        path = body.get("next", "")
    assert found == whole


def test_links_keep_the_query(tenant: Tenant, shelf: dict[str, Any]) -> None:
    body = tenant.reader.get("/image/v2/images?name=in:apple,banana&limit=1&marker=" + shelf["banana"]["id"]).ok()
    assert body["first"] == "/v2/images?name=in%3Aapple%2Cbanana&limit=1"
    assert body["next"] == f"{body['first']}&marker={shelf['apple']['id']}"
    assert tenant.reader.get("/image/v2/images").ok()["first"] == "/v2/images"


def test_a_marker_of_others_is_none(cloud: Cloud, tenant: Tenant, shelf: dict[str, Any]) -> None:
    stranger = cloud.project()
    answer = stranger.member.get(f"/image/v2/images?marker={shelf['apple']['id']}")
    assert answer.status == 400 and message(answer) == f"No image found with ID {shelf['apple']['id']}"


def test_a_list_has_25_unless_asked(cloud: Cloud) -> None:
    tenant = cloud.project()
    for number in range(27):
        new(tenant.member, name=f"i{number}")
    body = tenant.member.get("/image/v2/images").ok()
    assert len(body["images"]) == 25 and "next" in body
    assert len(tenant.member.get("/image/v2/images?limit=1000").ok()["images"]) == 27


def test_two_images_may_have_one_name(tenant: Tenant) -> None:
    for _ in range(2):
        new(tenant.member, name="my-image1", os_hidden=True)
    assert names(tenant, "name=my-image1&os_hidden=true") == ["my-image1", "my-image1"]
