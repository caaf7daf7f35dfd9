"""Flavors."""

from typing import Any

from gureum.compute.flavor import Flavor
from gureum.compute.service import flavors
from gureum.compute.store.flavor_lists import FlavorList
from gureum.compute.wire import flavors as wire
from gureum.compute.wire import values
from gureum.compute.wire.paging import limit_of, with_next
from gureum.kernel.faults import Invalid
from gureum.kernel.http import Call, Routes
from gureum.kernel.http.route import AUTHENTICATED
from gureum.kernel.ids import new_uuid
from gureum.kernel.numbers import whole

routes = Routes()

_SPECS = "os_compute_api:os-flavor-extra-specs:index"


def _whole(call: Call, name: str) -> int | None:
    text = call.one(name)
    if text is None:
        return None
    try:
        return whole(text)
    except ValueError:
        raise Invalid(f"Invalid {name} filter [{text}]") from None


def _public(call: Call) -> bool | None:
    text = call.one("is_public")
    if text is None:
        return True
    if text.lower() == "none":
        return None
    word = text.strip().lower()
    if word in ("1", "t", "true", "on", "y", "yes"):
        return True
    if word in ("0", "f", "false", "off", "n", "no"):
        return False
    raise Invalid(f"Invalid is_public filter [{text}]")


def _asked(call: Call) -> FlavorList:
    return FlavorList(
        public=_public(call) if call.caller.is_admin else True,
        least_ram=_whole(call, "minRam"),
        least_disk=_whole(call, "minDisk"),
        name=call.one("name") if call.version >= (2, 102) else None,
        sort=call.one("sort_key") or "flavorid",
        direction="desc" if call.one("sort_dir") == "desc" else "asc",
        marker=call.one("marker"),
        limit=limit_of(call),
    )


def _show(call: Call, flavor: Flavor) -> dict[str, Any]:
    return wire.show(flavor, call.base_url, extra_specs=call.may(_SPECS))


def _page(call: Call, items: list[dict[str, Any]]) -> dict[str, Any]:
    marker = items[-1]["id"] if items else ""
    return with_next(call, {"flavors": items}, "flavors", limit=limit_of(call), marker=marker)


@routes.get("/v2.1/flavors", AUTHENTICATED, query=wire.QUERY, history=wire.HISTORY)
def index(call: Call) -> dict[str, Any]:
    """The flavors there are, in short."""
    found = flavors.search(call.tx, call.caller, _asked(call))
    return _page(call, [wire.brief(flavor, call.base_url) for flavor in found])


@routes.get("/v2.1/flavors/detail", AUTHENTICATED, query=wire.QUERY, history=wire.HISTORY)
def detail(call: Call) -> dict[str, Any]:
    """The flavors there are."""
    specs = call.may(_SPECS)
    found = flavors.search(call.tx, call.caller, _asked(call))
    return _page(call, [wire.show(flavor, call.base_url, extra_specs=specs) for flavor in found])


@routes.get("/v2.1/flavors/{id}", AUTHENTICATED, history=wire.HISTORY)
def show(call: Call, id: str) -> dict[str, Any]:
    """A flavor."""
    return {"flavor": _show(call, flavors.get(call.tx, call.caller, id))}


@routes.post(
    "/v2.1/flavors", "os_compute_api:os-flavor-manage:create", body=wire.CREATE, history=wire.HISTORY, early=True
)
def create(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Make a flavor."""
    asked = body["flavor"]
    given = asked.get("id")
    flavor = Flavor(
        id=new_uuid() if given is None else str(given),
        name=asked["name"],
        vcpus=whole(asked["vcpus"]),
        ram=whole(asked["ram"]),
        disk=whole(asked["disk"]),
        ephemeral=whole(asked.get("OS-FLV-EXT-DATA:ephemeral", 0)),
        swap=whole(asked.get("swap", 0)),
        rxtx_factor=float(asked.get("rxtx_factor", 1.0)),
        is_public=values.truth(asked.get("os-flavor-access:is_public", True)),
        description=asked.get("description"),
    )
    return {"flavor": _show(call, flavors.create(call.tx, call.caller, flavor))}


@routes.put(
    "/v2.1/flavors/{id}",
    "os_compute_api:os-flavor-manage:update",
    body=wire.UPDATE,
    history=wire.HISTORY,
    early=True,
    since=(2, 55),
)
def update(call: Call, id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Describe a flavor."""
    described = flavors.describe(call.tx, call.caller, id, body["flavor"]["description"])
    return {"flavor": _show(call, described)}


@routes.delete("/v2.1/flavors/{id}", "os_compute_api:os-flavor-manage:delete", early=True, status=202)
def delete(call: Call, id: str) -> None:
    """Forget a flavor."""
    flavors.delete(call.tx, call.caller, id)
