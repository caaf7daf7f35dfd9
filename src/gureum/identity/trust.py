"""A user's leave for another one to act with some of their roles in a project, for a time or a number of tokens."""

from dataclasses import dataclass

from gureum.kernel.clock import Micros

MOST_REDELEGATIONS = 3
"""How often a trust may be handed on that says only that it may be."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust. Its tokens are the trustor's with `impersonation`, else the trustee's; `remaining_uses` None: any number.

    `redelegation_count` says how many trusts in a row may still come from this one, `redelegated_trust_id` from which it came.
    """

    id: str
    trustor_user_id: str
    trustee_user_id: str
    project_id: str | None
    impersonation: bool
    role_ids: list[str]
    expires_at: Micros | None
    remaining_uses: int | None
    redelegated_trust_id: str | None
    redelegation_count: int

    @property
    def bearer_id(self) -> str:
        """Whose tokens its tokens are."""
        return self.trustor_user_id if self.impersonation else self.trustee_user_id

    def over(self, now: Micros) -> bool:
        """Whether its time has passed or its uses are used up."""
        return (self.expires_at is not None and self.expires_at <= now) or self.remaining_uses == 0
