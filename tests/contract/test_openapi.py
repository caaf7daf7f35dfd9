"""The reading of upstream's descriptions, and the list of their mistakes."""

import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from gureum.kernel.http.history import Version
from tests.cloud import Cloud, Exchange, Response
from tests.contract.openapi import document, mismatches
from tests.contract.recorded import FILES, exchanges
from tests.contract.watch import ContractBroken, watch

_WRONG = Path(__file__).parent / "openapi_wrong.yaml"
_HEAD = """# What upstream's OpenAPI files get wrong about the real services. A body that is wrong only in these ways is right.
# Generated from the recordings (GUREUM_GOLDEN=write); a test compares. An entry with `unrecorded` carries its evidence there.
# wrong: {place in the body: what the schema says against it}
"""
_REASONS = {
    "type null": "The real service answers null here.",
    "format": "The real service's ids have no such form here (default, names of regions).",
    "additional": "The real service sends these keys too.",
    "required": "The real service leaves it out.",
}


@pytest.mark.parametrize(
    ("version", "component"),
    [((2, 1), "ServerShowResponse_20"), ((2, 47), "ServerShowResponse_247"), ((2, 62), "ServerShowResponse_247")],
)
def test_the_component_of_the_microversion_is_picked(version: Version, component: str) -> None:
    pointer = document("compute").response("GET /v2.1/servers/{}", 200, version, None)
    assert pointer == f"#/components/schemas/{component}"


def test_the_component_of_the_action_is_picked() -> None:
    picked = document("compute").request("POST /v2.1/servers/{}/action", (2, 79), "pause")
    assert picked == "#/components/schemas/ServersAction_Pause"
    assert not mismatches("compute", "POST /v2.1/servers/{}/action pause", (2, 79), asked={"pause": None})
    (wrong,) = mismatches("compute", "POST /v2.1/servers/{}/action pause", (2, 79), asked={"pause": None, "x": 1})
    assert wrong.key == "(all): additional x"


def test_a_body_that_lacks_a_key_is_told() -> None:
    keypair = {"name": "a", "public_key": "b", "fingerprint": "c", "type": "ssh"}
    said = mismatches(
        "compute", "GET /v2.1/os-keypairs", (2, 1), status=200, answer={"keypairs": [{"keypair": keypair}]}
    )
    assert [one.key for one in said] == ["keypairs/[]/keypair: additional type"]
    assert (
        mismatches("compute", "GET /v2.1/os-keypairs", (2, 1), status=200, answer={})[0].key
        == "(all): required keypairs"
    )


def test_only_three_formats_are_looked_at() -> None:
    schema = {"format": "uuid", "type": "string"}
    validator: Any = document("network").validator("#").evolve(schema=schema)
    assert validator.is_valid("b" * 32)
    assert not validator.is_valid("default")
    assert not validator.evolve(schema={"format": "ipv4"}).is_valid("1.2.3")
    assert validator.evolve(schema={"format": "date-time"}).is_valid("yesterday")


def test_a_broken_answer_fails_the_test_that_asked(cloud: Cloud) -> None:
    true = cloud.admin.get("/v3/projects")
    broken = Response(200, true.headers, true.body.replace(b'"enabled":true', b'"enabled":"perhaps"'))
    assert broken.body != true.body
    with pytest.raises(ContractBroken, match=r"projects/\[\]/enabled: enum 'perhaps'"):
        watch(Exchange("GET", "/v3/projects", None, {}, b"", broken))


def test_the_list_of_mistakes_is_what_the_recordings_show() -> None:
    shown = _shown()
    if os.environ.get("GUREUM_GOLDEN") == "write":
        _write(shown)
    listed = {
        (entry["service"], operation, entry["side"], at, says)
        for entry in yaml.safe_load(_WRONG.read_text())
        if "unrecorded" not in entry
        for operation in entry["operations"]
        for at, all_says in entry["wrong"].items()
        for says in all_says
    }
    assert listed == shown


def _shown() -> set[tuple[str, str, str, str, str]]:
    return {
        (service, one.operation, one.side, one.at, one.says)
        for service in FILES
        for exchange in exchanges(service)
        for one in exchange.mismatches()
    }


def _write(shown: set[tuple[str, str, str, str, str]]) -> None:
    kept = [entry for entry in yaml.safe_load(_WRONG.read_text()) or [] if "unrecorded" in entry]
    grouped: dict[tuple[str, str, str], dict[str, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(dict))
    for service, operation, side, at, says in sorted(shown):
        why = next(
            (why for begin, why in _REASONS.items() if says.startswith(begin)), "The real service's type differs."
        )
        why = "The real service accepts it." if side == "request" else why
        grouped[service, side, why][operation].setdefault(at, []).append(says)
    entries: list[dict[str, Any]] = []
    for (service, side, why), wrongs in grouped.items():
        for operation, wrong in wrongs.items():
            same = next((one for one in entries if one["wrong"] == wrong and one["why"] == why), None)
            if same and (same["service"], same["side"]) == (service, side):
                same["operations"].append(operation)
            else:
                entry = {"service": service, "operations": [operation], "side": side, "why": why, "wrong": wrong}
                entries.append(entry)
    _WRONG.write_text(_HEAD + yaml.safe_dump([*entries, *kept], sort_keys=False, width=120))
