"""`/gureum/v1/log`: what happened to a thing."""

from typing import Any

from gureum.identity.service import names
from gureum.kernel import clock, journal
from gureum.kernel.faults import Invalid, NotFound
from gureum.kernel.http import Call, Routes
from gureum.kernel.numbers import natural
from gureum.kernel.policy import Reach, Rule

RULES = [
    Rule("gureum:log", "rule:admin_required or project_id:%(project_id)s", "GET /v1/log"),
]
_MOST = 1000
_USUAL = 200
routes = Routes()


@routes.get("/v1/log", "gureum:log")
def log(call: Call) -> dict[str, Any]:
    """The changes of `resource` (an id), the newest first: at most `limit` of them, before the entry `before`.

    Members see those of their project's things, without what concerns only the operator. Raises NotFound where there are none.
    """
    resource = call.one("resource")
    if not resource:
        raise Invalid("The parameter resource says whose log is wanted.")
    reach = call.reach("gureum:log")
    owner = None if reach is Reach.ALL else call.caller.project_id
    if reach is Reach.NONE or (reach is not Reach.ALL and owner is None):
        raise NotFound(f"Nothing is known of {resource}.")
    limit = _number(call, "limit", _USUAL)
    before = None if call.one("before") is None else _number(call, "before", 0)
    found = journal.entries(call.tx, resource[:255], owner=owner, before=before, limit=min(limit, _MOST))
    if not found and before is None:
        raise NotFound(f"Nothing is known of {resource}.")
    users = names.of_users(call.tx, {one.user_id for one in found})
    operator = reach is Reach.ALL
    return {"entries": [_shown(one, users, operator=operator) for one in found]}


def _number(call: Call, name: str, usual: int) -> int:
    text = call.one(name)
    if text is None:
        return usual
    number = natural(text)
    if number is None or not 0 < number < 2**31:
        raise Invalid(f"{name} must be a positive number.")
    return number


def _shown(entry: journal.Entry, users: dict[str, str], *, operator: bool) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": clock.iso_micros(entry.at, "Z"),
        "request_id": entry.request_id or None,
        "global_request_id": entry.global_request_id,
        "user_id": entry.user_id or None,
        "user_name": users.get(entry.user_id, "" if entry.user_id else "gureum"),
        "kind": entry.kind,
        "resource": entry.subject,
        "verb": entry.verb,
        "before": journal.shown(entry.kind, entry.before, operator=operator),
        "after": journal.shown(entry.kind, entry.after, operator=operator),
    }
