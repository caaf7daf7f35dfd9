"""What the web layers in front of the services do before any operation: methods, slashes, suffixes, encodings, headers."""

from typing import Any

import pytest

from tests.cloud import Cloud

LISTS = {
    "identity": "/v3/projects",
    "compute": "/compute/v2.1/flavors",
    "image": "/image/v2/images",
    "network": "/network/v2.0/networks",
    "block-storage": "/volume/v3/{project}/types",
    "placement": "/placement/resource_providers",
}


def path_of(cloud: Cloud, service: str) -> str:
    return LISTS[service].replace("{project}", cloud.admin.project_id)


@pytest.mark.parametrize(
    ("service", "status", "kind"),
    [
        ("identity", 200, "application/json"),
        ("compute", 404, "text/html; charset=UTF-8"),
        ("image", 405, "text/html; charset=UTF-8"),
        ("network", 405, "application/json"),
        ("block-storage", 404, "text/html; charset=UTF-8"),
        ("placement", 405, "text/html; charset=UTF-8"),
    ],
)
def test_head_has_no_body(cloud: Cloud, service: str, status: int, kind: str) -> None:
    answer = cloud.admin.call("HEAD", path_of(cloud, service))
    assert (answer.status, answer.headers["content-type"], answer.body) == (status, kind, b"")
    length = int(answer.headers["content-length"])
    assert (length == 0) == (kind != "application/json")
    assert answer.headers.get("allow") == ("GET, POST" if service in ("image", "placement") else None)


@pytest.mark.parametrize("service", ["compute", "image", "block-storage"])
def test_options_asks_for_no_token_and_no_path(cloud: Cloud, service: str) -> None:
    for path in (path_of(cloud, service), path_of(cloud, service) + "/nowhere/else"):
        answer = cloud.anonymous().call("OPTIONS", path)
        assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "0")
        assert "content-type" not in answer.headers


def test_options_of_identity_names_the_methods(cloud: Cloud) -> None:
    answer = cloud.anonymous().call("OPTIONS", "/v3/projects")
    assert {*answer.headers["allow"].split(", ")} == {"GET", "HEAD", "OPTIONS", "POST"}
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert cloud.anonymous().call("OPTIONS", "/v3/nonesuch").status == 404


def test_options_of_network_is_its_get(cloud: Cloud) -> None:
    asked = cloud.admin.call("OPTIONS", "/network/v2.0/networks")
    assert asked.json == cloud.admin.get("/network/v2.0/networks").json
    refused = cloud.anonymous().call("OPTIONS", "/network/v2.0/networks")
    assert (refused.status, refused.body) == (200, b"")


def test_placement_shaped_apis_refuse_options_like_any_method(cloud: Cloud) -> None:
    assert cloud.admin.call("OPTIONS", "/gureum/v1/nonesuch").status == 404


@pytest.mark.parametrize(
    ("service", "status"),
    [("identity", 200), ("compute", 404), ("image", 404), ("network", 200), ("block-storage", 404), ("placement", 404)],
)
def test_a_slash_at_the_end(cloud: Cloud, service: str, status: int) -> None:
    assert cloud.admin.get(path_of(cloud, service)).status == 200
    assert cloud.admin.get(path_of(cloud, service) + "/").status == status


def test_a_slash_behind_the_version_is_right_everywhere(cloud: Cloud) -> None:
    for path in ("/v3/", "/compute/v2.1/", "/network/v2.0/", "/volume/v3/"):
        assert cloud.admin.get(path).status == 200, path


def test_a_format_is_cut_where_upstream_does(cloud: Cloud) -> None:
    network = cloud.admin.post("/network/v2.0/networks", {"network": {}}).ok()["network"]["id"]
    kind = cloud.admin.post(f"/volume/v3/{cloud.admin.project_id}/types", {"volume_type": {"name": "edge"}}).ok()
    assert cloud.admin.get(f"/network/v2.0/networks/{network}.json").ok()["network"]["id"] == network
    shown = cloud.admin.get(f"/volume/v3/{cloud.admin.project_id}/types/{kind['volume_type']['id']}.json").ok()
    assert shown["volume_type"]["name"] == "edge"
    assert cloud.admin.get(f"/v3/projects/{cloud.admin.project_id}.json").status == 404


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/compute/v2.1/flavors", "name=%FF", 400),
        ("/compute/v2.1/os-availability-zone", "name=%FF", 400),
        ("/image/v2/images", "name=%FF", 400),
        ("/image/v2/info/stores", "name=%FF", 200),
        ("/v3/projects", "name=%FF", 200),
        ("/network/v2.0/networks", "name=%FF", 400),
        ("/network/v2.0/extensions", "name=%FF", 200),
        ("/v3/projects/%FF", "", 404),
        ("/compute/v2.1/flavors/%FF", "", 404),
        ("/network/v2.0/networks/%FF", "", 400),
    ],
)
def test_what_is_no_utf_8(cloud: Cloud, path: str, query: str, status: int) -> None:
    assert cloud.admin.get(f"{path}?{query}").status == status


