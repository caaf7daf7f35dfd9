"""Replaying recorded exchanges: which of them, by which caller, and whether two bodies have the same shape."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from tests.cloud import HOST, Client, Response
from tests.contract.recorded import Exchange, exchanges

_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
_PLACES = {"compute": "compute", "image": "image", "network": "network", "block-storage": "volume", "identity": ""}


def refusals(service: str, templates: Collection[str]) -> Iterator[Exchange]:
    """Scripted requests with a project's token that were refused for what they said."""
    for one in exchanges(service):
        auth, body = one.row.get("auth"), one.row.get("req_body")
        whole = not (isinstance(body, dict) and "_len" in body) and one.body is not None
        scoped = isinstance(auth, dict) and auth.get("scope") == "project"
        if one.row["template"] in templates and one.case and one.status in (400, 403, 404, 409) and whole and scoped:
            yield one


def answers(service: str, template: str, method: str = "GET") -> Iterator[Exchange]:
    """What went well and has a body, the first of each microversion."""
    seen: set[Any] = set()
    for one in exchanges(service):
        wanted = one.row["template"] == template and one.row["method"] == method and one.status in (200, 201)
        if wanted and one.version not in seen and isinstance(one.body, dict):
            seen.add(one.version)
            yield one


def label(one: Exchange) -> str:
    """A name for a test about an exchange."""
    number = ".".join(map(str, one.version))
    return (
        f"{one.row['method']} {one.row['path'][:60]}?{one.row.get('query') or ''} {number} {one.status} {one.case[:40]}"
    )


def replay(client: Client, one: Exchange, path: str) -> Response:
    """Send the same request again, to `path` and as `client`."""
    asked = {name.lower(): value for name, value in one.row["req_headers"].items()}
    headers = {"host": HOST, "x-auth-token": client.token or ""}
    kept = ("accept", "openstack-api-version", "x-openstack-nova-api-version", "content-type")
    headers |= {name: asked[name] for name in kept if name in asked}
    body, raw = one.row.get("req_body"), b""
    if body is not None:
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    query = f"?{one.row['query']}" if one.row.get("query") else ""
    place = _PLACES[one.service]
    return client.cloud.run(
        client._asgi(one.row["method"], f"{'/' + place if place else ''}{path}{query}", headers, raw)
    )


def plain(value: Any) -> str:
    """A body without the ids in it."""
    return _ID.sub("ID", json.dumps(value))


def shape(value: Any) -> Any:
    """What a body is made of: keys, and the kind of each value; of a list its first item."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else "text"


def differences(ours: Any, theirs: Any, place: str = "") -> list[str]:
    """Where two shapes differ. A null or an empty list on either side says nothing of what may stand there."""
    if "NoneType" in (ours, theirs) and not (isinstance(ours, dict) and isinstance(theirs, dict)):
        return []
    if isinstance(ours, list) and isinstance(theirs, list):
        return differences(ours[0], theirs[0], f"{place}[]") if ours and theirs else []
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = [f"{place}/{key}: missing" for key in theirs.keys() - ours.keys()]
        found += [f"{place}/{key}: unknown there" for key in ours.keys() - theirs.keys()]
        for key in ours.keys() & theirs.keys():
            found += differences(ours[key], theirs[key], f"{place}/{key}")
        return found
    return [] if ours == theirs else [f"{place}: {ours}, there {theirs}"]
