"""What people accepted of the ledger: journals by hand that count as booked, or are explained.

The newest answer of a journal counts, for the lines that the person saw: of one of ours it takes
the place of what we posted. What a closed period has taken so is frozen with its proposal; a later
answer to the same journal moves what differs from that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from accounting.book import BookedPart, JournalLine
from accounting.by_hand import by_role, less, moved, without
from accounting.exceptions import BY_HAND, Remedy
from accounting.money import Money
from accounting.policy import RecognitionPolicy, Role
from controls.drift import Held
from controls.posting import PostedLine
from models import CloseRow, DriftRow, ProposalRow, ResolutionRow

SUBJECT = "drift/"
"""How the subject of an exception begins that is about a journal by hand; its number follows."""
TAKEN = "by_hand"
"""The name under which a proposal's summary keeps what it took: the number of the drift by the
ledger's id of the journal."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A journal as the ledger held it when a person took it; without lines where it was gone."""

    drift: int
    ledger_id: str
    held: Held
    remedy: Remedy
    reason: str
    actor: str
    link: str
    close_id: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What a close counts of journals by hand that no close has frozen yet; what it takes in all."""

    booked: tuple[BookedPart, ...] = ()
    explained: Mapping[Role, Money] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)


def subject_of(row: DriftRow) -> str:
    """What the exception about it is called."""
    return f"{SUBJECT}{row.id}"


def number_of(subject: str) -> int:
    """The drift that an exception is about; 0 where it is about none."""
    number = subject.removeprefix(SUBJECT)
    return int(number) if subject.startswith(SUBJECT) and number.isdigit() else 0


def lines_data(lines: Sequence[PostedLine]) -> list[Any]:
    """Lines as the table keeps them."""
    return [
        [each.account, each.debit_minor, each.credit_minor, [list(d) for d in each.dimensions]]
        for each in lines
    ]


def held_of(row: DriftRow) -> Held:
    """The journal as the ledger held it when this was found."""
    lines = tuple(
        PostedLine(account, debit, credit, tuple((name, value) for name, value in dimensions))
        for account, debit, credit, dimensions in row.lines
    )
    return Held(row.reference, row.held_on, lines, posted=bool(lines))


def journal_lines(lines: Sequence[PostedLine], currency: str) -> tuple[JournalLine, ...]:
    """Lines as the core takes them."""
    return tuple(
        JournalLine(
            each.account,
            None,
            Money(each.debit_minor, currency),
            Money(each.credit_minor, currency),
            each.dimensions,
        )
        for each in lines
    )


class AcceptedJournals:
    """Reads what people took of an entity's ledger."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def answers(self, entity: str) -> dict[int, ResolutionRow]:
        """The answers to journals by hand, by the number of the drift; the newest of each."""
        rows = self._session.exec(
            select(ResolutionRow)
            .where(
                ResolutionRow.entity_id == entity,
                col(ResolutionRow.code).in_([code.value for code in BY_HAND]),
            )
            .order_by(col(ResolutionRow.id))
        )
        return {number_of(row.subject): row for row in rows}

    def all(self, entity: str) -> dict[int, Accepted]:
        """Everything that was ever accepted, by the number of the drift, oldest first."""
        answers = self.answers(entity)
        rows = self._session.exec(
            select(DriftRow).where(col(DriftRow.id).in_([*answers])).order_by(col(DriftRow.id))
        )
        return {
            row.id: Accepted(
                row.id,
                row.ledger_id,
                held_of(row),
                Remedy(answers[row.id].remedy),
                answers[row.id].reason,
                answers[row.id].actor,
                row.link,
                answers[row.id].close_id,
            )
            for row in rows
            if row.id is not None
        }

    def newest(self, entity: str) -> dict[str, Accepted]:
        """What counts now of each journal, by the ledger's id."""
        return {each.ledger_id: each for each in self.all(entity).values()}

    def counted(self, close: CloseRow, last: CloseRow | None, policy: RecognitionPolicy) -> Counted:
        """What the close counts beyond what the last closed period froze."""
        accepted = self.all(close.entity_id)
        newest = {each.ledger_id: each for each in accepted.values()}
        now = {key: each for key, each in newest.items() if each.held.date <= close.period_end}
        before = {
            ledger_id: accepted[number]
            for ledger_id, number in self.frozen(last).items()
            if number in accepted
        }
        booked: list[BookedPart] = []
        explained: dict[Role, Money] = {}
        for ledger_id in sorted({*now, *before}):
            for each, counts in ((before.get(ledger_id), False), (now.get(ledger_id), True)):
                if each is None:
                    continue
                parts = _parts(each, policy) if counts else without(_parts(each, policy))
                if each.remedy is Remedy.EXPLAINED:
                    explained = less(explained, by_role(without(parts)))
                else:
                    booked.extend(parts)
        return Counted(
            tuple(booked), explained, {each.ledger_id: each.drift for each in now.values()}
        )

    def frozen(self, last: CloseRow | None) -> dict[str, int]:
        """What the last closed period had taken: the drift's number by the ledger's id."""
        if last is None or last.proposal_id is None:
            return {}
        proposal = self._session.get(ProposalRow, last.proposal_id)
        assert proposal is not None
        return dict(proposal.summary.get(TAKEN, {}))


def _parts(each: Accepted, policy: RecognitionPolicy) -> tuple[BookedPart, ...]:
    lines = journal_lines(each.held.lines, policy.functional_currency)
    name = f"ledger journal {each.ledger_id}"
    day: date = each.held.date
    return moved(name, day, lines, policy.accounts)
