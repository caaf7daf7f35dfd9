"""Application credentials and access rules on the wire."""

from collections.abc import Mapping
from typing import Any

from gureum.identity.application_credential import AccessRule, ApplicationCredential
from gureum.identity.role import Role
from gureum.identity.wire import shapes
from gureum.kernel.clock import iso_micros

_ROLE: shapes.Schema = {
    "type": "object",
    "properties": {"id": shapes.ID, "name": shapes.name()},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
_RULE: shapes.Schema = {
    "type": "object",
    "properties": {
        "id": shapes.ID,
        "service": shapes.ID,
        "method": {"type": "string", "enum": ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]},
        "path": {"type": "string", "maxLength": 225, "pattern": r"^/\.*"},
    },
}
CREATE = shapes.wrapped(
    "application_credential",
    {
        "id": shapes.ID,
        "name": shapes.name(),
        "description": shapes.TEXT_OR_NULL,
        "secret": shapes.TEXT_OR_NULL,
        "expires_at": shapes.TEXT_OR_NULL,
        "unrestricted": {"type": ["boolean", "null"]},
        "project_id": shapes.TEXT,
        "system": shapes.TEXT_OR_NULL,
        "roles": {"type": "array", "items": _ROLE},
        "access_rules": {"type": "array", "items": _RULE, "maxItems": 200},
    },
    required=("name",),
    closed=True,
)

Contents = tuple[Mapping[str, Role], Mapping[str, AccessRule]]


def show(
    credential: ApplicationCredential, contents: Contents, base_url: str, secret: str | None = None
) -> dict[str, Any]:
    """An application credential as it is shown; with its secret only when it was just made."""
    roles, rules = contents
    body: dict[str, Any] = {
        "id": credential.id,
        "name": credential.name,
        "description": credential.description,
        "user_id": credential.user_id,
        "project_id": credential.project_id,
        "system": None,
        "expires_at": iso_micros(credential.expires_at),
        "unrestricted": credential.unrestricted,
        "roles": [_role(roles[id]) for id in credential.role_ids if id in roles],
    }
    if credential.access_rule_ids is not None:
        body["access_rules"] = [_rule(rules[id]) for id in credential.access_rule_ids if id in rules]
    if secret is not None:
        body["secret"] = secret
    return body | {"links": {"self": f"{base_url}/v3/application_credentials/{credential.id}"}}


def _role(role: Role) -> dict[str, Any]:
    return role.extra | {
        "id": role.id,
        "name": role.name,
        "domain_id": role.domain_id,
        "description": role.description,
        "options": role.options,
    }


def _rule(rule: AccessRule) -> dict[str, Any]:
    return {"id": rule.id, "service": rule.service, "path": rule.path, "method": rule.method}


def show_access_rule(rule: AccessRule, base_url: str) -> dict[str, Any]:
    """An access rule as it is shown."""
    return _rule(rule) | {"links": {"self": f"{base_url}/v3/access_rules/{rule.id}"}}