@pytest.mark.parametrize(
    ("path", "text"),
    [("/v3/projects", "Could not find project: \ufffd."), ("/compute/v2.1/flavors", "Flavor ÿ could not be found.")],
)
def test_a_path_that_is_no_utf_8_is_quoted_as_upstream_reads_it(cloud: Cloud, path: str, text: str) -> None:
    body: dict[str, Any] = cloud.admin.get(f"{path}/%FF").json
    assert next(iter(body.values()))["message"] == text


def test_two_actions_in_one_body_do_neither(cloud: Cloud) -> None:
    flavor = {"flavor": {"name": "edge", "ram": 1, "vcpus": 1, "disk": 0, "os-flavor-access:is_public": False}}
    path = f"/compute/v2.1/flavors/{cloud.admin.post('/compute/v2.1/flavors', flavor).ok()['flavor']['id']}"
    asked = {"tenant": cloud.admin.project_id}
    answer = cloud.admin.post(f"{path}/action", {"addTenantAccess": asked, "removeTenantAccess": asked})
    assert (answer.status, answer.json["badRequest"]["message"]) == (400, "Malformed request body")
    assert cloud.admin.get(f"{path}/os-flavor-access").ok()["flavor_access"] == []


def test_a_microversion_of_another_service(cloud: Cloud) -> None:
    other = {"openstack-api-version": "identity 3.0"}
    answer = cloud.admin.get("/compute/v2.1/flavors", headers=other)
    assert answer.headers["openstack-api-version"] == "compute 2.1"
    assert cloud.admin.get(path_of(cloud, "block-storage"), headers=other).status == 400
    both = {"openstack-api-version": "compute 2.5, volume 3.5"}
    answer = cloud.admin.get(path_of(cloud, "block-storage"), headers=both)
    assert answer.headers["openstack-api-version"] == "volume 3.5"


def test_plain_text_is_json_to_compute_only(cloud: Cloud) -> None:
    plain = {"content-type": "text/plain"}
    made = cloud.admin.post("/compute/v2.1/os-aggregates", b'{"aggregate": {"name": "edge"}}', headers=plain)
    assert made.status == 200
    refused = cloud.admin.post(path_of(cloud, "block-storage"), b'{"volume_type": {"name": "plain"}}', headers=plain)
    assert refused.status == 415
    xml = cloud.admin.post("/compute/v2.1/os-aggregates", b"<a/>", headers={"content-type": "application/xml"})
    assert xml.status == 415


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"a": NaN}', "'aggregate' is a required property"),
        (
            b'{"aggregate": {"name": NaN}}',
            "Invalid input for field/attribute name. Value: nan. nan is not of type 'string'",
        ),
        (b'{"aggregate": {"name": "x", "availability_zone": Infinity}}', "Infinity"),
    ],
)
def test_nan_is_a_number_but_never_kept(cloud: Cloud, body: bytes, text: str) -> None:
    json = {"content-type": "application/json"}
    answer = cloud.admin.post("/compute/v2.1/os-aggregates", body, headers=json)
    assert answer.status == 400
    assert text == "Infinity" or answer.json["badRequest"]["message"] == text


def test_a_number_that_would_be_right_but_for_nan(cloud: Cloud) -> None:
    body = b'{"flavor": {"name": "nan", "ram": 1, "vcpus": 1, "disk": 0, "rxtx_factor": NaN}}'
    answer = cloud.admin.post("/compute/v2.1/flavors", body, headers={"content-type": "application/json"})
    assert (answer.status, answer.json["badRequest"]["message"]) == (400, "Malformed request body")


