"""Instance actions on the wire, and what each microversion did to that."""

import hashlib
from typing import Any

from gureum.compute.server import Server
from gureum.compute.store.actions import Action, Event
from gureum.compute.wire.values import moment
from gureum.kernel.http import Call, Change, History


def show(action: Action) -> dict[str, Any]:
    """An action, as the newest microversion shows it."""
    return {
        "action": action.action,
        "instance_uuid": action.server_id,
        "request_id": action.request_id,
        "user_id": action.user_id,
        "project_id": action.project_id,
        "start_time": moment(action.started_at),
        "message": action.message,
        "updated_at": moment(action.updated_at),
    }


def show_event(event: Event, server: Server, *, inside: bool, details: bool) -> dict[str, Any]:
    """A part of an action; `inside` shows the host and the traceback, `details` what went wrong."""
    shown: dict[str, Any] = {
        "event": event.event,
        "start_time": moment(event.started_at),
        "finish_time": moment(event.finished_at),
        "result": event.result,
        "hostId": hashlib.sha224((server.project_id + event.host).encode()).hexdigest() if event.host else "",
    }
    if inside:
        shown |= {"traceback": None, "host": event.host}
    return shown | ({"details": event.details} if details else {})


def _events_before_hosts(item: dict[str, Any], _: Call) -> None:
    for event in item.get("events", ()):
        for name in ("host", "hostId"):
            event.pop(name, None)


def _events_before_details(item: dict[str, Any], _: Call) -> None:
    for event in item.get("events", ()):
        event.pop("details", None)


ACTION = History(
    "instanceAction",
    "instanceActions",
    [
        Change((2, 58), "when an action last changed", shows=frozenset({"updated_at"})),
        Change((2, 62), "events say on which host", down=_events_before_hosts),
        Change((2, 84), "events say what went wrong", down=_events_before_details),
    ],
)
