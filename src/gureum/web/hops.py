"""The twelve hops of a new server, as the textbooks draw them, and where each is in our traces."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Hop(NamedTuple):
    """`part` and `name` of the span that stands for the hop; `within` is the piece of work that the span belongs to."""

    title: str
    within: str
    part: str
    name: str


REQUEST, CHOOSE, WIRE, GUEST = "request", "BootServer.start", "BootServer.wire", "EnsureDomain"
HOPS = (
    Hop("dashboard", REQUEST, "edge", ""),
    Hop("keystone", REQUEST, "token", ""),
    Hop("nova-api", REQUEST, "handler", ""),
    Hop("conductor", CHOOSE, "step", ""),
    Hop("scheduler", CHOOSE, "scheduler", "host"),
    Hop("placement", CHOOSE, "placement", "room"),
    Hop("candidate list", CHOOSE, "scheduler", "candidates"),
    Hop("host chosen", CHOOSE, "scheduler", "claim"),
    Hop("conductor", WIRE, "step", ""),
    Hop("glance-api", GUEST, "image", "location"),
    Hop("image copy", GUEST, "driver", "image"),
    Hop("nova-compute/hypervisor", GUEST, "driver", "guest"),
)


def hops(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The hops of each server that the request made, from the lines of its trace. A hop that was not reached has no times."""
    servers = dict.fromkeys(line["subject"] for line in lines if line["within"] == CHOOSE)
    return [{"server": server.partition("/")[2], "hops": _of(lines, server)} for server in servers]


def _of(lines: Sequence[Mapping[str, Any]], server: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, hop in enumerate(HOPS, 1):
        # the last: an earlier attempt came to nothing
        line = next((one for one in reversed(lines) if _stands_for(one, hop, server)), None)
        times = {"offset": None, "micros": None} if line is None else {key: line[key] for key in ("offset", "micros")}
        found.append(
            {"number": number, "hop": hop.title, "span": f"{hop.within}: {hop.part} {hop.name}".strip()} | times
        )
    return found


def _stands_for(line: Mapping[str, Any], hop: Hop, server: str) -> bool:
    return (
        line["within"] == hop.within
        and line["part"] == hop.part
        and hop.name in ("", line["name"])
        and line["subject"] in (None, server)
    )
