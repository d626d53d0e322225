"""The ledger's lines as far as they are the close's business, each with what it bills or credits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from accounting.documents import Document, DocumentKind, DocumentLine, Effect
from accounting.errors import PolicyError
from accounting.exceptions import AccountingException, ExceptionCode
from accounting.known import Known
from accounting.matching import Billable, Bills, BillsWhole, Match, Unclear
from accounting.money import exponent
from accounting.policy import RecognitionPolicy, Role
from accounting.service_text import read_service_text


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line of an invoice, credit note, bill or bill credit, coded to an account in scope."""

    key: str
    document: Document
    line: DocumentLine
    coded: Role
    match: Match


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line that credits another one, with its effect as said or read."""

    key: str
    document: Document
    line: DocumentLine
    coded: Role
    position: int
    credited: LedgerLine
    effect: Effect
    effective: date


@dataclass(slots=True)
class Ledger:
    """All ledger lines in scope. `held` are keys of lines and contracts that an exception holds."""

    lines: dict[str, LedgerLine] = field(default_factory=dict)
    credits: list[CreditLine] = field(default_factory=list)
    exceptions: list[AccountingException] = field(default_factory=list)
    unclear: list[LedgerLine] = field(default_factory=list)
    unconfirmed: list[CreditLine] = field(default_factory=list)


def balance_role(coded: Role) -> str | None:
    """The balance role to which a document is coded by itself, if any."""
    return coded.value if coded not in (Role.REVENUE, Role.EXPENSE) else None


def role_of_account(
    policy: RecognitionPolicy, document: Document, line: DocumentLine
) -> Role | None:
    """What a ledger line is coded to, as far as it is the close's business; None where it isn't."""
    accounts = policy.accounts
    if line.account is None:
        return None
    if document.kind.is_cost:
        if line.account == accounts.prepayments:
            return Role.PREPAYMENTS
        if line.account == accounts.accrued_expenses:
            return Role.ACCRUED_EXPENSES
        return Role.EXPENSE if line.account in accounts.expense else None
    if line.account == accounts.deferred_revenue:
        return Role.DEFERRED_REVENUE
    if line.account == accounts.accrued_revenue:
        return Role.ACCRUED_REVENUE
    return Role.REVENUE if line.account in accounts.revenue else None


def result_account(policy: RecognitionPolicy, document: Document, line: DocumentLine) -> str:
    """The account of revenue or expense that the line stands on. Raises PolicyError."""
    accounts = policy.accounts
    if document.kind.is_cost:
        if line.account is not None and line.account in accounts.expense:
            return line.account
        if not accounts.expense:
            raise PolicyError(
                f"{document.number} is a cost, and the entity has no expense account. Add expense "
                "to its accounts in the configuration."
            )
        return accounts.expense[0]
    if line.account is not None and line.account in accounts.revenue:
        return line.account
    return accounts.revenue_of(line.product)


def ledger_of(known: Known, billable: Billable, policy: RecognitionPolicy) -> Ledger:
    """Every ledger line in scope that nobody excluded; credits with the lines that they credit."""
    ledger = Ledger()
    against: list[tuple[str, Document, DocumentLine, Role, int]] = []
    excluded: set[str] = set()
    for key, document, line, position in _lines(known):
        override = known.overrides.get(key)
        coded = role_of_account(policy, document, line)
        if coded is None or (override is not None and override.excluded):
            excluded.add(key)
        elif document.kind.is_credit and (line.against or document.credits):
            against.append((key, document, line, coded, position))
        else:
            match = billable.match(document, line, override)
            found = LedgerLine(key, document, line, coded, match)
            ledger.lines[key] = found
            if isinstance(match, Unclear):
                ledger.unclear.append(found)
                ledger.exceptions.append(
                    AccountingException(ExceptionCode.UNMATCHED_LINE, key, match.message)
                )
    for key, document, line, coded, position in against:
        named = line.against or credited_line(ledger.lines, document, line)
        if named in excluded:
            continue
        credited = ledger.lines.get(named or "")
        if credited is None:
            ledger.exceptions.append(_nothing_left(key, document, named))
            continue
        day = line.effective or document.date
        found_credit = CreditLine(
            key, document, line, coded, position, credited, Effect.BILLING, day
        )
        _credit(ledger, known, policy, found_credit)
    return ledger


def _lines(known: Known) -> Iterator[tuple[str, Document, DocumentLine, int]]:
    for document in known.documents:
        if document.kind in (DocumentKind.CONTRACT, DocumentKind.EXPENSE):
            continue
        for position, line in enumerate(document.lines):
            yield document.line_key(line), document, line, position


def credited_line(
    lines: Mapping[str, LedgerLine], document: Document, line: DocumentLine
) -> str | None:
    """Which line of the document that it credits a credit line means: the only one of its product,
    else the only one of its amount, else the only one at all; None where that says nothing.
    """
    candidates = [each for each in lines.values() if each.document.id == document.credits]
    for fits in (
        [each for each in candidates if each.line.product == line.product],
        [each for each in candidates if each.line.amount == -line.amount],
        candidates,
    ):
        if len(fits) == 1:
            return fits[0].key
    return None


def _nothing_left(key: str, document: Document, named: str | None) -> AccountingException:
    what = f"line {named}" if named else f"a line of {document.credits}"
    return AccountingException(
        ExceptionCode.CREDIT_EXCEEDS_LINE,
        key,
        f"{document.number} credits {what}, and nothing of that is left: it is void, or not "
        "known. Correct the credit note, or exclude it.",
    )


def _credit(ledger: Ledger, known: Known, policy: RecognitionPolicy, credit: CreditLine) -> None:
    """Add the credit with its effect: as said by a person or the document, else as read."""
    override = known.overrides.get(credit.key)
    line = credit.line
    said = (override.effect if override else None) or line.effect
    if said is not None:
        day = (override.effective if override else None) or credit.effective
        ledger.credits.append(replace(credit, effect=said, effective=day))
        return
    effect, day, why = read_effect(ledger, known, policy, credit)
    read = replace(credit, effect=effect, effective=day)
    ledger.credits.append(read)
    threshold = policy.confirm_credits_from
    if threshold is not None and _worth(credit, policy.functional_currency) >= threshold.minor:
        ledger.unconfirmed.append(read)
        ledger.exceptions.append(
            AccountingException(
                ExceptionCode.CREDIT_EFFECT_UNCONFIRMED,
                credit.key,
                f"{credit.document.number} credits {credit.credited.key} by {abs(line.amount)}, "
                f"and was read as “{effect}” from {day} ({why}). Confirm it, or say what it does.",
            )
        )


def _worth(credit: CreditLine, functional: str) -> Fraction:
    """A credit in minor units of functional currency, by its document's rate or its line's.

    Where neither states one it is taken at par: a person is asked for a rate then anyway.
    """
    document = credit.document
    own = document.rate if document.rate is not None else credit.credited.document.rate
    rate = Fraction(own) if own is not None and document.currency != functional else Fraction(1)
    shift = Fraction(10) ** (exponent(functional) - exponent(document.currency))
    return abs(credit.line.amount.minor) * rate * shift


def read_effect(
    ledger: Ledger, known: Known, policy: RecognitionPolicy, credit: CreditLine
) -> tuple[Effect, date, str]:
    """What a credit does, from when, and why it is read so, where nobody says (docs §7)."""
    credited, day = credit.credited, credit.document.date
    if isinstance(credited.match, Bills | BillsWhole):
        if _is_billed_again(ledger, credit):
            return Effect.BILLING, day, "another invoice bills the same again"
        cancelled = known.contracts[credited.match.contract].cancelled_on
        if cancelled is not None:
            return Effect.CANCEL, cancelled, "the CRM says that the contract was cancelled"
    text = credit.line.text
    readings = read_service_text(text, day, policy.locale)
    if len(readings) == 1:
        return Effect.CANCEL, readings[0].period.start, f"“{text}” names the days"
    start = credited.line.service_start
    whole = abs(credit.line.amount.minor) == abs(credited.line.amount.minor)
    if whole and start is not None and day < start:
        return Effect.FULL, day, "the line is credited whole before its service starts"
    return Effect.PRICE, day, "nothing says that the service ends"


def _is_billed_again(ledger: Ledger, credit: CreditLine) -> bool:
    """Whether an invoice of the same amount bills the same obligation, on the note's day or later."""
    return any(
        other.match == credit.credited.match
        and other.key != credit.credited.key
        and other.document.kind is DocumentKind.INVOICE
        and other.document.date >= credit.document.date
        and other.line.amount == credit.credited.line.amount
        for other in ledger.lines.values()
    )


def refunds_alone(known: Known, ledger: Ledger) -> Iterator[AccountingException]:
    """Refunds above what credits the same document: cash moved, revenue did not (docs §7)."""
    documents = {document.id: document for document in known.documents}
    left: dict[str, int] = {}
    for credit in ledger.credits:
        document = credit.credited.document.id
        left[document] = left.get(document, 0) + abs(credit.line.amount.minor)
    for payment in sorted(known.payments, key=lambda each: (each.date, each.id)):
        refunded = documents.get(payment.against)
        if payment.amount.minor >= 0 or refunded is None or refunded.kind.is_credit:
            continue
        left[refunded.id] = left.get(refunded.id, 0) + payment.amount.minor
        if left[refunded.id] < 0:
            yield AccountingException(
                ExceptionCode.REFUND_WITHOUT_CREDIT_NOTE,
                payment.id,
                f"{abs(payment.amount)} of {refunded.number} was paid back on {payment.date}, and "
                "no credit note takes as much revenue back. Have one written, or correct the "
                "payment.",
            )
