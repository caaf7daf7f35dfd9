"""Credentials on the wire."""

from typing import Any

from gureum.identity.credential import Credential
from gureum.identity.wire import shapes
from gureum.kernel.http.schema import Shape

CREATE = shapes.wrapped(
    "credential",
    {
        "blob": shapes.text(65_535),
        "type": shapes.text(255),
        "user_id": shapes.TEXT,
        "project_id": shapes.TEXT_OR_NULL,
    },
    required=("blob", "type", "user_id"),
)
UPDATE = shapes.wrapped("credential", {"blob": shapes.text(65_535)}, required=("blob",), closed=True)
CREATE_EC2 = Shape({"type": "object"})


def show(credential: Credential, base_url: str) -> dict[str, Any]:
    """A credential as it is shown."""
    return credential.extra | {
        "id": credential.id,
        "user_id": credential.user_id,
        "project_id": credential.project_id,
        "type": credential.type,
        "blob": credential.blob,
        "links": {"self": f"{base_url}/v3/credentials/{credential.id}"},
    }


def show_ec2(credential: Credential, base_url: str) -> dict[str, Any]:
    """An EC2 key as it is shown."""
    keys = credential.opened()
    access = keys.get("access")
    return {
        "user_id": credential.user_id,
        "tenant_id": credential.project_id,
        "access": access,
        "secret": keys.get("secret"),
        "trust_id": keys.get("trust_id"),
        "links": {"self": f"{base_url}/v3/users/{credential.user_id}/credentials/OS-EC2/{access}"},
    }
