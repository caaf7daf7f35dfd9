"""Identity compared with what the real service answered: the same request, the same status, sentence and keys."""

import gzip
import itertools
import json
import re
from typing import Any

import pytest

from tests import shared
from tests.cloud import PASSWORD, Client, Cloud

COLLECTIONS = [
    "users",
    "projects",
    "domains",
    "groups",
    "roles",
    "role_assignments",
    "role_inferences",
    "regions",
    "services",
    "endpoints",
    "credentials",
]
OTHERWISE = {
    "OPTIONS on the collection": "nobody asks",
    "NaN": "no JSON",
    "duplicate keys": "the missing key is named before the unknown one",
    "wrong wrapper": "the same",
    "empty object": "upstream falls over its own schema",
    "page after marker": "its marker is a thing of the recording",
    "limit 0": "whether an empty page is cut depends on what there is",
    "list limit 1": "the same",
    "limit given twice": "the same",
    "sorted page": "the same",
    "malformed marker": "the same",
    "negative limit": "refused here, everywhere alike",
    "huge limit": "whether the page is cut depends on what there is",
    'bad is_domain: "no"': "no means no",
    "project depth": "its parent is a thing of the recording",
    "create child": "the same",
    "body of 200 kB, not JSON": "the body was not kept",
    "two X-Auth-Token": "the second header was not kept",
    "use of a revoked token": "tests of tokens have it",
    "reader, no Accept header": "the missing body is named first",
    "reader, Accept */*": "the same",
    "reader, Accept text/html": "the same",
    "create again, same body": "needs the one before",
    'bad blob: "not json"': "the same",
    "role assignments user.id": "upstream quotes its web framework",
    "missing type": "its blob was not kept",
}
"""Cases that this test does not bring about, or where we answer otherwise on purpose."""
BLOB = '{\\"access\\": \\"a%d\\", \\"secret\\": \\"b\\"}'
ID = re.compile(r"[0-9a-f]{32}|[0-9a-f-]{36}")
SCHEMA = re.compile(r"\n\nFailed validating.*", re.S)


def exchanges(template: str) -> list[dict[str, Any]]:
    """What was recorded for one collection."""
    with gzip.open(shared.api("recorded", "identity.jsonl.gz"), "rt") as lines:
        found = [json.loads(line) for line in lines]
    return [
        one
        for one in found
        if one["template"] == template and one["status"] and one["status"] != 409 and one.get("case") not in OTHERWISE
    ]


class Stage:
    """Clients with the tokens that the recording had, and a service to hang endpoints on."""

    def __init__(self, cloud: Cloud) -> None:
        tenant = cloud.project()
        self.anonymous = cloud.anonymous()
        self.numbers = itertools.count()
        self.clients = {
            ("project", "admin"): cloud.admin,
            ("project", "member"): tenant.member,
            ("project", "reader"): tenant.reader,
            ("system", "admin"): cloud.login("admin", PASSWORD, system=True),
        }
        self.service_id = cloud.admin.get("/v3/services").ok(200)["services"][0]["id"]

    def client(self, auth: Any) -> Client | None:
        """The client for what a request was sent with; None where there is none like it."""
        if not isinstance(auth, dict):
            return self.anonymous
        role = next((role for role in ("admin", "member", "reader") if role in auth["roles"]), "")
        return self.clients.get((auth["scope"], role))

    def send(self, client: Client, one: dict[str, Any]) -> Any:
        """The request as it was sent, with this cloud's ids and secrets."""
        raw = None
        if one.get("req_body") is not None:
            text = one["req_body"] if isinstance(one["req_body"], str) else json.dumps(one["req_body"])
            text = text.replace("<password>", "pw").replace("<blob>", BLOB % next(self.numbers))
            raw = re.sub(r'("service_id": )"[0-9a-f]{32}"', rf'\1"{self.service_id}"', text).encode()
            if "bad service_id" in (one.get("case") or ""):
                raw = text.encode()
        headers = {"content-type": one["req_headers"].get("content-type", "application/json")}
        if one.get("auth") == "unknown token":
            headers["x-auth-token"] = "gAAAAABbogus"
        path = one["path"] + (f"?{one['query']}" if one.get("query") else "")
        return client.call(one["method"], path, raw, headers=headers)


