"""Extra specs of flavors, and who may use private ones, over the wire."""

from collections.abc import Mapping
from typing import Any

from gureum.compute import extra_specs
from gureum.compute.wire import values
from gureum.kernel.faults import Invalid
from gureum.kernel.http.history import Version
from gureum.kernel.http.schema import Query, Shapes

_SPECS = {"^[a-zA-Z0-9-_:. ]{1,255}$": {"type": ["string", "number"], "maxLength": 255}}
_ACCESS = {"tenant": {"type": "string", "minLength": 1, "maxLength": 255}}

CREATE_SPECS = Shapes(
    lambda _: {
        "type": "object",
        "properties": {"extra_specs": {"type": "object", "patternProperties": _SPECS, "additionalProperties": False}},
        "required": ["extra_specs"],
        "additionalProperties": False,
    }
)
UPDATE_SPEC = Shapes(
    lambda _: {
        "type": "object",
        "patternProperties": _SPECS,
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
)
SPECS_QUERY = Query(lambda version: values.parameters(version, (2, 102)))
ADD_ACCESS = Shapes(lambda _: values.wrapped("addTenantAccess", _ACCESS, required=("tenant",)))
REMOVE_ACCESS = Shapes(lambda _: values.wrapped("removeTenantAccess", _ACCESS, required=("tenant",)))


def must_be_known(specs: Mapping[str, Any], version: Version) -> None:
    """From 2.86 on: raise Invalid for extra specs that nothing understands. Before, everything is kept as it is said."""
    if version >= (2, 86):
        for name, value in specs.items():
            found = extra_specs.wrong(name, str(value))
            if found:
                raise Invalid(f"Validation failed; {found}")


def show_access(flavor_id: str, project_ids: list[str]) -> dict[str, Any]:
    """Which projects may use a flavor."""
    return {"flavor_access": [{"flavor_id": flavor_id, "tenant_id": one} for one in project_ids]}
