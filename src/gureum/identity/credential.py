"""Something secret that a user keeps here for other programs: EC2 keys, one-time password seeds, certificates."""

import json
from dataclasses import dataclass, field
from typing import Any

EC2 = "ec2"


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential; what `blob` holds depends on `type`."""

    id: str
    user_id: str
    project_id: str | None
    type: str
    blob: str = field(repr=False)
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    def opened(self) -> dict[str, Any]:
        """The blob of an EC2 credential: access, secret, trust_id."""
        found: Any = json.loads(self.blob)
        return found if isinstance(found, dict) else {}
