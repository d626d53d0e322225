"""A live book as a scenario file: what was closed can be closed again by anybody (docs/scenario.md)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from accounting.book import Book, LinePosition
from accounting.contracts import effective_date, roots
from accounting.documents import (
    Document,
    DocumentKind,
    DocumentLine,
    Override,
    Payment,
    Report,
    Void,
)
from accounting.errors import AccountingError
from accounting.known import known_at
from accounting.ledger_lines import CreditLine, ledger_of, role_of_account
from accounting.matching import Billable, Bills, BillsExpense, BillsWhole, billable_of
from accounting.periods import Period
from accounting.policy import RecognitionPolicy, Role
from accounting.rates import Rates
from accounting.service_period import method_of
from scenario.figures import figures_of

Data = dict[str, Any]
RATE_DIGITS = 60


class ExportError(AccountingError):
    """A book holds something that the format has no words for."""


@dataclass(frozen=True, slots=True)
class ClosedBook:
    """What an entity's closes froze: positions by the period's name, in order."""

    entity: str
    name: str
    periods: Mapping[str, tuple[LinePosition, ...]]


def exported(book: Book, policy: RecognitionPolicy, closed: ClosedBook) -> Data:
    """The scenario that closes the entity's periods again and expects the figures that were frozen.

    `book` as it stood before its first close, with every version of every document. Accounts
    become roles, matches and effects stand as they were read. Raises ExportError.
    """
    writer = _Writer(book, policy)
    return {
        "id": closed.entity,
        "title": f"{closed.name}, {', '.join(closed.periods) or 'nothing closed yet'}",
        "entities": [_entity(book, policy, closed.entity)],
        "rates": list(_rates(book.rates)),
        "documents": list(writer.documents()),
        "close": list(closed.periods),
        "expect": {
            period: {closed.entity: figures_of(rows, policy.functional_currency)}
            for period, rows in closed.periods.items()
        },
    }


def _given(data: Mapping[str, Any]) -> Data:
    return {key: value for key, value in data.items() if value not in (None, "", [], {}, False)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _number(value: Decimal | None) -> str | None:
    return f"{value:f}" if value is not None else None


def _entity(book: Book, policy: RecognitionPolicy, name: str) -> Data:
    locale = policy.locale
    materiality = {
        "amount": policy.immaterial_below.text() if policy.immaterial_below else None,
        "single_period": policy.single_period,
    }
    adoption = {
        "date": book.adopted_on.isoformat(),
        "recognised_to_date": {key: said.text() for key, said in book.imported.items()},
        "difference": policy.imported.value,
    }
    if book.adoption is not None and book.adoption.balances is not None:
        adoption["balances"] = {
            role.value: amount.text() for role, amount in book.adoption.balances.items()
        }
    return {
        "id": name,
        "functional_currency": policy.functional_currency,
        "locale": {
            "day_first": locale.day_first,
            "fiscal_year_starts": locale.fiscal_year_starts,
            "fiscal_year_named": locale.fiscal_year_named,
        },
        "fiscal_calendar": [_row(name, period) for name, period in policy.calendar.table]
        or "calendar_months",
        "policy": {
            "method": policy.method,
            "product_terms": dict(policy.product_terms),
            "netting": policy.netting.value,
            "accruals": policy.accruals.value,
            "allocation": policy.allocation.value,
            "credit_note": policy.credit_note.value,
            "remeasure_accrued": policy.remeasure_accrued,
            "materiality": _given(materiality),
        },
        "adoption": adoption,
    }


def _row(name: str, period: Period) -> list[str]:
    return [name, period.start.isoformat(), period.end.isoformat()]


def _rates(rates: Rates) -> Iterator[Data]:
    """Every rate, all of a pair's daily ones the same way round: the one that decimals can hold."""
    for pair, spots in sorted(rates.spots.items()):
        turned = any(_decimal(rate) is None for _, rate in spots)
        for day, rate in spots:
            yield {**_stated(pair, rate, turned=turned), "date": day.isoformat()}
    for (pair, period, kind), rate in sorted(rates.periods.items()):
        stated = _stated(pair, rate, turned=_decimal(rate) is None)
        yield {**stated, "period": period, "kind": kind}