def test_the_network_service_speaks_json_only(cloud: Cloud) -> None:
    for accept, status in (("text/html", 406), ("text/html, */*;q=0.1", 200), ("application/json", 200), ("", 200)):
        assert cloud.admin.get("/network/v2.0/networks", headers={"accept": accept}).status == status, accept
    assert cloud.admin.get("/network/v2.0/routers", headers={"accept": "text/html"}).status == 200
    assert cloud.anonymous().get("/network/v2.0/networks", headers={"accept": "text/html"}).status == 401


@pytest.mark.parametrize(
    "body", ['{"min_disk": NaN}', '{"min_ram": -Infinity}', '{"tags": [NaN]}', '{"protected": NaN}']
)
def test_an_image_has_nothing_that_is_not_a_number(cloud: Cloud, body: str) -> None:
    json = {"content-type": "application/json"}
    assert cloud.admin.post("/image/v2/images", body.encode(), headers=json).status == 400


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("cloud.example:5000", "cloud.example:5000"),
        ("[fd00::1]:5000", "[fd00::1]:5000"),
        ("[::1", "127.0.0.1:5000"),
        ("a/b", "127.0.0.1:5000"),
        ('a"onload=x', "127.0.0.1:5000"),
        ("x" * 300, "127.0.0.1:5000"),
    ],
)
def test_addresses_are_built_from_the_name_that_the_client_used_where_it_is_one(
    cloud: Cloud, host: str, shown: str
) -> None:
    answer = cloud.admin.get("/v3", headers={"host": host}).ok(200)
    assert answer["version"]["links"][0]["href"] == f"http://{shown}/v3/"


@pytest.mark.parametrize("body", ['{"policy": %s}', '{"a": NaN, "policy": %s}'])
def test_a_body_is_only_so_deep(cloud: Cloud, body: str) -> None:
    json = {"content-type": "application/json"}
    for deep, status in ((99, 400), (400, 400), (20_000, 400)):
        raw = (body % ("[" * deep + "]" * deep)).encode()
        assert cloud.admin.post("/v3/policies", raw, headers=json).status == status, deep
    wide = ("[" + ",".join(["[]"] * 20_000) + "]").encode()
    refused = cloud.admin.post("/v3/policies", b'{"policy": %s}' % wide, headers=json)
    assert "is not of type 'object'" in refused.json["error"]["message"], "wide is not deep"


def test_no_header_holds_a_second_line(cloud: Cloud) -> None:
    member = cloud.project("member").member
    for path in (f"/v3/projects/{member.project_id}/tags/",):
        for tag, written in (("a%0d%0aX-Evil:%20yes", "a%0D%0AX-Evil"), ("%E2%98%83", "%E2%98%83"), ("%00", "%00")):
            answer = cloud.admin.put(path + tag)
            assert answer.status == 201, answer.body
            assert "x-evil" not in answer.headers
            location = answer.headers["location"]
            assert location.isprintable()
            assert written in location


def test_a_host_that_is_none_gets_into_no_answer(cloud: Cloud) -> None:
    for host in ("evil.example/x", "a b", "x\r\nX-Evil: yes", "<script>", "[::1", "a@b", "x:99999999"):
        for path in ("/", "/v3", "/compute/v2.1", "/network/", "/image/v2/images", "/v3/nowhere"):
            answer = cloud.anonymous().get(path, headers={"host": host})
            assert host.encode() not in answer.body, (host, path)
            assert not any(host in value for value in answer.headers.values())
            assert "x-evil" not in answer.headers


def test_no_answer_is_taken_for_something_else_and_none_with_a_token_is_kept(cloud: Cloud) -> None:
    member = cloud.project("member").member
    answers = [member.get(path_of(cloud, service)) for service in LISTS]
    answers += [
        cloud.anonymous().get("/image/v2/nowhere", headers={"accept": "text/html"}),
        cloud.anonymous().get("/v3"),
    ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers
        if answer.headers["content-type"].startswith("text/html"):
            assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert any(answer.headers["content-type"].startswith("text/html") for answer in answers)
    shown = member.get("/v3/auth/tokens", headers={"x-subject-token": member.token or ""})
    issued = cloud.anonymous().post(
        "/v3/auth/tokens", {"auth": {"identity": {"methods": ["token"], "token": {"id": member.token}}}}
    )
    for answer in (shown, issued):
        assert answer.headers["x-subject-token"]
        assert answer.headers["cache-control"] == "no-store"
