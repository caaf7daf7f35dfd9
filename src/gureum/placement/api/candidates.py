"""Allocation candidates."""

from gureum.kernel.http import Answer, Call, Routes
from gureum.placement.api.answers import shown
from gureum.placement.service import candidates
from gureum.placement.wire import candidates as wire

routes = Routes(early=True, since=(1, 10), history=wire.HISTORY)


@routes.get("/allocation_candidates", "placement:allocation_candidates:list", query=wire.LIST)
def index(call: Call) -> Answer:
    """What could be held, and of whom."""
    found, summaries = candidates.search(call.tx, call.caller, wire.request(call.query, call.version))
    around = {one.provider.uuid: wire.summary(one.provider, one.inventories, one.traits) for one in summaries}
    return shown(call, wire.show(found, around))