def _stated(pair: tuple[str, str], rate: Fraction, *, turned: bool) -> Data:
    source, target = reversed(pair) if turned else pair
    text = _decimal(1 / rate if turned else rate)
    if text is None:
        raise ExportError(
            f"The rate {rate} from {pair[0]} to {pair[1]} has no end as a decimal, either way "
            "round; a scenario can't hold it."
        )
    return {"from": source, "to": target, "rate": text}


def _decimal(rate: Fraction) -> str | None:
    """The rate as plain text where that is exact."""
    with localcontext() as context:
        context.prec = RATE_DIGITS
        value = Decimal(rate.numerator) / Decimal(rate.denominator)
    return f"{value:f}" if Fraction(value) == rate else None


class _Writer:
    """Writes the documents of one book."""

    def __init__(self, book: Book, policy: RecognitionPolicy) -> None:
        self.book, self.policy = book, policy
        first = roots(book.documents)
        whole = replace(
            book,
            documents=tuple(each for each in book.documents if not each.voided),
            voids=(),
        )
        known = known_at(whole, date.max)
        # What a line billed or credited stands in the file even where that is void by now.
        self.billable: Billable = billable_of(known, first)
        ledger = ledger_of(known, self.billable, policy)
        self.credits: dict[str, CreditLine] = {credit.key: credit for credit in ledger.credits}
        self.written: set[str] = set()

    def documents(self) -> Iterator[Data]:
        """Every version of every document, what voids them, reports, payments and overrides.

        What speaks of something that is none of the close's business is left out with it.
        """
        versions: dict[tuple[str, str], list[Document]] = {}
        for document in self.book.documents:
            versions.setdefault((document.kind.value, document.id), []).append(document)
        for of_one in versions.values():
            for written in self._versions(sorted(of_one, key=lambda each: each.version)):
                self.written.add(written["id"])
                yield written
        for report in self.book.reports:
            yield self._report(report)
        for payment in self.book.payments:
            if payment.against in self.written:
                yield _dated("payment", payment) | {"amount": payment.amount.text()}
        for void in self.book.voids:
            if void.against in self.written or any(
                void.against == report.id for report in self.book.reports
            ):
                yield _dated("void", void)
        for number, override in enumerate(self.book.overrides, start=1):
            if override.line.partition("/")[0] in self.written:
                yield self._override(number, override)

    def _versions(self, versions: Iterable[Document]) -> Iterator[Data]:
        """A version that is void becomes a void; one that comes back voids that."""
        standing: str | None = None
        for document in versions:
            void = f"void of {document.kind.value} {document.id} v{document.version}"
            if document.voided:
                if standing is not None:
                    yield _void(void, standing, document)
                    standing = void
                continue
            if standing is not None and standing.startswith("void of "):
                yield _void(void, standing, document)
            written = self._document(document)
            if written is not None:
                standing = document.id
                yield written

    def _document(self, document: Document) -> Data | None:
        if document.kind is DocumentKind.CONTRACT:
            return self._contract(document)
        if document.kind is DocumentKind.EXPENSE:
            line = document.lines[0]
            measured = self._measured(document, line)
            measured.pop("id", None)
            return self._head(document) | {"amount": line.amount.text()} | measured
        lines = [
            self._ledger_line(document, line, role)
            for line in document.lines
            if (role := role_of_account(self.policy, document, line)) is not None
        ]
        if not lines:
            return None
        return self._head(document) | _given({"rate": _number(document.rate)}) | {"lines": lines}

    def _head(self, document: Document) -> Data:
        party = "vendor" if document.kind.is_cost else "customer"
        return _given(
            {
                "kind": document.kind.value,
                "id": document.id,
                "version": document.version,
                party: document.counterparty,
                "date": document.date.isoformat(),
                "known_on": document.known.isoformat(),
                "currency": document.currency,
            }
        )

    def _contract(self, document: Document) -> Data:
        obligations = []
        for line in document.lines:
            amount = {"amount": line.amount.text()}
            alone = line.standalone_price
            obligations.append(
                self._measured(document, line, goes_on=self._goes_on(document, line))
                | amount
                | _given({"standalone_price": alone.text() if alone is not None else None})
            )
        return self._head(document) | _given(
            {
                "price": document.price.text() if document.price is not None else None,
                "renews": document.renews,
                "modifies": document.modifies,
                "treatment": document.treatment.value if document.treatment else None,
                "effective": _day(document.effective),
                "type": document.type,
                "obligations": obligations,
            }
        )

    def _goes_on(self, document: Document, line: DocumentLine) -> bool:
        """Whether a modification lists an obligation that was there before: its method stays."""
        first = self.billable.first.get(document.id)
        contract = self.billable.contracts.get(first or "")
        if contract is None:
            return False
        day = effective_date(document)
        earlier = (
            each
            for each in (contract.signed, *contract.modifications)
            if each is contract.signed
            or (effective_date(each), each.date, each.id) < (day, document.date, document.id)
        )
        return any(line.id == listed.id for each in earlier for listed in each.lines)

    def _measured(self, document: Document, line: DocumentLine, *, goes_on: bool = False) -> Data:
        method = line.method if goes_on else method_of(self.policy, document, line)
        return _given(
            {
                "id": line.id,
                "product": line.product,
                "text": line.text,
                "method": method,
                "service_start": _day(line.service_start),
                "service_end": _day(line.service_end),
                "units": _number(line.units),
                "milestones": [
                    {"id": name, "weight": _number(weight)} for name, weight in line.milestones
                ],
                "manual": {period: amount.text() for period, amount in line.manual},
                "dimensions": dict(line.dimensions),
            }
        )

    def _ledger_line(self, document: Document, line: DocumentLine, role: Role) -> Data:
        key = document.line_key(line)
        credit = self.credits.get(key)
        amount = -line.amount if document.kind.is_credit else line.amount
        if document.kind.is_credit and amount.minor < 0:
            raise ExportError(
                f"Line {key} of credit {document.number} has the sign of an invoice; a scenario "
                "writes credits without sign."
            )
        bills: Data = {}
        if credit is not None:
            bills = {
                "against": credit.credited.key,
                "effect": credit.effect.value,
                "effective": credit.effective.isoformat(),
            }
        else:
            match self.billable.match(document, line, None):
                case Bills(obligation=obligation):
                    bills = {"obligation": obligation}
                case BillsWhole(contract=contract):
                    bills = {"obligation": contract}
                case BillsExpense(expense=expense):
                    bills = {"expense": expense, "partial": line.partial}
                case _:
                    bills = {}
        account = role.value if role not in (Role.REVENUE, Role.EXPENSE) else None
        return (
            self._measured(document, line)
            | {"amount": amount.text()}
            | _given({"account": account, **bills})
        )

    def _report(self, report: Report) -> Data:
        usage = report.usage
        return _given(
            {
                "kind": "usage" if usage is not None else "delivery",
                "id": report.id,
                "version": report.version,
                "obligation": report.line,
                "date": report.date.isoformat(),
                "known_on": report.known.isoformat(),
                "units": _number(report.units),
                "percent": _number(report.percent),
                "milestone": report.milestone,
                "amount": usage.text() if usage is not None else None,
            }
        )

    def _override(self, number: int, override: Override) -> Data:
        return _given(
            {
                "kind": "override",
                "id": override.id or f"override {number}",
                "version": override.version,
                "line": override.line,
                "reason": override.reason,
                "known_on": _day(override.known_on),
                "service_start": _day(override.service_start),
                "service_end": _day(override.service_end),
                "obligation": override.obligation,
                "excluded": override.excluded,
                "effect": override.effect.value if override.effect else None,
                "effective": _day(override.effective),
            }
        )


def _dated(kind: str, said: Payment | Void) -> Data:
    return {
        "kind": kind,
        "id": said.id,
        "version": said.version,
        "date": said.date.isoformat(),
        "known_on": said.known.isoformat(),
        "against": said.against,
    }


def _void(name: str, against: str, document: Document) -> Data:
    return {
        "kind": "void",
        "id": name,
        "date": document.date.isoformat(),
        "known_on": document.known.isoformat(),
        "against": against,
    }
