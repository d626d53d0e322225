"""From documents, as known on a day, to revenue lines; what can't be read becomes an exception."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from accounting.book import Book
from accounting.documents import Document, DocumentKind, DocumentLine, Override
from accounting.exceptions import AccountingException, ExceptionCode
from accounting.matching import Bills, OfItsOwn, Unclear, match
from accounting.money import Money, round_half_away
from accounting.policy import RecognitionPolicy, Role
from accounting.recognition import Billing, RevenueLine
from accounting.service_period import method_of, service_period_of


@dataclass(slots=True)
class Lines:
    """The revenue lines by key; the exceptions; the units that an exception holds."""

    lines: dict[str, RevenueLine] = field(default_factory=dict)
    exceptions: list[AccountingException] = field(default_factory=list)
    held_units: set[str] = field(default_factory=set)

    def hold(self, unit: str, code: ExceptionCode, subject: str, message: str) -> None:
        """Ask a person about a line; the unit it belongs to keeps its figures until then."""
        self.exceptions.append(AccountingException(code, subject, message))
        self.held_units.add(unit)


@dataclass(frozen=True, slots=True)
class Matched:
    """An invoice line that bills a contract line."""

    document: Document
    line: DocumentLine


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
        return Role.EXPENSE if line.account in accounts.expense else None
    if line.account == accounts.deferred_revenue:
        return Role.DEFERRED_REVENUE
    if line.account == accounts.accrued_revenue:
        return Role.ACCRUED_REVENUE
    return Role.REVENUE if line.account in accounts.revenue else None


def lines_known(book: Book, policy: RecognitionPolicy, at: date) -> Lines:
    """Every revenue line of the documents dated up to and including the day, void ones apart."""
    known = [d for d in book.documents if d.date <= at and not d.voided]
    overrides = {override.line: override for override in book.overrides}
    contracts = {d.id: d for d in known if d.kind is DocumentKind.CONTRACT}
    result = Lines()
    matched: dict[str, list[Matched]] = {}
    for document in known:
        if document.kind is DocumentKind.CONTRACT:
            continue
        for line in document.lines:
            key = document.line_key(line)
            override = overrides.get(key)
            coded = role_of_account(policy, document, line)
            if coded is None or (override is not None and override.excluded):
                continue
            match match(document, line, override, contracts):
                case Bills(obligation=obligation):
                    matched.setdefault(obligation, []).append(Matched(document, line))
                case Unclear(contract=unit, message=message):
                    result.hold(unit, ExceptionCode.UNMATCHED_LINE, key, message)
                case OfItsOwn():
                    _ledger_line(result, policy, document, line, coded, override)
    for contract in contracts.values():
        for line in contract.lines:
            key = contract.line_key(line)
            _obligation(result, policy, contract, line, overrides.get(key), matched.get(key, []))
    return result


def _label(document: Document, line: DocumentLine) -> str:
    return f"{document.number}: {line.text or line.product or line.id}"


def _no_dates(document: Document, line: DocumentLine) -> str:
    return (
        f"Nothing says over which days “{line.text or line.product or line.id}” "
        f"({document.number}, {document.counterparty}, {line.amount}) is delivered. "
        "Give the first and last day of service, or exclude the line."
    )


def _books_to(coded: Role) -> str | None:
    return coded.value if coded not in (Role.REVENUE, Role.EXPENSE) else None


def _result_account(policy: RecognitionPolicy, document: Document, line: DocumentLine) -> str:
    accounts = policy.accounts
    if document.kind.is_cost:
        in_scope = line.account in accounts.expense
        return line.account if in_scope and line.account else accounts.expense[0]
    if line.account is not None and line.account in accounts.revenue:
        return line.account
    return accounts.revenue_of(line.product)


def _ledger_line(
    result: Lines,
    policy: RecognitionPolicy,
    document: Document,
    line: DocumentLine,
    coded: Role,
    override: Override | None,
) -> None:
    key = document.line_key(line)
    method = method_of(policy, line)
    service = service_period_of(line, document.date, method, policy, override)
    if service is None:
        result.hold(document.id, ExceptionCode.NO_SERVICE_PERIOD, key, _no_dates(document, line))
        return
    functional = line.amount
    if document.currency != policy.functional_currency:
        if document.rate is None or service.period.start < document.date:
            result.hold(
                document.id,
                ExceptionCode.MISSING_RATE,
                key,
                f"{_label(document, line)} is in {document.currency} and is delivered before it "
                f"was invoiced ({service.period.start}); the average rate of that time is not "
                "known. Correct the dates, or exclude the line.",
            )
            return
        functional = _at_rate(line.amount, Fraction(document.rate), policy.functional_currency)
    result.lines[key] = RevenueLine(
        key=key,
        unit=document.id,
        document=document.id,
        document_hash=document.content_hash(),
        counterparty=document.counterparty,
        label=_label(document, line),
        product=line.product,
        is_cost=document.kind.is_cost,
        method=method,
        service=service.period,
        dates_from=service.dates_from,
        price=line.amount,
        functional_price=functional,
        account=_result_account(policy, document, line),
        dimensions=line.dimensions,
        billings=(Billing(document.date, functional, _books_to(coded)),),
    )


def _at_rate(amount: Money, rate: Fraction, currency: str) -> Money:
    """The amount at a rate, between the minor units of two currencies, rounded once."""
    whole = Fraction(amount.decimal()) * rate
    return Money(round_half_away(whole * Fraction(10) ** _exponent_of(currency)), currency)


def _exponent_of(currency: str) -> int:
    return -int(Money(1, currency).decimal().as_tuple().exponent)


def _obligation(
    result: Lines,
    policy: RecognitionPolicy,
    contract: Document,
    line: DocumentLine,
    override: Override | None,
    billed_by: list[Matched],
) -> None:
    key = contract.line_key(line)
    if override is not None and override.excluded:
        return
    method = method_of(policy, line)
    service = service_period_of(line, contract.date, method, policy, override, is_contract=True)
    if service is None:
        result.hold(contract.id, ExceptionCode.NO_SERVICE_PERIOD, key, _no_dates(contract, line))
        return
    currencies = {contract.currency, *(found.document.currency for found in billed_by)}
    if currencies != {policy.functional_currency}:
        result.hold(
            contract.id,
            ExceptionCode.MISSING_RATE,
            key,
            f"{_label(contract, line)} is in {', '.join(sorted(currencies))}; contracts are "
            f"recognised in {policy.functional_currency}. Exclude the line, or have it corrected.",
        )
        return
    first = min(billed_by, key=lambda found: found.document.date, default=None)
    result.lines[key] = RevenueLine(
        key=key,
        unit=contract.id,
        document=contract.id,
        document_hash=contract.content_hash(),
        counterparty=contract.counterparty,
        label=_label(contract, line),
        product=line.product,
        is_cost=False,
        method=method,
        service=service.period,
        dates_from=service.dates_from,
        price=line.amount,
        functional_price=line.amount,
        account=_result_account(policy, first.document, first.line)
        if first
        else policy.accounts.revenue_of(line.product),
        dimensions=first.line.dimensions if first else (),
        billings=tuple(
            Billing(
                found.document.date,
                found.line.amount,
                _books_to(role_of_account(policy, found.document, found.line) or Role.REVENUE),
            )
            for found in billed_by
        ),
    )
