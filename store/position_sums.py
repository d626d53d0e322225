"""What frozen positions say together, summed and compared by Postgres: no line becomes an object."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from accounting.money import Money
from accounting.policy import Role

BY_ROLE = """
select balance, role, sum(amount::numeric)::text from position cross join lateral (
    select 'opening' as balance, * from jsonb_each_text(opening)
    union all select 'closing', * from jsonb_each_text(closing)) told (balance, role, amount)
where proposal_id = :proposal group by balance, role order by balance, role
"""
BROKEN = """
select now.line, now.recognised_to_date_minor,
    was.recognised_to_date_minor + now.own_minor + now.catch_up_minor
from position now join position was on was.proposal_id = :before and was.line = now.line
where now.proposal_id = :proposal and now.recognised_to_date_minor
    <> was.recognised_to_date_minor + now.own_minor + now.catch_up_minor
order by now.line
"""


class Broken(NamedTuple):
    """A line that does not carry on what it had reached: to date, and what there should be, in minor
    units.
    """

    line: str
    stands: int
    makes: int


class PositionSums:
    """Of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_role(self, proposal: int, currency: str) -> Mapping[str, dict[Role, Money]]:
        """What the lines of a proposal add up to, `opening` and `closing`."""
        found: dict[str, dict[Role, Money]] = {"opening": {}, "closing": {}}
        rows = self._session.connection().execute(text(BY_ROLE), {"proposal": proposal})
        for balance, role, amount in rows:
            found[balance][Role(role)] = Money.parse(amount, currency)
        return found

    def broken(self, before: int, proposal: int) -> list[Broken]:
        """The lines of both that do not carry on what they had reached in the one before."""
        given = {"before": before, "proposal": proposal}
        return [Broken(*row) for row in self._session.connection().execute(text(BROKEN), given)]
