"""Quotas and agents."""

from typing import Any

from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.route import AUTHENTICATED
from gureum.network.service import agents, quotas
from gureum.network.service.listing import directed
from gureum.network.wire import agents as wire
from gureum.network.wire import query, values
from gureum.network.wire.body import Attribute, Body

routes = Routes()

_BODY = Body(
    "quota",
    "quotas",
    [
        *(Attribute(name, values.within(-1, quotas.MOST)) for name in quotas.DEFAULTS),
        Attribute("force"),
        Attribute("check_limit"),
        Attribute("tenant_id", values.text()),
        Attribute("project_id", values.text()),
    ],
    older=True,
)


@routes.get("/v2.0/quotas", "get_quota", head=True)
def index(call: Call) -> dict[str, Any]:
    """Projects with limits of their own."""
    found = quotas.special(call.tx, call.caller)
    shown = [limits | {"tenant_id": project, "project_id": project} for project, limits in found.items()]
    return {"quotas": shown}


@routes.get("/v2.0/quotas/{project_id}", "get_quota", head=True)
def show(call: Call, project_id: str) -> dict[str, Any]:
    """A project's limits."""
    return {"quota": quotas.show(call.tx, call.caller, project_id)}


@routes.get("/v2.0/quotas/{project_id}/default", "get_quota")
def defaults(call: Call, project_id: str) -> dict[str, Any]:
    """The limits of a project that has none of its own."""
    quotas.show(call.tx, call.caller, project_id)
    return {"quota": quotas.defaults(call.tx)}


@routes.get("/v2.0/quotas/{project_id}/details", "get_quota")
def details(call: Call, project_id: str) -> dict[str, Any]:
    """A project's limits and usage."""
    return {"quota": quotas.details(call.tx, call.caller, project_id)}


@routes.put("/v2.0/quotas/{project_id}", "update_quota", early=True, raw=True)
def change(call: Call, project_id: str) -> dict[str, Any]:
    """Give a project limits of its own."""
    asked = _BODY.change(call.raw)
    force = str(asked.get("force")).lower() in ("true", "1")
    amounts = {name: asked[name] for name in quotas.DEFAULTS if name in asked}
    if not amounts and "force" in asked and len(asked) > 1:
        raise Invalid("Resources required", name="HTTPBadRequest")
    return {"quota": quotas.change(call.tx, call.caller, project_id, amounts, force)}


@routes.delete("/v2.0/quotas/{project_id}", "delete_quota")
def reset(call: Call, project_id: str) -> None:
    """Give a project the defaults again."""
    quotas.reset(call.tx, call.caller, project_id)


_AGENT_FILTERS = ("id", "agent_type", "binary", "host", "alive", "admin_state_up", "availability_zone", "topic")


@routes.get("/v2.0/agents", AUTHENTICATED)
def list_agents(call: Call) -> dict[str, Any]:
    """The network's agents, for administrators; nothing for others."""
    asked = query.read(call)
    unknown = [name for name in asked.filters if name not in _AGENT_FILTERS]
    if unknown:
        raise Invalid(f"{unknown} is invalid attribute for filtering", name="HTTPBadRequest")
    shown = [wire.show(agent) for agent in agents.select(call.tx, call.caller)]
    for name, wanted in asked.filters.items():
        shown = [one for one in shown if str(one[name]).lower() in {word.lower() for word in wanted}]
    for key, direction in reversed(directed(asked, wire.SORTABLE)):
        shown.sort(key=lambda one, k=key: str(one[k]), reverse=direction == "desc")
    return query.page(call, asked, "agents", _cut(shown, asked))


def _cut(shown: list[dict[str, Any]], asked: query.Query) -> list[dict[str, Any]]:
    """One page; a marker that is no agent's is passed over, as upstream does with lists that it cuts itself."""
    if asked.limit is None:
        return shown
    place = next((place for place, one in enumerate(shown) if one["id"] == asked.marker), None)
    if asked.reverse:
        return shown[:place][-asked.limit :]
    return shown[0 if place is None else place + 1 :][: asked.limit]


@routes.get("/v2.0/agents/{id}", AUTHENTICATED)
def show_agent(call: Call, id: str) -> dict[str, Any]:
    """One agent."""
    return {"agent": query.only(call, wire.show(agents.get(call.tx, call.caller, id)))}
