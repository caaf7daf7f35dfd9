"""Trusts on the wire."""

from typing import Any

from gureum.identity.role import Role
from gureum.identity.trust import Trust
from gureum.identity.wire import roles, shapes
from gureum.kernel.clock import iso_micros

_ROLE: shapes.Schema = {
    "type": "object",
    "properties": {"id": shapes.ID, "name": shapes.name()},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
CREATE = shapes.wrapped(
    "trust",
    {
        "trustor_user_id": shapes.ID,
        "trustee_user_id": shapes.ID,
        "impersonation": shapes.BOOLEAN,
        "project_id": shapes.ID_OR_NULL,
        "remaining_uses": {"type": ["integer", "null"], "minimum": 1},
        "expires_at": {"type": ["null", "string"]},
        "allow_redelegation": {"type": ["boolean", "null"]},
        "redelegation_count": {"type": ["integer", "null"], "minimum": 0},
        "redelegated_trust_id": shapes.ID_OR_NULL,
        "roles": {"type": "array", "items": _ROLE},
    },
    required=("trustor_user_id", "trustee_user_id", "impersonation"),
    strange_first=True,
)


def brief(trust: Trust, base_url: str) -> dict[str, Any]:
    """A trust as lists show it."""
    return {
        "id": trust.id,
        "trustor_user_id": trust.trustor_user_id,
        "trustee_user_id": trust.trustee_user_id,
        "project_id": trust.project_id,
        "impersonation": trust.impersonation,
        "expires_at": iso_micros(trust.expires_at, "Z"),
        "remaining_uses": trust.remaining_uses,
        "deleted_at": None,
        "redelegated_trust_id": trust.redelegated_trust_id,
        "redelegation_count": trust.redelegation_count,
        "links": {"self": f"{base_url}/v3/OS-TRUST/trusts/{trust.id}"},
    }


def show(trust: Trust, given: list[Role], base_url: str) -> dict[str, Any]:
    """A trust with its roles."""
    more = {
        "roles": [roles.show(one, base_url) for one in given],
        "roles_links": {"self": f"{base_url}/v3/{trust.id}/roles", "next": None, "previous": None},
    }
    return brief(trust, base_url) | more