@pytest.fixture(scope="module")
def stage(cloud: Cloud) -> Stage:
    return Stage(cloud)


def message(body: Any) -> str | None:
    """The sentence of a refusal, without ids and without the schema that upstream appends to some."""
    if not isinstance(body, dict) or "error" not in body:
        return None
    return SCHEMA.sub("", ID.sub("ID", body["error"]["message"]))


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_collections_answer_as_recorded(stage: Stage, collection: str) -> None:
    compared, wrong = 0, []
    for one in exchanges(f"/v3/{collection}"):
        client = stage.client(one.get("auth"))
        if client is None or "NoneType" in (message(one.get("body")) or ""):
            continue
        compared += 1
        answer = stage.send(client, one)
        body = answer.json if "json" in answer.headers.get("content-type", "") and answer.body else None
        right = one.get("body")
        asked = f"{one['method']} {one['path']}?{one.get('query')} [{one.get('case')}] {one.get('req_body')}"
        if answer.status != one["status"]:
            wrong.append(f"{asked}: {answer.status} instead of {one['status']}: {answer.body[:200]!r}")
        elif message(right) != message(body):
            wrong.append(f"{asked}: {message(body)!r} instead of {message(right)!r}")
        elif isinstance(right, dict) and isinstance(body, dict) and answer.status < 300:
            if list(right) != list(body):
                wrong.append(f"{asked}: keys {list(body)} instead of {list(right)}")
            wrong += [
                f"{asked}: {key} has {sorted(body[key])} instead of {sorted(value)}"
                for key, value in right.items()
                if isinstance(value, dict) and key != "links" and set(value) != set(body[key])
            ]
    assert compared > 10, collection
    assert not wrong, "\n".join(wrong)


def test_logins_are_refused_as_recorded(stage: Stage) -> None:
    wrong, compared = [], 0
    for one in exchanges("/v3/auth/tokens"):
        if one["method"] != "POST" or one["status"] not in (400, 401, 404) or not one.get("case"):
            continue
        if one["case"] in ("totp without credential", "mapped without protocol") or "system" in one["case"]:
            continue
        if "wrong password" in one["case"] or "application credential" in one["case"] or one["case"] == "bad token":
            continue
        compared += 1
        answer = stage.send(stage.anonymous, one)
        if answer.status != one["status"] or message(answer.json) != message(one["body"]):
            wrong.append(f"[{one['case']}] {one['req_body']}: {answer.status} {answer.json} instead of {one['body']}")
    assert compared > 20
    assert not wrong, "\n".join(wrong)


def test_headers_are_as_recorded(stage: Stage) -> None:
    answers = {
        "show": stage.clients["project", "admin"].get("/v3/roles"),
        "none": stage.anonymous.get("/v3/users"),
        "method": stage.clients["project", "admin"].put("/v3/users", {}),
        "path": stage.anonymous.get("/v3/bogus"),
    }
    for answer in answers.values():
        assert answer.headers["vary"] == "X-Auth-Token"
        assert answer.headers["x-openstack-request-id"].startswith("req-")
    assert answers["none"].headers["www-authenticate"] == 'Keystone uri="http://cloud.test:5000/v3"'
    assert {"GET", "HEAD", "POST", "OPTIONS"} == set(answers["method"].headers["allow"].split(", "))
    assert answers["path"].status == 404
    assert answers["path"].headers["content-type"] == "text/html; charset=utf-8"


def test_a_large_body_is_refused_as_recorded(stage: Stage) -> None:
    answer = stage.clients["project", "admin"].post("/v3/users", b"x" * 200_000)
    assert answer.status == 413
    assert answer.json == {
        "message": "Request is too large. Larger than max_request_body_size (%s).<br /><br />\n\n\n",
        "code": "413 Request Entity Too Large",
        "title": "Request Entity Too Large",
    }
    assert stage.anonymous.post("/v3/auth/tokens", b" " * 200_000).status == 413
