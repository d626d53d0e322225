"""Delegation: somebody holds a role for an entity from one instant to another, by whom, or no more."""

from dataclasses import dataclass

from controls.steps import UserRole

DELEGABLE = (UserRole.REVIEWER, UserRole.CONTROLLER)
"""Roles that decide; nobody prepares or operates in another's name."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """The terms as they were granted. Instants are ISO text in UTC to the second; `ends_at` is the
    first one at which it holds no more, `revoked_at` is empty unless it was taken back.
    """

    id: int
    role: str
    granted_by: str
    starts_at: str
    ends_at: str
    revoked_at: str = ""

    def in_force(self, now: str) -> bool:
        """Whether it holds at an instant written alike; where none is known, it doesn't."""
        if self.revoked_at and self.revoked_at <= now:
            return False
        return self.starts_at <= now < self.ends_at

    def why_not(self, now: str) -> str:
        """Why it does not hold then, in words."""
        if self.revoked_at and self.revoked_at <= now:
            return f"was revoked on {self.revoked_at[:10]}"
        if now < self.starts_at:
            return f"starts on {self.starts_at[:10]}"
        return f"ended on {self.ends_at[:10]}"
