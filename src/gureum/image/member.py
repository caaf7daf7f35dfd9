"""A project that an image is shared with."""

from dataclasses import dataclass
from typing import Literal

from gureum.kernel.clock import Micros

MemberStatus = Literal["pending", "accepted", "rejected"]
STATUSES = ("pending", "accepted", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A project that may use a shared image. Until it accepts, the image is not in its list, though it can be got by id."""

    image_id: str
    member_id: str
    status: MemberStatus = "pending"
    created_at: Micros = 0
    updated_at: Micros = 0
