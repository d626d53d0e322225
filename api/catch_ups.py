"""Catch-up: what a close moves that belongs to periods already closed, line by line, and why.

The figure is the core's; the cause is read from what was first known to this close: versions,
credits, late documents and reports, people's answers, another policy.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from accounting.contracts import effective_date, obligation_key
from accounting.documents import Document, Report, Treatment
from accounting.money import Money
from accounting.periods import ONE_DAY
from accounting.written import day, days
from api.evidence import BILLS, ITS_OWN, RESTATES, Evidence, Name, Touching, evidence_of
from api.wording import DOCUMENTS
from models import CloseRow, PositionRow, ResolutionRow
from store import Work

CLOSED = "day's period was closed"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a line is caught up: the kind of cause, in words, and the document that it is about.

    What no document says is about the line's own one; both are empty where there is none.
    """

    kind: str
    text: str
    document: str = ""
    number: str = ""
    document_kind: str = ""


@dataclass(frozen=True, slots=True)
class CatchUpView:
    """One line's catch-up, in functional currency: more revenue, or more cost, is positive."""

    line: str
    label: str
    counterparty: str
    is_cost: bool
    amount: str
    causes: list[Cause]


@dataclass(frozen=True, slots=True)
class CatchUps:
    """Every line's catch-up, and the sums of revenue and of cost; empty where there is none."""

    lines: list[CatchUpView]
    revenue: str
    cost: str


@dataclass(frozen=True, slots=True)
class _New:
    """What is new to the close: known after the last closed day, up to its own last day."""

    closed_to: date
    until: date
    evidence: Evidence
    reports: tuple[Report, ...]
    withdrawn: frozenset[str]
    answers: tuple[ResolutionRow, ...]
    policy_changed: bool
    is_first: bool

    def has(self, known: date) -> bool:
        """Whether what is known from this day on is new."""
        return self.closed_to < known <= self.until


def catch_ups_of(work: Work, close: CloseRow, currency: str) -> CatchUps:
    """The close's catch-ups by line, each with its causes."""
    rows = work.proposals.catch_ups(close.proposal_id) if close.proposal_id else []
    if not rows:
        return CatchUps([], "", "")
    new = _new_to(work, close, rows)
    causes = _causes_by_line(rows, new)
    lines = [
        CatchUpView(
            line=row.line,
            label=row.label,
            counterparty=row.counterparty,
            is_cost=row.is_cost,
            amount=Money(row.catch_up_minor, currency).text(),
            causes=causes[row.line],
        )
        for row in rows
    ]
    return CatchUps(lines, _sum(rows, currency, is_cost=False), _sum(rows, currency, is_cost=True))


def causes_of(work: Work, close: CloseRow, row: PositionRow) -> list[Cause]:
    """Why the line is caught up in this close; nothing where it is not."""
    if not row.catch_up_minor:
        return []
    return _causes_by_line([row], _new_to(work, close, [row]))[row.line]


def _causes_by_line(rows: list[PositionRow], new: _New) -> dict[str, list[Cause]]:
    then = new.evidence.touching(rows, new.closed_to)
    now = new.evidence.touching(rows, new.until)
    return {row.line: [*_causes(row, then[row.line], now[row.line], new)] for row in rows}


def _sum(rows: Iterable[PositionRow], currency: str, *, is_cost: bool) -> str:
    amounts = [row.catch_up_minor for row in rows if row.is_cost == is_cost]
    return Money(sum(amounts), currency).text() if amounts else ""


def _new_to(work: Work, close: CloseRow, rows: list[PositionRow]) -> _New:
    before = work.closes.before(close)
    closed_to = close.period_start - ONE_DAY
    return _New(
        closed_to=closed_to,
        withdrawn=frozenset(
            void.against
            for void in work.reports.voids(close.entity_id)
            if closed_to < void.known <= close.period_end
        ),
        until=close.period_end,
        evidence=evidence_of(work, close, rows),
        reports=work.reports.reports(close.entity_id),
        answers=tuple(
            answer
            for answer in work.approvals.resolutions(close.entity_id)
            if answer.open_from is not None and answer.open_from > closed_to
        ),
        policy_changed=before is not None and _policy_changed(work, before, close),
        is_first=before is None,
    )


def _policy_changed(work: Work, before: CloseRow, close: CloseRow) -> bool:
    """Whether the entity recognises otherwise than when the period before was frozen."""
    policies = []
    for each in (before, close):
        assert each.proposal_id is not None
        config = work.config.version(work.proposals.get(each.proposal_id).config_id)
        policies.append(config.entity(each.entity_id).policy(""))
    return policies[0] != policies[1]


def _causes(row: PositionRow, then: Touching, now: Touching, new: _New) -> Iterator[Cause]:
    found = [
        cause
        for name in {**then.documents, **now.documents}
        for cause in _of_document(name, now.documents.get(name, ""), new)
    ]
    found.extend(_of_answers(then.lines | now.lines, new))
    found.extend(_of_reports(row, new))
    own = new.evidence.own(row, now if now.documents else then, new.until)
    for cause in found or _otherwise(row, now, new):
        yield _about(cause, own) if own is not None and not cause.document else cause


