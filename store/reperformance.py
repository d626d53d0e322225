"""The auditor's second opinion: a close's figures made anew by Postgres, from the documents' rows.

The SQL in store/sql is the program. Each file is one statement, named as what it finds, and sees
those before it; together they are one query. None of accounting/ takes part, and no float: what the
core says is compared with what SQL's own numeric says, to the minor unit (docs/reperformance.md).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlmodel import Session

from accounting.money import Money
from controls.audit import Event
from models import CloseRow
from store.audit import AuditTrail, close_subject

REPERFORMED = "close.reperformed"
"""The event that tells what came of it."""
FOLDER = Path(__file__).parent / "sql"
AS_HASH_JOINS = (
    "set local enable_nestloop = off; set local enable_mergejoin = off; set local jit = off; "
    "set local join_collapse_limit = 1; set local work_mem = '32MB'"
)
"""Statements inside one query have no statistics: Postgres would compare each line with each."""
NAMED_MAX = 20
"""Differences that are told one by one; how many more there are stands after them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that was made anew and is another: of a line, a journal, an account or all lines.

    In minor units of `currency`, which is empty of what is no amount; None where there is nothing on
    the one side or the other.
    """

    subject: str
    figure: str
    stands: int | None
    recomputed: int | None
    currency: str = ""

    def sentence(self) -> str:
        """For people."""
        if self.figure == "position":
            return (
                f"Re-performed in SQL, the documents have a line {self.subject} without a position."
            )
        if self.figure == "document":
            return f"Re-performed in SQL, the documents do not say {self.subject} as it stands."
        stands, found = self.shown(self.stands), self.shown(self.recomputed)
        return f"Re-performed in SQL, {self.figure} of {self.subject} is {found}; it stands at {stands}."

    def shown(self, minor: int | None) -> str:
        """One of its two figures as text, in whole units of its currency."""
        if minor is None:
            return "nothing"
        return Money(minor, self.currency).text() if self.currency else str(minor)


@dataclass(frozen=True, slots=True)
class Reperformed:
    """What came of it. `recomputed` counts the lines made anew from documents, by method; `left`
    those that were only checked against themselves, by the reason. `program` is the SHA-256 of the
    SQL text, `figures` how many were compared.
    """

    program: str
    recomputed: Mapping[str, int]
    left: Mapping[str, int]
    figures: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether every figure that was compared agrees to the minor unit."""
        return not self.differences

    def sentences(self) -> list[str]:
        """The differences for people, the first of them by name."""
        named = [each.sentence() for each in self.differences[:NAMED_MAX]]
        more = len(self.differences) - len(named)
        return [*named, *([f"Re-performed in SQL, {more} more figures differ."] if more else [])]


class Reperformance:
    """Makes closes anew. Reads only."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def of(self, close: CloseRow) -> Reperformed:
        """The close's current proposal made anew; nothing of the session's settings is left changed."""
        self._session.flush()
        connection = self._session.connection()
        text = program()
        with connection.begin_nested() as inside:
            connection.exec_driver_sql(AS_HASH_JOINS)
            connection.exec_driver_sql(f"set local tieout.close = {int(close.id or 0)}")
            rows = connection.exec_driver_sql(text).all()
            inside.rollback()
        counts: dict[str, dict[str, int]] = {"method": {}, "not recomputed": {}, "figures": {}}
        differences = []
        for kind, name, figure, stands, recomputed, currency, count in rows:
            if kind == "difference":
                found = _minor(stands), _minor(recomputed)
                differences.append(Difference(name, figure, *found, currency or ""))
            else:
                counts[kind][name] = int(count)
        return Reperformed(
            program=hashlib.sha256(text.encode()).hexdigest(),
            recomputed=counts["method"],
            left=counts["not recomputed"],
            figures=counts["figures"].get("compared", 0),
            differences=tuple(differences),
        )

    def told(self, close: CloseRow) -> Event | None:
        """What was last put on record of it; None where it never was."""
        found = self._audit.about(close.entity_id, close_subject(close), REPERFORMED)
        return found[0] if found else None


@cache
def program() -> str:
    """The whole query, as Postgres is asked it: `set tieout.close = 17` says of which close."""
    statements = [
        f"{path.stem.partition('_')[2]} as materialized (\n{path.read_text()})"
        for path in sorted(FOLDER.glob("*.sql"))
    ]
    end = "select * from result order by kind, name, figure, stands, recomputed"
    return f"with recursive {', '.join(statements)}\n{end}"


def _minor(amount: Decimal | None) -> int | None:
    return int(amount) if amount is not None else None
