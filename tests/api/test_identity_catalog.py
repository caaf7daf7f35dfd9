"""Regions, services, endpoints, and the catalog made of them."""

from typing import Any

import pytest

from tests.cloud import Client, Cloud, Tenant


@pytest.fixture(scope="module")
def tenant(cloud: Cloud) -> Tenant:
    return cloud.project()


def service(cloud: Cloud, **more: Any) -> dict[str, Any]:
    """A new service."""
    return cloud.admin.post("/v3/services", {"service": {"type": "testing"} | more}).ok(201)["service"]


def endpoint(cloud: Cloud, service_id: str, **more: Any) -> dict[str, Any]:
    """A new endpoint."""
    body = {"service_id": service_id, "interface": "public", "url": "http://example.org/"} | more
    return cloud.admin.post("/v3/endpoints", {"endpoint": body}).ok(201)["endpoint"]


def catalog(client: Client) -> dict[str, dict[str, Any]]:
    """The catalog by type."""
    return {one["type"]: one for one in client.get("/v3/auth/catalog").ok(200)["catalog"]}


def test_a_service_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    made = service(cloud, name="life", description="of")
    assert made == {
        "name": "life",
        "description": "of",
        "id": made["id"],
        "type": "testing",
        "enabled": True,
        "links": {"self": f"http://cloud.test:5000/v3/services/{made['id']}"},
    }
    path = f"/v3/services/{made['id']}"
    assert cloud.admin.get(path).ok(200)["service"] == made
    changed = cloud.admin.patch(path, {"service": {"name": "lives", "enabled": False}}).ok(200)["service"]
    assert changed == made | {"name": "lives", "enabled": False}
    assert cloud.admin.get("/v3/services?name=lives").ok(200)["services"] == [changed]
    assert cloud.admin.get("/v3/services?type=nothing").ok(200)["services"] == []
    assert cloud.admin.patch(path, {"service": {"type": ""}}).status == 400
    hung = endpoint(cloud, made["id"])
    cloud.admin.delete(path).ok(204)
    assert cloud.admin.get(path).status == 404
    assert cloud.admin.get(f"/v3/endpoints/{hung['id']}").status == 404


def test_an_endpoint_is_made_shown_changed_and_deleted(cloud: Cloud) -> None:
    hung = service(cloud)["id"]
    made = endpoint(cloud, hung, region_id="RegionOne", name="n")
    assert made == {
        "name": "n",
        "id": made["id"],
        "interface": "public",
        "region_id": "RegionOne",
        "service_id": hung,
        "url": "http://example.org/",
        "enabled": True,
        "region": "RegionOne",
        "links": {"self": f"http://cloud.test:5000/v3/endpoints/{made['id']}"},
    }
    path = f"/v3/endpoints/{made['id']}"
    assert cloud.admin.get(path).ok(200)["endpoint"] == made
    changed = cloud.admin.patch(path, {"endpoint": {"url": "http://other/", "enabled": False}}).ok(200)["endpoint"]
    assert changed == made | {"url": "http://other/", "enabled": False}
    for query in (f"service_id={hung}", f"service_id={hung}&interface=public&region_id=RegionOne"):
        assert cloud.admin.get(f"/v3/endpoints?{query}").ok(200)["endpoints"] == [changed]
    assert cloud.admin.get(f"/v3/endpoints?service_id={hung}&interface=admin").ok(200)["endpoints"] == []
    for body in (
        {"service_id": "x"},
        {"region_id": "x"},
        {"url": "no url"},
        {"url": "http://a/$(bogus)s"},
        {"interface": "x"},
    ):
        assert cloud.admin.patch(path, {"endpoint": body}).status == 400, body
    assert cloud.admin.get(path).ok(200)["endpoint"] == changed
    cloud.admin.delete(path).ok(204)
    assert cloud.admin.get(path).status == 404


def test_the_older_key_region_makes_the_region(cloud: Cloud) -> None:
    made = endpoint(cloud, service(cloud)["id"], region="Later")
    assert made["region_id"] == "Later"
    assert cloud.admin.get("/v3/regions/Later").ok(200)["region"]["description"] == ""
    assert cloud.admin.delete("/v3/regions/Later").status == 403


