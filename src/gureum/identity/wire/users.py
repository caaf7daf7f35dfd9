"""Users on the wire."""

from typing import Any

from gureum.identity.user import User
from gureum.identity.wire import shapes
from gureum.kernel.clock import iso_micros

_OPTIONS = shapes.options(
    "ignore_change_password_upon_first_use",
    "ignore_password_expiry",
    "ignore_lockout_failure_attempts",
    "lock_password",
    "ignore_user_inactivity",
    "multi_factor_auth_enabled",
)
_RULES = {"type": "array", "items": shapes.TEXT, "minItems": 1, "uniqueItems": True}
_OPTIONS["properties"]["multi_factor_auth_rules"] = {"type": ["array", "null"], "items": _RULES, "uniqueItems": True}
_FEDERATED = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"idp_id": shapes.TEXT, "protocols": {"type": "array", "minItems": 1}},
        "required": ["idp_id", "protocols"],
    },
}
_ATTRIBUTES = {
    "name": shapes.name(),
    "domain_id": shapes.ID,
    "enabled": shapes.BOOLEAN,
    "default_project_id": shapes.TEXT_OR_NULL,
    "description": shapes.TEXT_OR_NULL,
    "password": shapes.TEXT_OR_NULL,
    "options": _OPTIONS,
    "federated": _FEDERATED,
}
CREATE = shapes.wrapped("user", _ATTRIBUTES, required=("name",))
UPDATE = shapes.wrapped("user", _ATTRIBUTES, least=1)
_PASSWORDS = {"original_password": shapes.TEXT, "password": shapes.TEXT}
CHANGE_PASSWORD = shapes.wrapped("user", _PASSWORDS, required=("original_password", "password"), closed=True)


def show(user: User, base_url: str, *, changed: bool = False) -> dict[str, Any]:
    """A user as it is shown; after a change upstream repeats the undeclared attributes under `extra`."""
    body = user.extra | {"id": user.id, "name": user.name, "domain_id": user.domain_id, "enabled": user.enabled}
    if user.default_project_id is not None:
        body["default_project_id"] = user.default_project_id
    body["password_expires_at"] = iso_micros(user.password_expires_at)
    if changed:
        body["extra"] = user.extra
    return body | {"options": user.options, "links": {"self": f"{base_url}/v3/users/{user.id}"}}
