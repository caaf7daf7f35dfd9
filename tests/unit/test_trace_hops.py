"""The twelve hops of a new server, found in the lines of a trace; the waterfall in words."""

from typing import Any

from gureum.cli.history import changes, waterfall
from gureum.web.hops import HOPS, hops

SERVER = "server/s1"


def line(
    within: str, part: str, name: str, offset: int, *, subject: str | None = SERVER, depth: int = 1
) -> dict[str, Any]:
    return {
        "within": within,
        "part": part,
        "name": name,
        "subject": subject,
        "offset": offset,
        "micros": 10,
        "depth": depth,
        "outcome": "",
        "agent": None,
    }


FIRST = [
    line("request", "edge", "POST compute", 0, subject=None),
    line("request", "token", "compute", 20, subject=None),
    line("request", "handler", "POST /v2.1/servers", 40, subject=None),
    line("BootServer.start", "step", "BootServer.start", 100, depth=0),
    line("BootServer.start", "scheduler", "host", 110),
    line("BootServer.start", "placement", "room", 120),
    line("BootServer.start", "scheduler", "candidates", 130),
    line("BootServer.start", "scheduler", "claim", 140),
]


def test_the_table_is_the_textbooks() -> None:
    told = ", ".join(hop.title for hop in HOPS)
    assert told == (
        "dashboard, keystone, nova-api, conductor, scheduler, placement, candidate list, host chosen, conductor, "
        "glance-api, image copy, nova-compute/hypervisor"
    )


def test_hops_are_found_and_what_was_not_reached_has_no_times() -> None:
    (found,) = hops(FIRST)
    assert found["server"] == "s1"
    assert [hop["offset"] for hop in found["hops"]] == [0, 20, 40, 100, 110, 120, 130, 140, None, None, None, None]


def test_each_server_of_a_request_has_hops_of_its_own_and_the_last_attempt_counts() -> None:
    second = [one | {"subject": "server/s2", "offset": one["offset"] + 500} for one in FIRST if one["subject"]]
    guests = [line("EnsureDomain", "driver", "guest", at, subject="server/s2") for at in (700, 900)]
    found = {one["server"]: one["hops"][-1]["offset"] for one in hops([*FIRST, *second, *guests])}
    assert found == {"s1": None, "s2": 900}


def test_a_request_that_made_no_server_has_no_hops() -> None:
    assert hops(FIRST[:3]) == []


def test_the_waterfall_says_what_when_and_where() -> None:
    head = {"request_id": "req-1", "at": "now", "method": "POST", "path": "/x", "status": 202}
    ask = line("EnsureDomain", "ask", "EnsureDomain", 5_000, depth=0) | {"agent": "h1", "outcome": "DomainReport"}
    lines = list(waterfall(head | {"lines": [FIRST[0], ask], "servers": hops(FIRST)}))
    assert lines[0] == "req-1 at now: POST /x → 202"
    assert lines[2].endswith("ask EnsureDomain server/s1 at h1 → DomainReport")
    assert lines[2].split()[:4] == ["5.00", "ms", "0.01", "ms"]
    assert lines[-1].startswith("12 nova-compute/hypervisor")
    assert "not reached" in lines[-1]


def test_a_change_is_told_with_who_when_and_from_what_to_what() -> None:
    entry = {"at": "now", "user_name": "kim", "user_id": "u", "verb": "update", "kind": "server", "request_id": "req-1"}
    told = list(changes(entry | {"before": {"name": "a"}, "after": {"name": "b"}}))
    assert told == ["now kim: update server in req-1", '    name: "a" → "b"']
