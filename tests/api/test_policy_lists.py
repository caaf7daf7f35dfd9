"""Lists whose rules an operator has changed: they show those things that can be shown one by one, and no others."""

from collections.abc import Iterator, Mapping

import pytest

from gureum.kernel.policy import policy
from gureum.network.policy import LISTS
from tests.cloud import Client, Cloud, Tenant

V = "/network/v2.0"
PATHS = {
    "get_network": "networks",
    "get_subnet": "subnets",
    "get_port": "ports",
    "get_router": "routers",
    "get_floatingip": "floatingips",
    "get_security_group": "security-groups",
    "get_security_group_rule": "security-group-rules",
}
CHECKS = {
    "shared": "field:networks:shared=True",
    "router:external": "field:networks:router:external=True",
    "project_id": "project_id:%(project_id)s",
    "tenant_id": "tenant_id:%(tenant_id)s",
    "network:project_id": "project_id:%(network:project_id)s",
    "security_group:project_id": "project_id:%(security_group:project_id)s",
}
"""Attribute of a row → a check of it."""
COMBINED = ("{}", "role:reader and {}", "role:admin or {}", "not role:admin and {}", "role:nobody and {}")


@pytest.fixture(scope="module")
def tenants(cloud: Cloud) -> tuple[Tenant, Tenant]:
    """Two projects: the first has one of each thing, and a network that is shared, on which the second has a port."""
    mine, theirs = cloud.project(), cloud.project()

    def make(client: Client, path: str, key: str, **attributes: object) -> str:
        return client.post(f"{V}/{path}", {key: attributes}).ok(201)[key]["id"]

    outside = make(
        cloud.admin,
        "networks",
        "network",
        **{"router:external": True, "provider:network_type": "flat", "provider:physical_network": "extnet"},
    )
    make(cloud.admin, "subnets", "subnet", network_id=outside, ip_version=4, cidr="203.0.113.0/24")
    shared = make(cloud.admin, "networks", "network", shared=True, project_id=mine.id)
    own = make(mine.member, "networks", "network")
    for network, cidr in ((shared, "10.1.0.0/24"), (own, "10.2.0.0/24")):
        make(mine.member, "subnets", "subnet", network_id=network, ip_version=4, cidr=cidr)
    make(mine.member, "ports", "port", network_id=own)
    make(theirs.member, "ports", "port", network_id=shared)
    make(mine.member, "routers", "router", name="r")
    make(mine.member, "floatingips", "floatingip", floating_network_id=outside)
    for tenant in (mine, theirs):
        make(tenant.member, "security-groups", "security_group", name="g")
    return mine, theirs


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    policy.override("network", {})


def checks(rule: str) -> Iterator[str]:
    """Overrides that the list can ask in SQL: of each attribute that it knows, alone and with a role; all and nothing."""
    yield from ("@", "!", "role:reader", "role:admin")
    for group in LISTS[rule]:
        for attribute in sorted(group):
            yield from (one.format(CHECKS[attribute]) for one in COMBINED)
    yield " or ".join(CHECKS[sorted(group)[0]] for group in LISTS[rule])


@pytest.mark.parametrize("rule", sorted(LISTS))
@pytest.mark.usefixtures("restored")
def test_a_list_has_what_can_be_shown(cloud: Cloud, tenants: tuple[Tenant, Tenant], rule: str) -> None:
    path = f"{V}/{PATHS[rule]}"
    key = PATHS[rule].replace("-", "_")
    everything = {one["id"] for one in cloud.admin.get(path).ok(200)[key]}
    assert everything
    callers: Mapping[str, Client] = {
        "admin": cloud.admin,
        "owner": tenants[0].reader,
        "other": tenants[1].reader,
        "member": tenants[0].member,
    }
    wrong: list[str] = []
    sizes: set[int] = set()
    for check in checks(rule):
        policy.override("network", {rule: check})
        for name, client in callers.items():
            listed = {one["id"] for one in client.get(path).ok(200)[key]}
            shown = {id for id in everything if client.get(f"{path}/{id}").status == 200}
            sizes.add(len(listed))
            if listed != shown:
                wrong.append(f"{check!r} by {name}: {len(listed)} listed, {len(shown)} shown")
    assert not wrong, "\n".join(wrong)
    assert len(sizes) > 1, "the overrides make no difference"


def test_every_list_of_the_network_service_is_asked() -> None:
    assert set(PATHS) == set(LISTS)


IMAGES = (
    "!",
    "@",
    "role:reader",
    "role:admin",
    "role:reader and project_id:%(owner)s",
    "project_id:%(project_id)s or 'public':%(visibility)s",
    "role:reader and project_id:%(member_id)s",
    "'community':%(visibility)s or 'private':%(visibility)s",
    "role:member and (project_id:%(owner)s and 'private':%(visibility)s or 'shared':%(visibility)s)",
)


@pytest.fixture(scope="module")
def images(cloud: Cloud, tenants: tuple[Tenant, Tenant]) -> set[str]:
    """Of each visibility one of the first project; the one that is shared has the second as its member."""
    found: set[str] = set()
    for visibility in ("private", "shared", "community", "public"):
        body = {"name": visibility, "visibility": visibility, "owner": tenants[0].id}
        found.add(cloud.admin.post("/image/v2/images", body).ok(201)["id"])
    member = tenants[0].member
    shared = next(one for one in found if member.get(f"/image/v2/images/{one}").ok(200)["visibility"] == "shared")
    member.post(f"/image/v2/images/{shared}/members", {"member": tenants[1].id}).ok(200)
    return found


@pytest.mark.parametrize("check", IMAGES)
def test_the_list_of_images_has_what_can_be_shown(
    cloud: Cloud, tenants: tuple[Tenant, Tenant], images: set[str], check: str
) -> None:
    stranger = cloud.project().member
    policy.override("image", {"get_image": check})
    try:
        for client in (cloud.admin, tenants[0].reader, tenants[0].member, tenants[1].reader, stranger):
            found = client.get("/image/v2/images?visibility=all&member_status=all&limit=1000").ok(200)["images"]
            shown = {id for id in images if client.get(f"/image/v2/images/{id}").status == 200}
            assert {one["id"] for one in found} & images == shown, client.said
    finally:
        policy.override("image", {})


@pytest.mark.parametrize(
    ("check", "reason"),
    [("not project_id:%(owner)s", "cannot ask for rows where not owner"), ("'active':%(status)s", "not for status")],
)
def test_what_the_list_of_images_cannot_ask_is_refused(cloud: Cloud, check: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        policy.override("image", {"get_image": check})
