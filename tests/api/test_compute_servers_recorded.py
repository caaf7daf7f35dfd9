"""Refusals of requests about servers in the words that the real service used: recorded requests sent again."""

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.server_kit import V2, kit
from tests.cloud import Cloud
from tests.shared import api

_ONE = "/v2.1/servers/{id}"
_TEMPLATES = {
    "/v2.1/servers",
    "/v2.1/servers/detail",
    _ONE,
    f"{_ONE}/metadata",
    f"{_ONE}/metadata/{{id}}",
    f"{_ONE}/os-volume_attachments",
    f"{_ONE}/remote-consoles",
    f"{_ONE}/action",
    f"{_ONE}/tags",
}
_ACTIONS = {"os-start", "os-stop", "reboot", "os-getConsoleOutput", "addSecurityGroup", "removeSecurityGroup", None}
_STATEFUL = re.compile(
    r"could not be found|already attached|vm_state|task_state|is not attached|not found|ambiguous|quota|Malformed"
    r"|Missing imageRef|Can not find|Invalid key_name|too small|marker|UTF-8|API Version|requires a subnet|Duplicate"
    r"|availability zone|security_group with|Unable to detach|spice-html5|Blank volumes|Missing device|failed to get image"
)
"""What depends on more than the request, or on parts that are tested elsewhere."""
_OTHERWISE = {"NaN", "body not utf-8", "chunked body", "wrong method PUT on the collection"}


def _version(one: dict[str, Any]) -> str | None:
    return (one.get("microversion") or "").removeprefix("compute ") or None


def _refused() -> Iterator[dict[str, Any]]:
    with gzip.open(api("recorded", "compute.jsonl.gz"), "rt") as lines:
        for line in lines:
            one = json.loads(line)
            body = one.get("body")
            if one["status"] != 400 or one["template"] not in _TEMPLATES or "badRequest" not in (body or {}):
                continue
            if one.get("action") not in _ACTIONS or one.get("case") in _OTHERWISE:
                continue
            if _STATEFUL.search(body["badRequest"]["message"]):
                continue
            if one["method"] != "GET" and not isinstance(one.get("req_body"), dict | list):
                continue
            yield one


@pytest.fixture(scope="module")
def server(cloud: Cloud) -> str:
    mine = kit(cloud)
    return mine.server()


@pytest.mark.parametrize(
    "exchange", list(_refused()), ids=lambda one: f"{one['method']} {one['template']} {one.get('case')}"
)
def test_it_is_refused_in_the_same_words(cloud: Cloud, server: str, exchange: dict[str, Any]) -> None:
    path = exchange["path"].removeprefix("/v2.1")
    path = re.sub(r"^/servers/[0-9a-f]{8}-[0-9a-f-]{27}", f"/servers/{server}", path)
    query = f"?{exchange['query']}" if exchange.get("query") else ""
    raw = None if exchange["method"] == "GET" else json.dumps(exchange["req_body"]).encode()
    answer = cloud.admin.call(
        exchange["method"],
        f"{V2}{path}{query}",
        raw,
        version=_version(exchange),
        headers={"content-type": "application/json"} if raw else {},
    )
    assert answer.status == 400, answer.body
    assert answer.json["badRequest"]["message"] == exchange["body"]["badRequest"]["message"]
