"""Lists of servers: filters, sorts, pages, other projects' servers, those that were."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.server_kit import V2, Kit, fault, kit
from tests.cloud import Client, Cloud

NAMES = ("alpha", "beta", "gamma")


@pytest.fixture(scope="module")
def mine(cloud: Cloud) -> Iterator[Kit]:
    mine = kit(cloud)
    for number, name in enumerate(NAMES):
        mine.server(name, tags=["all", name], metadata={"n": str(number)}, description=f"d{number}")
    yield mine


def names(client: Client, query: str = "", version: str = "2.96", path: str = "servers/detail") -> list[str]:
    return [one["name"] for one in client.get(f"{V2}/{path}{query}", version=version).ok(200)["servers"]]


def test_the_newest_come_first(mine: Kit) -> None:
    assert names(mine.member) == ["gamma", "beta", "alpha"]
    brief = mine.member.get(f"{V2}/servers").ok(200)["servers"]
    assert [list(one) for one in brief] == [["id", "name", "links"]] * 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?name=a$", {"alpha", "beta", "gamma"}),
        ("?name=^al", {"alpha"}),
        ("?status=ACTIVE", set(NAMES)),
        ("?status=SHUTOFF", set()),
        ("?vm_state=active", set(NAMES)),
        ("?flavor=1", set(NAMES)),
        ("?flavor=2", set()),
        ("?tags=all,alpha", {"alpha"}),
        ("?tags-any=alpha,beta", {"alpha", "beta"}),
        ("?not-tags=alpha", {"beta", "gamma"}),
        ("?not-tags=", {"alpha", "beta", "gamma"}),
        ("?not-tags-any=,", {"alpha", "beta", "gamma"}),
        ("?not-tags-any=alpha,beta", {"gamma"}),
        ("?key_name=x", set()),
        ("?power_state=1", set(NAMES)),
        ("?power_state=x", set()),
        ("?availability_zone=nova", set(NAMES)),
        ("?config_drive=True", set()),
        ("?config_drive=x", set()),
        ("?power_state=1|4", set(NAMES)),
        ("?created_at=^20", set(NAMES)),
        ("?created_at=^1999", set()),
        ("?launched_at=^20", set(NAMES)),
        ("?launched_at=^1999", set()),
        ("?terminated_at=.", set()),
        ("?progress=0", set(NAMES)),
        ("?progress=100", set()),
        ("?hostname=^al", {"alpha"}),
        ("?user_id=x", set()),
        ("?name=alpha&name=beta", {"beta"}),
        ("?metadata=x&_x=y&uuid=x&node=x", set(NAMES)),
        ("?locked=true", set()),
        ("?locked=false", set(NAMES)),
        ("?host=elsewhere", set(NAMES)),
        ("?deleted=true", set(NAMES)),
        ("?ip=172.16.0.", set(NAMES)),
        ("?ip=10.0.", set()),
        ("?ip6=fd00", set()),
        ("?image=00000000-0000-0000-0000-000000000000", set()),
        ("?changes-since=2001-01-01T00:00:00Z", set(NAMES)),
        ("?changes-before=2001-01-01T00:00:00Z", set()),
    ],
)
def test_filters_of_members(mine: Kit, query: str, expected: set[str]) -> None:
    assert set(names(mine.member, query)) == expected


def test_filters_of_administrators(mine: Kit, cloud: Cloud) -> None:
    scope = f"?all_tenants=1&project_id={mine.tenant.id}"
    assert set(names(cloud.admin, scope)) == set(NAMES)
    assert set(names(cloud.admin, f"{scope}&host={cloud.first_host}")) == set(NAMES)
    assert names(cloud.admin, f"{scope}&host=elsewhere") == []
    assert names(cloud.admin, f"{scope}&hostname=gam") == ["gamma"]
    assert names(cloud.admin, f"?project_id={mine.tenant.id}") == [], "without all_tenants the project is the caller's"
    assert fault(mine.member.get(f"{V2}/servers?all_tenants=1")) == (
        403,
        "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed.",
    )
    assert fault(mine.member.get(f"{V2}/servers?all_tenants=perhaps"))[0] == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("access_ip_v4=1", set()),
        ("access_ip_v6=f", set()),
        ("auto_disk_config=0", set(NAMES)),
        ("auto_disk_config=1", set()),
        ("description=d1", {"beta"}),
        ("display_description=d1", {"beta"}),
        ("display_name=ga", {"gamma"}),
        ("host=elsewhere", set()),
        ("image_ref=x", set()),
        ("kernel_id=x", set()),
        ("ramdisk_id=x", set()),
        ("launch_index=1", set()),
        ("locked_by=.", set()),
        ("node=elsewhere", set()),
        ("root_device_name=vdb", set()),
        ("root_device_name=vda", set(NAMES)),
        ("uuid=x", set()),
        ("created_at=1999", set()),
        ("launched_at=1999", set()),
        ("terminated_at=20", set()),
        ("progress=1", set()),
    ],
)
def test_each_filter_of_administrators(mine: Kit, cloud: Cloud, query: str, expected: set[str]) -> None:
    assert set(names(cloud.admin, f"?all_tenants=1&project_id={mine.tenant.id}&{query}")) == expected


@pytest.mark.parametrize(
    "name",
    [
        "block_device_mapping",
        "info_cache",
        "metadata",
        "pci_devices",
        "security_groups",
        "services",
        "system_metadata",
        "_x",
    ],
)
def test_filters_that_nobody_may_use(mine: Kit, cloud: Cloud, name: str) -> None:
    """The service names them only to refuse them, to who may use all others; from members they are taken away."""
    assert fault(cloud.admin.get(f"{V2}/servers?{name}=x")) == (400, f"Invalid filter field: {name}.")
    assert set(names(mine.member, f"?{name}=x")) == set(NAMES)


@pytest.mark.parametrize(
    ("query", "since"),
    [
        ("ip6=fd00", 5),
        ("tags=none", 26),
        ("changes-before=2001-01-01T00:00:00Z", 66),
        ("locked=true", 73),
        ("key_name=none", 83),
        ("created_at=1999", 83),
        ("hostname=none", 90),
    ],
)
def test_a_filter_counts_for_members_since_its_microversion(mine: Kit, query: str, since: int) -> None:
    assert names(mine.member, f"?{query}", f"2.{since}") == []
    assert set(names(mine.member, f"?{query}", f"2.{since - 1}")) == set(NAMES)


def test_microversions_that_do_not_know_a_filter_pass_it_over(mine: Kit, cloud: Cloud) -> None:
    """As recorded of administrators: tags, locked and changes-before at 2.1 change nothing, ip6 does."""
    scope = f"?all_tenants=1&project_id={mine.tenant.id}"
    for query in ("tags=a,b", "not-tags=all", "locked=x", "changes-before=x", "bogus=1"):
        assert set(names(cloud.admin, f"{scope}&{query}", "2.1")) == set(NAMES), query
    assert names(cloud.admin, f"{scope}&ip6=x", "2.1") == []


def test_sort_keys_that_upstream_passes_over(mine: Kit) -> None:
    for key in ("id", "reservation_id", "memory_mb", "vcpus"):
        assert names(mine.member, f"?sort_key={key}&sort_dir=asc", "2.72") == ["gamma", "beta", "alpha"], key


@pytest.mark.parametrize("key", ["availability_zone", "instance_type_id", "terminated_at", "progress"])
def test_pages_by_sort_keys_that_are_no_columns(mine: Kit, key: str) -> None:
    first = mine.member.get(f"{V2}/servers?sort_key={key}&sort_dir=asc&limit=2").ok(200)["servers"]
    rest = mine.member.get(f"{V2}/servers?sort_key={key}&sort_dir=asc&marker={first[-1]['id']}").ok(200)["servers"]
    assert {one["name"] for one in first + rest} == set(NAMES) and len(first + rest) == 3


def test_sorts(mine: Kit, cloud: Cloud) -> None:
    assert names(mine.member, "?sort_key=display_name&sort_dir=asc") == ["alpha", "beta", "gamma"]
    assert names(mine.member, "?sort_key=display_name&sort_dir=desc") == ["gamma", "beta", "alpha"]
    assert names(mine.member, "?sort_key=created_at&sort_dir=asc") == ["alpha", "beta", "gamma"]
    assert names(mine.member, "?sort_dir=asc") == ["alpha", "beta", "gamma"]
    assert fault(mine.member.get(f"{V2}/servers?sort_dir=sideways"))[0] == 400
    assert fault(mine.member.get(f"{V2}/servers?sort_key=host")) == (
        403,
        "Only administrators can sort servers by host",
    )
    assert cloud.admin.get(f"{V2}/servers?sort_key=host").status == 200


@pytest.mark.parametrize("sort", ["", "&sort_key=display_name&sort_dir=asc", "&sort_key=key_name"])
def test_pages_follow_each_other_to_the_end(mine: Kit, sort: str) -> None:
    seen: list[str] = []
    path = f"{V2}/servers/detail?limit=2{sort}"
    for _ in range(3):
        body = mine.member.get(path).ok(200)
        seen += [one["name"] for one in body["servers"]]
        if "servers_links" not in body:
            break
        (link,) = body["servers_links"]
        parts = urlsplit(link["href"])
        path = f"{parts.path}?{parts.query}"
    assert seen == names(mine.member, f"?{sort[1:]}" if sort else "")
    assert mine.member.get(f"{V2}/servers?limit=0").ok(200) == {"servers": []}
    assert fault(mine.member.get(f"{V2}/servers?marker=x")) == (400, "marker [x] not found")


def test_an_unknown_status_is_refused_since_2_38(mine: Kit) -> None:
    assert names(mine.member, "?status=bogus", "2.37") == []
    assert fault(mine.member.get(f"{V2}/servers?status=bogus", version="2.38")) == (400, "Invalid status value")


def test_those_that_were_show_with_changes_since(cloud: Cloud) -> None:
    other = kit(cloud)
    kept, lost = other.server("kept"), other.server("lost")
    other.gone(lost)
    since = "?changes-since=2001-01-01T00:00:00Z"
    found = other.member.get(f"{V2}/servers/detail{since}").ok(200)["servers"]
    assert {one["id"]: one["status"] for one in found} == {kept: "ACTIVE", lost: "DELETED"}
    assert names(other.member) == ["kept"]
    assert fault(other.member.get(f"{V2}/servers?status=deleted"))[0] == 403
    every = f"?all_tenants=1&deleted=true&project_id={other.tenant.id}"
    assert names(cloud.admin, every) == ["lost"] == names(cloud.admin, every + "&status=deleted")
    wrong = f"{since}&changes-before=2000-01-01T00:00:00Z"
    assert fault(other.member.get(f"{V2}/servers/detail{wrong}", version="2.66"))[0] == 400


def test_a_reader_lists_and_strangers_see_nothing(mine: Kit, cloud: Cloud) -> None:
    assert set(names(mine.tenant.reader)) == set(NAMES)
    assert names(cloud.project().member) == []
    assert cloud.anonymous().get(f"{V2}/servers").status == 401


@pytest.mark.parametrize("minor", range(1, 105))
def test_every_microversion_shows_what_upstream_shows(mine: Kit, cloud: Cloud, minor: int) -> None:
    """The contract is asked about every answer by the client itself; here only what it cannot see."""
    version = f"2.{minor}"
    shown: dict[str, Any] = mine.member.get(f"{V2}/servers/detail", version=version).ok(200)["servers"][0]
    assert ("description" in shown) == (minor >= 19)
    assert ("tags" in shown) == (minor >= 26)
    assert ("id" in shown["flavor"]) == (minor < 47)
    assert ("OS-EXT-SRV-ATTR:hostname" in shown) == (minor >= 90)
    assert "OS-EXT-SRV-ATTR:host" not in shown and "host_status" not in shown
    one = cloud.admin.get(f"{V2}/servers/{shown['id']}", version=version).ok(200)["server"]
    assert ("OS-EXT-SRV-ATTR:user_data" in one) == (minor >= 3)
    assert ("host_status" in one) == (minor >= 16)
    assert ("server_groups" in one) == (minor >= 71)
    assert ("pinned_availability_zone" in one) == (minor >= 96)
    assert ("properties" in one["image"]) == (minor >= 98)
    assert ("scheduler_hints" in one) == (minor >= 100)