def _about(cause: Cause, document: Document) -> Cause:
    return replace(
        cause,
        document=document.id,
        number=document.number,
        document_kind=document.kind.value,
    )


def _of_document(name: Name, what: str, new: _New) -> Iterator[Cause]:
    """What of the document is new to this close, as far as it can touch closed periods."""
    then = new.evidence.newest(name, new.closed_to)
    now = new.evidence.newest(name, new.until)
    if now is None:
        return
    was_there = then is not None and not then.voided
    if now.voided:
        if was_there:
            yield _cause("voided", "voided since it was closed", now)
    elif then is not None and was_there:
        if now.version != then.version:
            told = "; ".join(_changes(then, now))
            text = f"new version {now.version} since it was closed"
            yield _cause("new_version", f"{text}: {told}" if told else text, now)
        elif what == RESTATES and new.has(effective_date(now)):
            yield from _restating(now)
    elif now.kind.is_credit:
        late = f", and reached us after that {CLOSED}" if now.date <= new.closed_to else ""
        kind = DOCUMENTS[now.kind].lower()
        yield _cause("credit_note", f"{kind} dated {day(now.date)}{late}", now)
    elif what == RESTATES:
        whole = " for its whole life" if now.treatment is Treatment.CATCH_UP else ""
        text = f"changes it{whole}, with effect from {day(effective_date(now))}"
        yield _cause("modification", text, now)
    elif now.date <= new.closed_to:
        text = f"late arrival: dated {day(now.date)}, and reached us after that {CLOSED}"
        yield _cause("late_arrival", text, now)
    elif what == ITS_OWN:
        text = f"dated {day(now.date)}, for service in periods already closed"
        yield _cause("earlier_service", text, now)
    elif what == BILLS and now.kind.is_cost:
        text = f"dated {day(now.date)}, names the cost that was an estimate"
        yield _cause("final_cost", text, now)


def _restating(document: Document) -> Iterator[Cause]:
    if document.treatment is Treatment.CATCH_UP:
        on = day(effective_date(document))
        yield _cause(
            "modification", f"changes it for its whole life, with effect from {on}", document
        )


def _cause(kind: str, text: str, document: Document) -> Cause:
    return _about(Cause(kind, text), document)


def _changes(then: Document, now: Document) -> Iterator[str]:
    """What differs between two versions in the words of the document, most telling first."""
    if then.date != now.date:
        yield f"date {day(then.date)} → {day(now.date)}"
    if then.counterparty != now.counterparty:
        yield f"{then.counterparty} → {now.counterparty}"
    if then.rate != now.rate:
        yield f"rate {then.rate or 'none'} → {now.rate or 'none'}"
    before = {line.id: line for line in then.lines}
    after = {line.id: line for line in now.lines}
    for key in {**before, **after}:
        old, line = before.get(key), after.get(key)
        if line is None:
            yield f"line {key} is gone"
        elif old is None:
            yield f"line {key} is new"
        elif old != line:
            if old.amount != line.amount:
                yield f"amount {old.amount} → {line.amount}"
            dates = [days(each.service_start, each.service_end) for each in (old, line)]
            if dates[0] != dates[1]:
                yield f"service {dates[0] or 'not given'} → {dates[1] or 'not given'}"
            if old.text != line.text:
                yield f"text “{old.text}” → “{line.text}”"
            if (old.account, old.product) != (line.account, line.product):
                yield f"line {key} is coded otherwise"


def _of_answers(lines: set[str], new: _New) -> Iterator[Cause]:
    for answer in new.answers:
        if answer.subject in lines:
            on = f" on {day(answer.decided_at.date())}" if answer.decided_at else ""
            yield Cause("answer", f"answered by {answer.actor}{on}: {answer.reason}")


def _of_reports(row: PositionRow, new: _New) -> Iterator[Cause]:
    for report in new.reports:
        if obligation_key(report.line, new.evidence.first) != row.line:
            continue
        if report.id in new.withdrawn:
            yield Cause("report", f"a report of {day(report.date)} was withdrawn")
        elif not new.has(report.known):
            continue
        elif report.version > 1:
            yield Cause("report", f"a report of {day(report.date)} was corrected")
        elif report.date <= new.closed_to:
            text = f"delivered or used on {day(report.date)}, and reported after that {CLOSED}"
            yield Cause("report", text)


def _otherwise(row: PositionRow, now: Touching, new: _New) -> Iterator[Cause]:
    """Where no document, answer or report of the line is new."""
    if new.is_first:
        yield Cause("adoption", "the figure at adoption is not what the documents say")
    elif new.policy_changed:
        yield Cause("policy", "the entity's policy changed since the last close")
    elif row.method == "none" and now.documents:
        yield Cause("gone", "the line is excluded now, or bills something else")
    elif row.price_currency != new.evidence.policy.functional_currency:
        yield Cause("rate", "an exchange rate of a closed period became known")
    else:
        yield Cause("other", "nothing new of the line itself: see its documents")
