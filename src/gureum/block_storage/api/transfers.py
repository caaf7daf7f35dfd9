"""Transfers of volumes, under the path that they had first and the one that they have since 3.55."""

from dataclasses import replace
from typing import Any

from gureum.block_storage.api import query
from gureum.block_storage.api.paths import ScopedRoutes
from gureum.block_storage.service import transfers
from gureum.block_storage.service.filters import Listing
from gureum.block_storage.wire import transfers as wire
from gureum.block_storage.wire.schemas import true
from gureum.kernel.http import Call
from gureum.kernel.http.schema import Shapes

routes = ScopedRoutes(history=wire.HISTORY)
_OLD = "/os-volume-transfer"


def _list(call: Call, shown: Any) -> dict[str, Any]:
    asked = Listing(
        filters=query.filters(call, transfers.OPEN_FILTERS),
        limit=query.limit(call),
        offset=query.offset(call),
        all_projects=query.all_tenants(call, strict=False),
    )
    if _OLD not in call.path:  # the first path knows neither orders nor markers
        asked = replace(asked, sorts=query.sorts(call), marker=call.one("marker"))
    found = transfers.search(call.tx, call.caller, asked)
    body: dict[str, Any] = {"transfers": [shown(call, one) for one in found]}
    return body | query.next_page(call, [one.id for one in found], "transfers")


def _index(call: Call) -> dict[str, Any]:
    return _list(call, wire.brief)


def _detail(call: Call) -> dict[str, Any]:
    return _list(call, wire.show)


def _create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    asked = body["transfer"]
    name = asked.get("name")
    transfer, key = transfers.create(
        call.tx,
        call.caller,
        asked["volume_id"],
        None if name is None else name.strip(),
        no_snapshots=true(asked.get("no_snapshots", False)),
    )
    return {"transfer": wire.show(call, transfer) | {"auth_key": key}}


def _show(call: Call, id: str) -> dict[str, Any]:
    return {"transfer": wire.show(call, transfers.get(call.tx, call.caller, id))}


def _delete(call: Call, id: str) -> None:
    transfers.delete(call.tx, call.caller, id)


def _accept(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    taken = transfers.accept(call.tx, call.caller, id, str(body["accept"]["auth_key"]))
    return {"transfer": wire.brief(call, taken)}


def _register(path: str, create: Shapes) -> None:
    routes.get(path, "volume:get_all_transfers")(_index)
    routes.get(f"{path}/detail", "volume:get_all_transfers")(_detail)
    routes.post(path, "volume:create_transfer", body=create, status=202)(_create)
    routes.get(f"{path}/{{id}}", "volume:get_transfer")(_show)
    routes.delete(f"{path}/{{id}}", "volume:delete_transfer")(_delete)
    routes.post(f"{path}/{{id}}/accept", "volume:accept_transfer", body=wire.ACCEPT, status=202)(_accept)


_register(_OLD, wire.CREATE_OF_OLD)
_register("/volume-transfers", wire.CREATE)
