"""Refusals compared with those that the real service gave: the same request, the same status, the same sentence."""

import gzip
import json
import re
from typing import Any

import pytest

from tests import shared
from tests.api.image_kit import active, new
from tests.cloud import HOST, Client, Cloud

ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
TEMPLATES = ("/v2/images", "/v2/images/{id}", "/v2/images/{id}/members", "/v2/bogus", "/v2/schemas")
OTHERWISE = {
    "chunked body": "uwsgi's fault, not the API's",
    "NaN": "no JSON",
    "patch deleted": "needs a deleted image",
    "patch of a foreign project": "needs another project",
    "unknown image": "needs an unknown image",
    "trailing slash": "the router does not mind it",
}
"""Cases that this test does not bring about, or where we answer otherwise on purpose."""


def _cases() -> list[Any]:
    found: list[Any] = []
    with gzip.open(shared.api("recorded", "image.jsonl.gz"), "rt") as lines:
        for number, line in enumerate(lines):
            one = json.loads(line)
            auth = one.get("auth")
            if one["template"] not in TEMPLATES or not one.get("case") or not 400 <= one["status"] < 500:
                continue
            if one["method"] in ("HEAD", "OPTIONS", "DELETE") or one["status"] in (401, 409):
                continue
            if not isinstance(auth, dict) or auth["scope"] != "project" or one["case"] in OTHERWISE:
                continue
            if isinstance(one.get("req_body"), dict) and "_len" in one["req_body"]:
                continue
            found.append(pytest.param(one, id=f"{number}-{one['method']}-{one['status']}-{one['case'][:40]}"))
    return found


try:
    CASES = _cases()
except pytest.skip.Exception:
    CASES = []


def test_there_are_many() -> None:
    assert shared.api("recorded").exists()
    assert len(CASES) > 120


class Stage:
    """One project with an active image of its own, and a public one."""

    def __init__(self, cloud: Cloud) -> None:
        tenant = cloud.project()
        self.clients = {"admin": cloud.admin, "member": tenant.member, "reader": tenant.reader}
        self.own = active(tenant.member)["id"]
        self.admins = new(cloud.admin)["id"]
        self.public = active(cloud.admin, visibility="public")["id"]

    def client(self, roles: list[str]) -> Client:
        return next(client for role, client in self.clients.items() if role in roles)

    def path(self, one: dict[str, Any]) -> str:
        image = self.admins if "admin" in one["auth"]["roles"] else self.own
        if "/members" in one["template"] and one["status"] == 403:
            image = self.public
        if one["status"] == 404:
            return one["path"]
        return re.sub(r"/v2/images/[^/]+", f"/v2/images/{image}", one["path"])


@pytest.fixture(scope="module")
def stage(cloud: Cloud) -> Stage:
    return Stage(cloud)


@pytest.mark.parametrize("one", CASES)
def test_refused_alike(cloud: Cloud, stage: Stage, one: dict[str, Any]) -> None:
    client = stage.client(one["auth"]["roles"])
    asked = {name.lower(): value for name, value in one["req_headers"].items()}
    headers = {"host": HOST, "x-auth-token": client.token or "", "accept": asked.get("accept", "")}
    body, raw = one.get("req_body"), b""
    if body is not None:
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        headers["content-type"] = asked.get("content-type", "application/json")
    query = f"?{one['query']}" if one.get("query") else ""
    answer = cloud.run(client._asgi(one["method"], f"/image{stage.path(one)}{query}", headers, raw))
    assert answer.status == one["status"], answer.body
    if isinstance(one["body"], dict):
        assert _plain(answer.json) == _plain(one["body"])
    elif one["body"] is not None:
        assert _plain(answer.body.decode()) == _plain(one["body"])


def _plain(value: Any) -> str:
    return ID.sub("ID", json.dumps(value))
