"""Lists of volumes: filters, order, pages."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.volume_setup import NEWEST, V3, message, ready
from tests.cloud import Client, Cloud, Tenant


class Shelf:
    """A project with three volumes, oldest first."""

    def __init__(self, cloud: Cloud) -> None:
        self.tenant: Tenant = cloud.project()
        self.member: Client = self.tenant.member
        self.volumes = [
            ready(cloud, self.member, name="c", size=2, metadata={"kind": "data", "tier": "one"}),
            ready(cloud, self.member, name="a", size=1, metadata={"kind": "data"}),
            ready(cloud, self.member, name="b", size=3),
        ]
        action = f"{V3}/volumes/{self.volumes[2]['id']}/action"
        self.member.post(action, {"os-set_bootable": {"bootable": True}}).ok(200)
        cloud.admin.post(action, {"os-reset_status": {"status": "error"}}).ok(202)

    def names(self, query: str, version: str | None = NEWEST) -> list[str]:
        found = self.member.get(f"{V3}/volumes/detail?{query}", version=version).ok(200)["volumes"]
        return [one["name"] for one in found]


@pytest.fixture(scope="module")
def shelf(cloud: Cloud) -> Shelf:
    return Shelf(cloud)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["b", "a", "c"]),
        ("name=a", ["a"]),
        ("display_name=a", ["a"]),
        ("name=nobody", []),
        ("status=error", ["b"]),
        ("status=available&name=c", ["c"]),
        ("bootable=true", ["b"]),
        ("bootable=False", ["a", "c"]),
        ("size=2", ["c"]),
        ("size=x", []),
        ("availability_zone=nova", ["b", "a", "c"]),
        ("availability_zone=mars", []),
        ("metadata=%7B%27kind%27%3A+%27data%27%7D", ["a", "c"]),
        ("metadata=%7B%22kind%22%3A+%22data%22%2C+%22tier%22%3A+%22one%22%7D", ["c"]),
        ("metadata=x", []),
        ("group_id=x", []),
        ("created_at=gt:2020-01-01", ["b", "a", "c"]),
        ("created_at=lt:2020-01-01T00:00:00", []),
        ("consumes_quota=true", ["b", "a", "c"]),
        ("consumes_quota=false", []),
        ("sort=name:asc", ["a", "b", "c"]),
        ("sort=name", ["c", "b", "a"]),
        ("sort_key=size&sort_dir=asc", ["a", "c", "b"]),
        ("sort=bootable:desc,name:asc", ["b", "a", "c"]),
        ("sort=status:asc,size:desc", ["c", "a", "b"]),
        ("limit=0", []),
        ("limit=2", ["b", "a"]),
        ("offset=1", ["a", "c"]),
        ("limit=1&offset=2", ["c"]),
        ("limit=99999999999999999999", ["b", "a", "c"]),
    ],
)
def test_what_is_asked_for_comes(shelf: Shelf, query: str, names: list[str]) -> None:
    assert shelf.names(query) == names


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("limit=x", "limit param must be an integer"),
        ("limit=-1", "limit param must be positive"),
        ("offset=x", "offset must be an integer"),
        ("offset=-1", "offset must be >= 0"),
        ("sort=bogus", "Invalid input received: Invalid sort key"),
        ("sort_key=name&sort_dir=up", "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."),
        ("all_tenants=perhaps", "Value 'perhaps' for 'all_tenants' is not a boolean."),
        ("with_count=x", "Value 'x' for 'with_count' is not a boolean."),
        ("bootable=x", "Invalid input received: 'bootable = x'"),
        ("consumes_quota=x", "Value 'x' for 'use_quota' is not a boolean."),
        ("created_at=gt:x", "Invalid x value"),
        ("bogus=1", "Invalid filters bogus are found in query options."),
        ("name~=a", "Invalid filters name~ are found in query options."),
    ],
)
def test_what_cannot_be_understood_is_refused(shelf: Shelf, query: str, sentence: str) -> None:
    for path in ("volumes", "volumes/detail"):
        assert message(shelf.member.get(f"{V3}/{path}?{query}", version=NEWEST), 400) == sentence


def test_an_unknown_marker(shelf: Shelf) -> None:
    assert message(shelf.member.get(f"{V3}/volumes?marker=x"), 404) == "Volume x could not be found."


def test_unknown_filters_pass_before_3_31(shelf: Shelf) -> None:
    assert shelf.names("bogus=1", "3.30") == ["b", "a", "c"]
    assert shelf.names("with_count=x", "3.44") == ["b", "a", "c"]


def test_older_clients_filters(shelf: Shelf) -> None:
    assert shelf.names("bootable=x", "3.1") == ["b"]
    assert shelf.names("created_at=gt:x", "3.59") == shelf.names("updated_at=lt:2020-01-01", "3.0") == ["b", "a", "c"]


@pytest.mark.parametrize("order", ["", "sort=name:asc&", "sort=status:desc&", "sort=updated_at:asc&"])
def test_pages_follow_their_links(shelf: Shelf, order: str) -> None:
    whole = shelf.names(order)
    path, seen = f"{V3}/volumes/detail?{order}limit=1", []
    for _ in range(4):
        body: dict[str, Any] = shelf.member.get(path, version=NEWEST).ok(200)
        seen += [one["name"] for one in body["volumes"]]
        if "volumes_links" not in body:
            break
        link = urlsplit(body["volumes_links"][0]["href"])
        path = f"{link.path}?{link.query}"
    assert seen == whole


def test_the_count_is_of_all_pages(shelf: Shelf) -> None:
    body = shelf.member.get(f"{V3}/volumes?limit=1&with_count=true", version=NEWEST).ok(200)
    assert (len(body["volumes"]), body["count"]) == (1, 3)
    assert "count" not in shelf.member.get(f"{V3}/volumes?with_count=true", version="3.44").ok(200)


def test_a_brief_list_is_brief(shelf: Shelf) -> None:
    [first, *_] = shelf.member.get(f"{V3}/volumes").ok(200)["volumes"]
    assert list(first) == ["id", "name", "links"]


def test_the_summary(shelf: Shelf) -> None:
    found = shelf.member.get(f"{V3}/volumes/summary", version=NEWEST).ok(200)["volume-summary"]
    assert found == {"total_count": 3, "total_size": 6, "metadata": {"kind": ["data"], "tier": ["one"]}}
    older = shelf.member.get(f"{V3}/volumes/summary", version="3.35").ok(200)["volume-summary"]
    assert older == {"total_count": 3, "total_size": 6}
    assert shelf.member.get(f"{V3}/volumes/summary", version="3.11").status == 404


def test_projects_see_their_own(cloud: Cloud, shelf: Shelf) -> None:
    other = cloud.project()
    assert other.member.get(f"{V3}/volumes?all_tenants=1").ok(200)["volumes"] == []
    assert len(shelf.tenant.reader.get(f"{V3}/volumes").ok(200)["volumes"]) == 3
    every = cloud.admin.get(f"{V3}/volumes?all_tenants=1&project_id={shelf.tenant.id}").ok(200)["volumes"]
    assert [one["name"] for one in every] == ["b", "a", "c"]
    assert cloud.admin.get(f"{V3}/volumes?bogus=1", version=NEWEST).ok(200)["volumes"] == []
    hosts = cloud.admin.get(f"{V3}/volumes?all_tenants=1&host=host@sim%23sim&name=a").ok(200)["volumes"]
    assert [one["name"] for one in hosts] == ["a"]