def test_the_catalog_shows_what_is_enabled_for_the_scope(cloud: Cloud, tenant: Tenant) -> None:
    made = service(cloud, type="shown", name="s")
    on = endpoint(cloud, made["id"], url="http://example.org/%(project_id)s/$(tenant_id)s")
    endpoint(cloud, made["id"], url="http://example.org/off", enabled=False)
    shown = catalog(tenant.member)["shown"]
    assert shown["endpoints"] == [
        {
            "id": on["id"],
            "interface": "public",
            "region_id": None,
            "url": f"http://example.org/{tenant.id}/{tenant.id}",
            "region": None,
        }
    ]
    token = tenant.member.get("/v3/auth/tokens", headers={"x-subject-token": tenant.member.token or ""}).ok(200)[
        "token"
    ]
    assert {one["type"]: one for one in token["catalog"]} == catalog(tenant.member)
    cloud.admin.patch(f"/v3/services/{made['id']}", {"service": {"enabled": False}}).ok(200)
    assert "shown" not in catalog(tenant.member)


def test_the_catalog_names_the_address_that_the_client_used(cloud: Cloud, tenant: Tenant) -> None:
    own = catalog(tenant.member)["identity"]["endpoints"]
    assert {one["interface"]: one["url"] for one in own} == dict.fromkeys(
        ("admin", "internal", "public"), "http://cloud.test:5000/v3"
    )
    answer = tenant.member.get("/v3/auth/catalog", headers={"host": "elsewhere:1"}).ok(200)["catalog"]
    assert "cloud.test" not in str(answer)
    listed = cloud.admin.get("/v3/endpoints?interface=public").ok(200)["endpoints"]
    assert "http://cloud.test:5000/v3" in [one["url"] for one in listed]


def test_regions(cloud: Cloud, tenant: Tenant) -> None:
    admin = cloud.admin
    made = admin.post("/v3/regions", {"region": {"description": "north", "colour": "blue"}}).ok(201)["region"]
    assert made == {
        "colour": "blue",
        "id": made["id"],
        "description": "north",
        "parent_region_id": None,
        "links": {"self": f"http://cloud.test:5000/v3/regions/{made['id']}"},
    }
    kid = admin.put("/v3/regions/kid", {"region": {"parent_region_id": made["id"]}}).ok(201)["region"]
    assert tenant.reader.get(f"/v3/regions?parent_region_id={made['id']}").ok(200)["regions"] == [kid]
    assert tenant.reader.get("/v3/regions/kid").ok(200)["region"] == kid
    assert admin.put("/v3/regions/kid", {"region": {}}).status == 409
    assert admin.put("/v3/regions/other", {"region": {"id": "another"}}).status == 400
    assert admin.post("/v3/regions", {"region": {"parent_region_id": "nowhere"}}).status == 404
    circle = admin.patch(f"/v3/regions/{made['id']}", {"region": {"parent_region_id": "kid"}})
    assert circle.status == 400
    changed = admin.patch("/v3/regions/kid", {"region": {"description": "south"}}).ok(200)["region"]
    assert changed == kid | {"description": "south"}
    admin.delete(f"/v3/regions/{made['id']}").ok(204)
    assert admin.get("/v3/regions/kid").status == 404
    answer = admin.delete("/v3/regions/RegionOne")
    assert answer.status == 403
    assert "associated endpoints" in answer.json["error"]["message"]


def test_only_administrators_change_the_catalog(cloud: Cloud, tenant: Tenant) -> None:
    made = service(cloud)
    hung = endpoint(cloud, made["id"])
    for client in (tenant.member, tenant.reader):
        for path in (f"services/{made['id']}", f"endpoints/{hung['id']}", "services/nowhere", "services", "endpoints"):
            assert client.get(f"/v3/{path}").status == 403, path
        for path in (f"services/{made['id']}", f"endpoints/{hung['id']}", "regions/RegionOne"):
            assert client.delete(f"/v3/{path}").status == 403, path
            kind = path.split("s/")[0]
            assert client.patch(f"/v3/{path}", {kind: {"name": "x"}}).status == 403, path
        assert client.post("/v3/services", {"service": {"type": "x"}}).status == 403
        assert client.post("/v3/regions", {"region": {}}).status == 403
        body = {"service_id": made["id"], "interface": "public", "url": "http://x"}
        assert client.post("/v3/endpoints", {"endpoint": body}).status == 403


def test_discovery(cloud: Cloud) -> None:
    answer = cloud.anonymous().get("/")
    assert answer.status == 300
    assert answer.headers["location"] == "http://cloud.test:5000/v3/"
    (version,) = answer.json["versions"]["values"]
    for path in ("/v3", "/v3/"):
        assert cloud.anonymous().get(path).ok(200) == {"version": version}
    assert (version["id"], version["status"]) == ("v3.14", "stable")
    assert version["links"] == [{"rel": "self", "href": "http://cloud.test:5000/v3/"}]
    below = cloud.anonymous().get("/identity/v3").ok(200)["version"]
    assert below["links"] == [{"rel": "self", "href": "http://cloud.test:5000/identity/v3/"}]
    assert cloud.anonymous().call("HEAD", "/v3").body == b""
