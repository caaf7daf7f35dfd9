"""Policy documents on the wire."""

from typing import Any, cast

from jsonschema import Draft4Validator

from gureum.identity.stored_policy import StoredPolicy
from gureum.kernel.faults import Invalid, Malformed
from gureum.kernel.http.schema import Shape

_PROPERTIES = {"blob": {"type": "string"}, "type": {"type": "string", "maxLength": 255}}


class _Told(Shape):
    """`{"policy": {…}}`; this resource alone tells all that jsonschema has to say."""

    def __init__(self, **rules: Any) -> None:
        self._inner: Any = Draft4Validator(
            {"type": "object", "properties": _PROPERTIES} | rules | {"additionalProperties": True}
        )

    def check(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Malformed("Malformed request body")
        body = cast(dict[str, Any], value)
        found: Any = next(self._inner.iter_errors(body.get("policy", {})), None)
        if found is None:
            return body
        path = ".".join(str(step) for step in found.path)
        raise Invalid(f"Invalid input for field '{path}': {found}" if path else str(found))


CREATE = _Told(required=["blob", "type"])
UPDATE = _Told(minProperties=1)


def show(policy: StoredPolicy, base_url: str) -> dict[str, Any]:
    """A policy as it is shown."""
    return policy.extra | {
        "id": policy.id,
        "blob": policy.blob,
        "type": policy.type,
        "links": {"self": f"{base_url}/v3/policies/{policy.id}"},
    }
