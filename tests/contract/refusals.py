"""What refusals look like: the shapes that the recordings show for each service and status."""

import csv
import json
from collections import defaultdict
from functools import cache
from typing import Any

from tests.cloud import Response
from tests.shared import api

RECORDED = {
    "identity": "identity",
    "image": "image",
    "compute": "compute",
    "network": "network",
    "block-storage": "block_storage",
    "placement": "placement",
}
"""Service → its recording."""
_UNRECORDED = {("compute", 501): {"notImplemented{code,message}"}}
"""Named like the others after their status; the machine of the recordings had a driver that knew everything."""


def strange(service: str, answer: Response) -> str | None:
    """What is wrong with the shape of a refusal; None when a real service answers in that shape."""
    shape = _shape(answer)
    recorded = _recorded(service)
    shapes = recorded.get(answer.status) or {one for all_shapes in recorded.values() for one in all_shapes}
    shapes |= _UNRECORDED.get((service, answer.status), set())
    return None if shape in shapes else f"{answer.status} with a body like {shape}, where {sorted(shapes)} are known"


def _shape(answer: Response) -> str:
    if not answer.body:
        return "empty"
    kind = answer.headers.get("content-type", "")
    if "json" not in kind:
        return "html" if "html" in kind else "text"
    body: Any = json.loads(answer.body)
    if not isinstance(body, dict):
        return type(body).__name__
    key, value = next(iter(body.items()))
    if isinstance(value, dict):
        return f"{key}{{{','.join(value)}}}"
    if isinstance(value, list) and value:
        return f"{key}[0]{{{','.join(value[0])}}}"
    return key if len(body) == 1 else f"{{{','.join(body)}}}"


@cache
def _recorded(service: str) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    with api("recorded", f"{RECORDED[service]}.errors.tsv").open(errors="replace", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        for row in rows:
            if len(row) > 4 and row[3].isdigit():
                found[int(row[3])].add(row[4])
    return dict(found)
