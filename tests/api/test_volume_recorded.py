"""Refusals and shapes as the real service gave them: recorded requests sent again."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cloud import Client, Cloud

RECORDED = Path(__file__).parents[3] / "shared/api/recorded/block_storage.jsonl.gz"
_PATHS = {"/volumes", "/snapshots", "/types", "/attachments", "/os-services/disable", "/os-services/disable-log-reason"}
_UNSERVED = re.compile(
    r"scheduler_hints|use_quota|Snapshot|Backup|Group|original volume|Key manager|Malformed request url|minDisk"
)
_OTHERWISE = {
    *("NaN", "body not utf-8", "smaller than the snapshot", "two sources"),
    *("snapshot of an errored volume", "snapshot while in maintenance"),
}
"""Recorded as something else than was sent, or about a thing in a state that nothing here is in."""


def exchanges(*methods: str) -> Iterator[dict[str, Any]]:
    """The recorded exchanges of the methods, with the path as it is behind the project."""
    with gzip.open(RECORDED, "rt") as lines:
        for line in lines:
            one = json.loads(line)
            if one["method"] in methods and one["template"].startswith("/v3"):
                one["short"] = one["template"].replace("/v3/{project_id}", "").replace("/v3/", "/")
                one["version"] = (one.get("microversion") or "").removeprefix("volume ") or None
                yield one


def _refused() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in exchanges("POST", "PUT"):
        if one["short"] not in _PATHS or one["status"] != 400 or "badRequest" not in (one.get("body") or {}):
            continue
        if not isinstance(one.get("req_body"), dict | list) or _UNSERVED.search(one["body"]["badRequest"]["message"]):
            continue
        if one.get("case") in _OTHERWISE:
            continue
        if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", json.dumps(one["body"])):
            continue
        found.append(one)
    return found


@pytest.mark.parametrize(
    "exchange", _refused(), ids=lambda one: f"{one['method']} {one['short']} {one.get('case')} {one['version']}"
)
def test_a_bad_body_is_refused_in_the_same_words(cloud: Cloud, exchange: dict[str, Any]) -> None:
    answer = cloud.admin.call(
        exchange["method"],
        f"/volume/v3{exchange['short']}",
        json.dumps(exchange["req_body"]).encode(),
        version=exchange["version"],
        headers={"content-type": "application/json"},
    )
    assert answer.status == 400, answer.body
    assert answer.json == exchange["body"]
    assert _nothing(cloud.admin)


def _nothing(client: Client) -> bool:
    return client.get("/volume/v3/volumes").ok()["volumes"] == []


def _shown(short: str, key: str) -> dict[tuple[str, bool], dict[str, Any]]:
    """The recorded things by microversion and whether an administrator saw them."""
    found: dict[tuple[str, bool], dict[str, Any]] = {}
    for one in exchanges("GET"):
        if one["short"] == short and one["status"] == 200 and "auth" in one and one["body"].get(key):
            roles = one["auth"].get("roles") or []
            if one["version"] != "latest" and "member" in roles:
                thing = one["body"][key]
                found[one["version"] or "3.0", "admin" in roles] = thing[0] if isinstance(thing, list) else thing
    return found


def _kinds(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: type(value).__name__ for name, value in thing.items() if value is not None}


@pytest.fixture(scope="module")
def volume(cloud: Cloud) -> dict[str, Any]:
    tenant = cloud.project()
    made = tenant.member.post("/volume/v3/volumes", {"volume": {"size": 1, "name": "mv"}}).ok(202)["volume"]
    cloud.wait(
        lambda: tenant.member.get(f"/volume/v3/volumes/{made['id']}").json["volume"]["status"] == "available", "volume"
    )
    return made | {"client": tenant.member}


@pytest.mark.parametrize("seen", sorted(_shown("/volumes/{id}", "volume")), ids=str)
def test_a_volume_has_the_keys_of_its_microversion(
    cloud: Cloud, volume: dict[str, Any], seen: tuple[str, bool]
) -> None:
    version, admin = seen
    client: Client = cloud.admin if admin else volume["client"]
    recorded = _shown("/volumes/{id}", "volume")[seen]
    recorded.pop("volume_image_metadata", None)
    shown = client.get(f"/volume/v3/volumes/{volume['id']}", version=version).ok(200)["volume"]
    assert list(shown) == list(recorded)
    assert {name: kind for name, kind in _kinds(shown).items() if name in _kinds(recorded)} == {
        name: kind for name, kind in _kinds(recorded).items() if name in _kinds(shown)
    }


@pytest.mark.parametrize(
    ("path", "key", "only"),
    [
        ("/types", "volume_types", ()),
        ("/os-services", "services", ()),
        ("/os-availability-zone", "availabilityZoneInfo", ()),
        ("/limits", "limits", ()),
        ("/scheduler-stats/get_pools", "pools", ("name",)),
    ],
)
def test_other_things_have_the_keys_of_their_microversion(cloud: Cloud, path: str, key: str, only: tuple[str]) -> None:
    compared = 0
    for (version, admin), recorded in _shown(path, key).items():
        if not admin:
            continue
        found = cloud.admin.get(f"/volume/v3{path}", version=version).ok(200)[key]
        shown = found[0] if isinstance(found, list) else found
        assert list(shown) == [name for name in recorded if not only or name in only], version
        compared += 1
    assert compared
