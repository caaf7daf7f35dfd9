"""The largest bodies that are taken: each is answered soon, whatever it lists, and nothing of it is done by halves."""

import time
import uuid
from typing import Any

import pytest

from gureum.kernel.http.route import MOST_BYTES
from tests.api.compute_kit import new_flavor
from tests.api.server_kit import image
from tests.cloud import Client, Cloud

SECONDS = 2.0
"""Of the processor, of which everybody else has to wait for most."""
PATCH = {"content-type": "application/openstack-images-v2.1-json-patch"}
MOST = MOST_BYTES - 200


@pytest.fixture(scope="module")
def member(cloud: Cloud) -> Client:
    SERVER.update(imageRef=image(cloud), flavorRef=new_flavor(cloud.admin)["id"])
    return cloud.project("member").member


def many(item: Any, size: int) -> list[Any]:
    """So many of an item that they fill a body."""
    return [item] * (MOST // size)


def rule(member: Client) -> dict[str, Any]:
    group = member.post("/network/v2.0/security-groups", {"security_group": {"name": "g"}}).ok(201)["security_group"]
    return {"security_group_id": group["id"], "direction": "ingress", "protocol": "tcp"}


SERVER: dict[str, Any] = {"name": "a", "networks": "none"}
USER = {"name": "a", "domain": {"id": "default"}, "password": "x"}


def bodies(member: Client) -> dict[str, tuple[str, str, Any, dict[str, str]]]:
    """Method, path, body and headers of what fills a body in another way each."""
    made = member.post("/image/v2/images", {"disk_format": "raw", "container_format": "bare"}).ok(201)["id"]
    user = f"/v3/users/{member.user_id}"
    network = "/network/v2.0"
    servers = "/compute/v2.1/servers"
    zero = {"uuid": "00000000-0000-4000-8000-000000000000"}
    operation = {"op": "add", "path": "/x", "value": "y"}
    methods = {"auth": {"identity": {"methods": many("password", 13), "password": {"user": USER}}}}
    return {
        "networks": ("POST", f"{network}/networks", {"networks": many({}, 4)}, {}),
        "networks that are none": ("POST", f"{network}/networks", {"networks": many(1, 3)}, {}),
        "ports": ("POST", f"{network}/ports", {"ports": many({"network_id": zero["uuid"]}, 60)}, {}),
        "rules": ("POST", f"{network}/security-group-rules", {"security_group_rules": many(rule(member), 110)}, {}),
        "pools": (
            "POST",
            f"{network}/subnets",
            {
                "subnet": {
                    "network_id": zero["uuid"],
                    "ip_version": 4,
                    "cidr": "10.0.0.0/8",
                    "allocation_pools": many({"start": "10.0.0.1", "end": "10.0.0.2"}, 42),
                }
            },
            {},
        ),
        "networks of a server": ("POST", servers, {"server": SERVER | {"networks": many(zero, 50)}}, {}),
        "groups of a server": ("POST", servers, {"server": SERVER | {"security_groups": many({"name": "g"}, 15)}}, {}),
        "disks of a server": (
            "POST",
            servers,
            {"server": SERVER | {"block_device_mapping_v2": many({"boot_index": "0"}, 22)}},
            {},
        ),
        "metadata": ("POST", servers, {"server": SERVER | {"metadata": {f"k{n}": "v" for n in range(MOST // 18)}}}, {}),
        "hints": (
            "POST",
            servers,
            {"server": SERVER, "os:scheduler_hints": {f"k{n}": "v" for n in range(MOST // 18)}},
            {},
        ),
        "patch": ("PATCH", f"/image/v2/images/{made}", many(operation, 45), PATCH),
        "patch of many": (
            "PATCH",
            f"/image/v2/images/{made}",
            [operation | {"path": f"/x{number}"} for number in range(MOST // 55)],
            PATCH,
        ),
        "properties": ("POST", "/image/v2/images", {f"k{number}": "v" for number in range(MOST // 14)}, {}),
        "tags of an image": ("POST", "/image/v2/images", {"tags": [f"t{number}" for number in range(MOST // 11)]}, {}),
        "methods": ("POST", "/v3/auth/tokens", methods, {}),
        "roles": (
            "POST",
            f"{user}/application_credentials",
            {"application_credential": {"name": "x", "roles": many({"name": "r"}, 15)}},
            {},
        ),
        "volume metadata": (
            "POST",
            f"/volume/v3/{member.project_id}/volumes",
            {"volume": {"size": 1, "metadata": {f"k{n}": "v" for n in range(MOST // 18)}}},
            {},
        ),
        "a long name": ("POST", f"{network}/networks", {"network": {"name": "a" * MOST}}, {}),
        "a long server name": ("POST", servers, {"server": SERVER | {"name": "-" * MOST}}, {}),
        "a long hostname": ("POST", servers, {"server": SERVER | {"hostname": "a" * (MOST // 2) + "!"}}, {}),
        "user data": ("POST", servers, {"server": SERVER | {"user_data": "A" * 65_536}}, {}),
    }


def test_no_body_of_the_largest_size_takes_long(member: Client, unwatched: None) -> None:
    slow: dict[str, tuple[int, float]] = {}
    for what, (method, path, body, headers) in bodies(member).items():
        began = time.process_time()
        answer = member.call(method, path, body, version="2.90" if "compute" in path else None, headers=headers)
        took = time.process_time() - began
        print(f"{what}: {answer.status} {took:.2f} {answer.body[:80]!r}")
        assert answer.status < 500, f"{what}: {answer.status}"
        if took > SECONDS:
            slow[what] = answer.status, took
    assert not slow
    left = member.get("/network/v2.0/networks?tenant_id=" + member.project_id).ok(200)["networks"]
    assert not left, "nothing is done by halves"


@pytest.mark.parametrize("service", ["compute/v2.1/servers", "network/v2.0/networks", "image/v2/images", "v3/projects"])
def test_a_body_has_an_end(cloud: Cloud, service: str) -> None:
    answer = cloud.admin.post(f"/{service}", {"x": "a" * 5_000_000})
    assert answer.status == 413
    assert len(answer.body) < 2000


def test_a_query_of_thousands_of_parameters_is_answered_soon(cloud: Cloud, unwatched: None) -> None:
    for path in ("/compute/v2.1/servers", "/network/v2.0/ports", "/image/v2/images", "/v3/projects"):
        for number in (500, 501, 3_000):
            for query in ("&".join(["name=a"] * number), "&".join(f"k{one}=v" for one in range(number))):
                began = time.process_time()
                answer = cloud.admin.get(f"{path}?{query}")
                assert answer.status < 500
                assert answer.status == 400 or number == 500
                assert time.process_time() - began < SECONDS, path


def test_a_filter_of_hundreds_of_labels_is_answered_soon(cloud: Cloud, unwatched: None) -> None:
    traits = cloud.admin.get("/placement/traits?name=startswith:HW_", version="1.39").ok(200)["traits"]
    for path, version in (
        ("/image/v2/images?" + "&".join(f"tag=t{one}" for one in range(499)), None),
        ("/image/v2/images?" + "&".join(f"k{one}=v" for one in range(499)), None),
        ("/compute/v2.1/servers?tags=" + ",".join(f"t{one}" for one in range(2_000)), "2.26"),
        ("/compute/v2.1/servers?not-tags=" + ",".join(f"t{one}" for one in range(2_000)), "2.26"),
        ("/network/v2.0/ports?tags=" + ",".join(f"t{one}" for one in range(900)), None),
        ("/v3/projects?tags=" + ",".join(f"t{one}" for one in range(900)), None),
        (f"/placement/resource_providers?required={','.join(traits)}", "1.39"),
        ("/placement/resource_providers?" + "&".join(f"member_of={uuid.uuid4()}" for _ in range(200)), "1.39"),
        ("/placement/resource_providers?" + "&".join(["required=in:" + ",".join(traits[:5])] * 200), "1.39"),
        (f"/placement/allocation_candidates?resources=VCPU:1&required={','.join(traits)}", "1.39"),
    ):
        began = time.monotonic()
        answer = cloud.admin.get(path, version=version)
        assert answer.status == 200, f"{path[:60]}: {answer.body[:200]!r}"
        assert time.monotonic() - began < 5 * SECONDS, path[:60]


DIGITS, ZEROS, MANY = "9" * 5_000, "0" * 5_000 + "1", "9" * 20
"""More digits than int() reads, a one that has as many, and more than a database keeps."""
ODD = (DIGITS, ZEROS, MANY, "%0A", "1%0A", "%C2%B2", "%D9%A3")
"""The latter: a newline, a one and a newline, a raised two, an Arabic three."""
NUMBERS = (
    ("/v3/users?limit={}", None, "+++----"),
    ("/compute/v2.1/servers?limit={}", "2.96", "+++----"),
    ("/compute/v2.1/os-server-groups?limit={0}&offset={0}", "2.96", "--+----"),
    ("/compute/v2.1/os-snapshots?limit={0}&offset={0}", "2.35", "+++----"),
    ("/compute/v2.1/os-volumes?limit={0}&offset={0}", "2.35", "+++----"),
    ("/compute/v2.1/os-security-groups?limit={0}&offset={0}", "2.35", "+++----"),
    ("/compute/v2.1/images?limit={}", "2.35", "+++----"),
    ("/compute/v2.1/images?minRam={}", "2.35", "+++----"),
    ("/compute/v2.1/flavors?limit={}", "2.96", "+++----"),
    ("/compute/v2.1/flavors?minRam={}", "2.96", "+++-+-+"),
    ("/compute/v2.1/flavors?minDisk={}", "2.96", "+++-+-+"),
    ("/network/v2.0/ports?limit={}", None, "+++----"),
    ("/image/v2/images?limit={}", None, "--+-+-+"),
    ("/image/v2/images?size_min={}", None, "--+-+-+"),
    ("/volume/v3/volumes?limit={}", "3.71", "--+-+-+"),
    ("/volume/v3/volumes?offset={}", "3.71", "--+-+-+"),
    ("/volume/v3/volumes?size={}", "3.71", "+++++++"),
    ("/placement/allocation_candidates?resources=VCPU:{}", "1.39", "--+-+-+"),
    ("/placement/allocation_candidates?resources=VCPU:1&limit={}", "1.39", "+-+----"),
)
"""Path, version, and for each of ODD whether it is taken (+) or refused (-): some services read as int() does."""


@pytest.mark.parametrize(("path", "version", "taken"), NUMBERS, ids=lambda text: str(text)[:60])
def test_odd_numbers_in_queries(cloud: Cloud, path: str, version: str | None, taken: str) -> None:
    seen = [cloud.admin.get(path.format(number), version=version).status for number in ODD]
    assert seen == [{"+": 200, "-": 400}[one] for one in taken]


IN_BODIES: tuple[str | float, ...] = (DIGITS, ZEROS, "-" + DIGITS, MANY, "\n", "1\n", 1.0, 1e30)
BODIES = {
    "min_count": "-+----+-",
    "boot_index": "-++---+-",
    "volume_size": "-+----+-",
    "hostname": "---+----",
    "group": "-+----+-",
    "flavor": "-+----+-",
    "quota": "-+----+-",
    "volume": "-+----+-",
    "protocol": "-+------",
    "port": "-----++-",
}
"""For each of IN_BODIES whether it is taken, as a word where that may be a number too."""


def asked_with(what: str, number: str | float, member: Client) -> tuple[str, str, Any]:
    """Method, path and body of a request with a number in text."""
    blank = {"source_type": "blank", "destination_type": "volume", "volume_size": 1}
    rule: dict[str, Any] = {"direction": "egress" if isinstance(number, float) else "ingress"}
    if what in ("port", "protocol"):
        rule["security_group_id"] = member.get("/network/v2.0/security-groups").ok(200)["security_groups"][0]["id"]
    servers, rules = "/compute/v2.1/servers", "/network/v2.0/security-group-rules"
    scatter = {"name": "g", "policy": "anti-affinity", "rules": {"max_server_per_host": number}}
    flavor = {"name": f"f{type(number).__name__}"} | dict.fromkeys(("ram", "vcpus", "disk", "swap"), number)
    ports = {"protocol": "tcp", "port_range_min": number, "port_range_max": number}
    return {
        "min_count": ("POST", servers, {"server": SERVER | {"min_count": number}}),
        "boot_index": (
            "POST",
            servers,
            {"server": SERVER | {"block_device_mapping_v2": [blank | {"boot_index": number}]}},
        ),
        "volume_size": (
            "POST",
            servers,
            {"server": SERVER | {"block_device_mapping_v2": [blank | {"volume_size": number}]}},
        ),
        "hostname": ("POST", servers, {"server": SERVER | {"hostname": number}}),
        "group": ("POST", "/compute/v2.1/os-server-groups", {"server_group": scatter}),
        "flavor": ("POST", "/compute/v2.1/flavors", {"flavor": flavor}),
        "quota": ("PUT", f"/compute/v2.1/os-quota-sets/{member.project_id}", {"quota_set": {"metadata_items": number}}),
        "volume": ("POST", f"/volume/v3/{member.project_id}/volumes", {"volume": {"size": number}}),
        "protocol": ("POST", rules, {"security_group_rule": rule | {"protocol": number}}),
        "port": ("POST", rules, {"security_group_rule": rule | ports}),
    }[what]


@pytest.mark.parametrize("number", IN_BODIES, ids=lambda number: repr(number)[:8])
@pytest.mark.parametrize("what", BODIES)
def test_such_numbers_in_bodies(cloud: Cloud, member: Client, what: str, number: str | float) -> None:
    method, path, body = asked_with(what, number, member)
    asker = cloud.admin if what in ("flavor", "quota") else member
    answer = asker.call(method, path, body, version="2.90" if "compute" in path else None)
    taken = BODIES[what][IN_BODIES.index(number)]
    refused = 403 if what == "min_count" and number in (DIGITS, MANY, 1e30) else 400
    assert answer.status in (200, 201, 202) if taken == "+" else answer.status == refused, answer.body


def test_a_newline_is_no_part_of_a_word(cloud: Cloud, member: Client) -> None:
    asked = (
        member.post("/image/v2/images", {"id": f"{uuid.uuid4()}\n"}),
        cloud.admin.post("/placement/resource_classes", {"name": "CUSTOM_A\n"}, version="1.39"),
        cloud.admin.put("/placement/traits/CUSTOM_A%0A", version="1.39"),
        member.post("/compute/v2.1/servers", {"server": SERVER | {"metadata": {"a\n": "b"}}}),
    )
    assert [answer.status for answer in asked] == [400] * 4, [answer.body for answer in asked]


LENGTHS = ((DIGITS, 413), ("\udcb2", 204), ("-1", 204), (" ", 204))


@pytest.mark.parametrize(("number", "status"), LENGTHS, ids=lambda text: repr(text)[:6])
def test_a_length_that_is_none_is_not_looked_at(member: Client, number: str, status: int) -> None:
    made = member.post("/image/v2/images", {"disk_format": "raw", "container_format": "bare"}).ok(201)["id"]
    sent = {"content-type": "application/octet-stream", "x-openstack-image-size": number}
    answer = member.put(f"/image/v2/images/{made}/file", b"x" * 512, headers=sent)
    assert answer.status == status, answer.body


def test_half_a_surrogate_pair_is_no_text(member: Client) -> None:
    for body in (b'{"\\ud800": "NaN"}', b'{"name": "\\udc00 NaN"}', b'{"name": "\\ud800"}'):
        answer = member.post("/image/v2/images", body, headers={"content-type": "application/json"})
        assert answer.status == 400, body
