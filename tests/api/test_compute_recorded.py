"""Resources around servers compared with what the real service answered: refusals word by word, answers by shape."""

import json
import re
from typing import Any

import pytest

from tests.cloud import Client, Cloud
from tests.contract.recorded import Exchange
from tests.recorded import answers, differences, label, plain, refusals, replay, shape

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5H0Zz1nYqXl9rYw8mD0c1VnB2o3pQ4rS5tU6vW7xY8 rec"
TEMPLATES = (
    "/v2.1/flavors",
    "/v2.1/flavors/detail",
    "/v2.1/flavors/{id}",
    "/v2.1/flavors/{id}/action",
    "/v2.1/flavors/{id}/os-extra_specs",
    "/v2.1/flavors/{id}/os-extra_specs/{id}",
    "/v2.1/flavors/{id}/os-flavor-access",
    "/v2.1/os-keypairs",
    "/v2.1/os-keypairs/{id}",
    "/v2.1/os-services",
    "/v2.1/os-services/{id}",
    "/v2.1/os-hypervisors",
    "/v2.1/os-hypervisors/detail",
    "/v2.1/os-hypervisors/statistics",
    "/v2.1/os-hypervisors/{id}",
    "/v2.1/os-hypervisors/{id}/servers",
    "/v2.1/os-availability-zone",
    "/v2.1/os-availability-zone/detail",
    "/v2.1/os-aggregates",
    "/v2.1/os-aggregates/{id}",
    "/v2.1/limits",
    "/v2.1/os-quota-sets/{id}",
    "/v2.1/os-quota-class-sets/{id}",
    "/v2.1/os-quota-class-sets/bogus",
    "/v2.1/os-simple-tenant-usage",
    "/v2.1/os-simple-tenant-usage/{id}",
)
ELSEWHERE = (
    "NaN",
    "query not utf-8",
    "trailing slash",
    "show path tricks",
    "wrong method BREW",
    "show id not utf-8",
    "update: malformed JSON",
    "HEAD",
)
"""Cases about the server in front, not about these resources."""
STATES = {
    "extra specs: bad value",
    "extra specs: unknown key",
    "unknown access",
    "access to a public flavor",
    "quota: below the use",
    "quota",
    "delete with servers",
    "unscoped token",
}
"""Cases that need a state of things, or values of extra specs that nobody here checks."""


def _cases() -> list[Any]:
    try:
        found = [
            one
            for one in refusals("compute", TEMPLATES)
            if not one.case.startswith(ELSEWHERE) and one.case not in STATES and one.row["method"] != "HEAD"
        ]
    except pytest.skip.Exception:
        return []
    return [pytest.param(one, id=label(one)) for one in found]


CASES = _cases()


class Stage:
    """What the recording had: a project with its users, flavors 42 and a key pair of each user who made one again."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.tenant = cloud.project("member", "reader")
        admin = cloud.admin
        for id, name in (("42", "m1.nano"), ("43", "public")):
            flavor = {"id": id, "name": name, "ram": 128, "vcpus": 1, "disk": 1}
            admin.post("/compute/v2.1/flavors", {"flavor": flavor}).ok(200)

    def client(self, one: Exchange) -> Client:
        roles = one.row["auth"]["roles"]
        if "admin" in roles:
            return self.cloud.admin
        return self.tenant.member if "member" in roles else self.tenant.reader

    def path(self, one: Exchange, client: Client) -> str:
        path = one.row["path"]
        host = self.cloud.read(lambda tx: tx.conn.exec_driver_sql("select service_uuid from hosts").scalar())
        if one.case.startswith("service:"):
            return f"/v2.1/os-services/{host}"
        if one.case.startswith("quota: "):
            return f"/v2.1/os-quota-sets/{self.tenant.id}"
        return path

    def prepare(self, one: Exchange, client: Client) -> None:
        if one.case == "create again, same body":
            body = one.row["req_body"]
            kind = one.row["path"].rpartition("/")[2]
            (self.cloud.admin if kind != "os-keypairs" else client).post(f"/compute/v2.1/{kind}", body, version="2.104")


@pytest.fixture(scope="module")
def stage(cloud: Cloud) -> Stage:
    return Stage(cloud)


def test_there_are_many() -> None:
    assert len(CASES) > 250


@pytest.mark.parametrize("one", CASES)
def test_refused_alike(stage: Stage, one: Exchange) -> None:
    client = stage.client(one)
    stage.prepare(one, client)
    answer = replay(client, one, stage.path(one, client))
    assert (answer.status, _known(answer.json)) == (one.status, _known(one.body))


def _known(body: Any) -> str:
    """Without what differs between clouds."""
    return re.sub(r"maximum is 2\.\d+", "maximum is 2.N", plain(body))


GETS = {
    "/v2.1/flavors/detail": "/v2.1/flavors/detail",
    "/v2.1/flavors/{id}": "/v2.1/flavors/42",
    "/v2.1/os-keypairs": "/v2.1/os-keypairs",
    "/v2.1/os-keypairs/{id}": "/v2.1/os-keypairs/kept",
    "/v2.1/os-services": "/v2.1/os-services",
    "/v2.1/os-hypervisors/detail": "/v2.1/os-hypervisors/detail",
    "/v2.1/os-hypervisors/statistics": "/v2.1/os-hypervisors/statistics",
    "/v2.1/os-availability-zone": "/v2.1/os-availability-zone",
    "/v2.1/os-aggregates": "/v2.1/os-aggregates",
    "/v2.1/limits": "/v2.1/limits",
    "/v2.1/os-quota-class-sets/default": "/v2.1/os-quota-class-sets/default",
    "/v2.1/os-quota-sets/{id}": "/v2.1/os-quota-sets/{project}",
    "/v2.1/os-quota-sets/{id}/detail": "/v2.1/os-quota-sets/{project}/detail",
}
CLOUDS_OWN = ("cpu_info/vendor", "cpu_info/topology", "extra_specs/")
"""What hosts do not tell here, and what stood in the recorded flavor."""


@pytest.fixture(scope="module")
def furnished(stage: Stage) -> Stage:
    admin = stage.cloud.admin
    admin.post("/compute/v2.1/os-keypairs", {"keypair": {"name": "kept", "public_key": KEY}}).ok(200)
    admin.post("/compute/v2.1/os-aggregates", {"aggregate": {"name": "kept"}}).ok(200)
    return stage


@pytest.mark.parametrize("template", GETS)
def test_answered_alike_at_every_microversion(furnished: Stage, template: str) -> None:
    admin = furnished.cloud.admin
    path = GETS[template].replace("{project}", furnished.tenant.id)
    versions = 0
    for one in answers("compute", template):
        version = ".".join(map(str, one.version))
        ours = admin.get(f"/compute{path}", version=version).ok(200)
        wrong = [it for it in differences(shape(ours), shape(one.body)) if not any(own in it for own in CLOUDS_OWN)]
        wrong = [it for it in wrong if "_links" not in it]
        assert not wrong, (version, wrong, json.dumps(one.body)[:500])
        versions += 1
    assert versions
