"""Usages."""

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import shown
from gureum.placement.service import usages
from gureum.placement.wire import usages as wire

routes = Routes()


@routes.get("/resource_providers/{uuid}/usages", "placement:resource_providers:usages", early=True)
def of_provider(call: Call, uuid: str) -> Answer:
    """What is used of a provider."""
    provider, found = usages.of_provider(call.tx, call.caller, uuid)
    return shown(call, wire.show(found, provider.generation))


@routes.get("/usages", "placement:usages", since=(1, 9), until=(1, 37))
def totals(call: Call) -> Answer:
    """What a project uses."""
    found, _ = _totals(call)
    return shown(call, wire.show_totals(found))


@routes.get("/usages", "placement:usages", since=(1, 38))
def totals_by_type(call: Call) -> Answer:
    """What a project uses, by the type of the consumers."""
    found, counts = _totals(call)
    return shown(call, wire.show_by_type(found, counts, call.one("consumer_type")))


def _totals(call: Call) -> tuple[usages.Totals, dict[str | None, int]]:
    """The rule is about the project that the query names, and comes before all that is wrong with the query."""
    usages.must_be_allowed(call.caller, call.one("project_id"))
    wire.TOTALS.check(call.query, call.version)
    return usages.of_project(call.tx, call.caller, call.query["project_id"][-1], call.one("user_id"))
