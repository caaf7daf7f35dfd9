"""A key pair: a public key that guests let in."""

from dataclasses import dataclass
from typing import Literal

from gureum.kernel.clock import Micros


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A user's public key. `id` is a number that only old clients see; the private half is never kept."""

    id: int
    user_id: str
    name: str
    public_key: str
    fingerprint: str
    type: Literal["ssh", "x509"] = "ssh"
    created_at: Micros = 0
