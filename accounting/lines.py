"""From documents, as known on a day, to revenue lines; what can't be read becomes an exception."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from accounting.allocation import as_listed
from accounting.book import Book
from accounting.contracts import Contract, effective_date, obligation_key, roots
from accounting.courses import Course, Sources, opened, told_of
from accounting.currency import STATED, Billing, Conversion, document_quote
from accounting.documents import Document, DocumentLine, Treatment
from accounting.events import Credit, Group, Import
from accounting.exceptions import AccountingException, ExceptionCode
from accounting.known import Known, known_at
from accounting.ledger_lines import (
    CreditLine,
    Ledger,
    LedgerLine,
    balance_role,
    ledger_of,
    refunds_alone,
    result_account,
    role_of_account,
)
from accounting.matching import Bills, BillsExpense, BillsWhole, OfItsOwn, Unclear, billable_of
from accounting.money import Money, round_half_away
from accounting.policy import BEHIND_ROLES, Netting, RecognitionPolicy, Role
from accounting.rates import Quote
from accounting.recognition import RevenueLine
from accounting.rows import Lines, Rows
from accounting.segments import Life
from accounting.service_period import Fault, method_of


class _Assembly:
    """One reading of the book, as known on a day; `result` is what comes of it."""

    def __init__(
        self, book: Book, policy: RecognitionPolicy, at: date, *, with_imports: bool
    ) -> None:
        self.policy, self.at, self.book = policy, at, book
        self.known = known_at(book, at)
        self.first = roots(book.documents)
        self.imported: Mapping[str, int] = (
            {key: amount.minor for key, amount in book.imported.items()} if with_imports else {}
        )
        self.imported_of: dict[str, list[str]] = {}
        for key in self.imported:
            self.imported_of.setdefault(key.partition("/")[0], []).append(key)
        self.sources = Sources(
            policy=policy,
            overrides={
                obligation_key(key, self.first): said for key, said in self.known.overrides.items()
            },
            reports={
                obligation_key(key, self.first): reports
                for key, reports in self.known.reports.items()
            },
            rates=book.rates,
        )
        self.result = Lines()

    def run(self) -> Lines:
        """All groups, one after the other."""
        billable = billable_of(self.known, self.first)
        contracts = billable.contracts
        known = replace_overrides(self.known, self.sources)
        ledger = ledger_of(known, billable, self.policy)
        self.result.exceptions.extend(ledger.exceptions)
        groups = {contract.id: self._contract(contract) for contract in contracts.values()}
        groups |= {expense.id: self._expense(expense) for expense in self.known.expenses.values()}
        own: list[Rows] = []
        homes: dict[str, Rows] = {}
        for line in ledger.lines.values():
            match line.match:
                case Bills(contract=home) | BillsWhole(contract=home) | BillsExpense(expense=home):
                    rows = groups[home]
                case Unclear(contract=home):
                    self.result.held.update((line.key, *groups[home].group.rows))
                    continue
                case OfItsOwn():
                    rows = self._own(line)
                    own.append(rows)
            rows.billed_by.append(line)
            homes[line.key] = rows
        for credit in ledger.credits:
            if credit.credited.key in homes:
                homes[credit.credited.key].credits.append(credit)
        for rows in (*groups.values(), *own):
            self._settle(rows)
        self._unconfirmed(ledger, homes)
        self.result.exceptions.extend(refunds_alone(known, ledger))
        return self.result

    def _unconfirmed(self, ledger: Ledger, homes: Mapping[str, Rows]) -> None:
        for credit in ledger.unconfirmed:
            if credit.credited.key in homes:
                rows = homes[credit.credited.key].parts(credit.credited, 0)
                self.result.held.update((credit.credited.key, *rows))

    def _in_force(self, contract: Contract) -> list[Document]:
        """The modifications that count: a catch-up one from the close whose period contains it."""
        return [
            document
            for document in contract.modifications
            if document.treatment is not Treatment.CATCH_UP or effective_date(document) <= self.at
        ]

    def _excluded(self, key: str) -> bool:
        override = self.sources.overrides.get(key)
        return override is not None and override.excluded

    def _group(self, name: str, known_from: date) -> Group:
        return Group(
            id=name,
            sources=self.sources,
            at=self.at,
            adopted_on=self.book.adopted_on,
            known_from=known_from,
        )

    def _contract(self, contract: Contract) -> Rows:
        signed = contract.signed
        rows = Rows(self._group(contract.id, signed.known), contract.id, currency=signed.currency)
        listed = [line for line in signed.lines if not self._excluded(f"{contract.id}/{line.id}")]
        fixed = [line for line in listed if method_of(self.policy, signed, line) != "usage"]
        totals = dict(
            zip(
                (line.id for line in fixed),
                as_listed(fixed, signed.price, self.policy.allocation),
                strict=True,
            )
        )
        for line in listed:
            key = f"{contract.id}/{line.id}"
            total = totals.get(line.id, 0)
            rows.signed[key] = total
            rows.group.rows[key] = opened(self.sources, key, line, signed, total, is_contract=True)
        in_force = self._in_force(contract)
        rows.events.extend(in_force)
        rows.awaited.extend(each for each in contract.modifications if each not in in_force)
        return rows

    def _expense(self, expense: Document) -> Rows:
        rows = Rows(self._group(expense.id, expense.known), expense.id, currency=expense.currency)
        line = expense.lines[0]
        in_scope = role_of_account(self.policy, expense, line) is Role.EXPENSE
        if self._excluded(expense.id) or not in_scope:
            return rows
        rows.group.rows[expense.id] = opened(
            self.sources, expense.id, line, expense, line.amount.minor, is_contract=False
        )
        return rows

    def _own(self, line: LedgerLine) -> Rows:
        document = line.document
        rows = Rows(
            self._group(document.id, document.known), document.id, currency=document.currency
        )
        rows.group.rows[line.key] = opened(
            self.sources, line.key, line.line, document, line.line.amount.minor, is_contract=False
        )
        return rows

    def _settle(self, rows: Rows) -> None:
        """Apply the group's events and turn its courses into revenue lines."""
        self._final_cost(rows)
        for line in rows.billed_by:
            rows.group.left[line.key] = line.line.amount.minor
        rows.credits = [
            credit
            for credit in rows.credits
            if not all(self._excluded(key) for key in rows.parts(credit.credited, 0))
        ]
        rows.events.extend(self._credit_event(rows, credit) for credit in rows.credits)
        rows.events.extend(self._imports(rows.group))
        rows.group.apply(rows.events)
        for document in rows.awaited:
            rows.group.await_obligations(document)
        self.result.exceptions.extend(
            AccountingException(fault.code, key, fault.message)
            for key, fault in rows.group.refused.items()
        )
        billings: dict[str, list[Billing]] = {key: [] for key in rows.group.rows}
        for line in rows.billed_by:
            self._bill(rows, line, billings)
        for key, course in rows.group.rows.items():
            if self._excluded(key):
                continue
            if course.fault is not None:
                self.result.hold(key, course.fault)
            for told in told_of(self.sources, course, self.at):
                self.result.exceptions.append(AccountingException(told.code, key, told.message))
            if course.life is not None:
                self.result.lines[key] = self._line(rows, course, course.life, billings[key])
            self._coded(key, billings[key])

    def _coded(self, key: str, billings: list[Billing]) -> None:
        """What the row's documents put into balance accounts by themselves."""
        for billing in billings:
            if billing.books_to is not None:
                role = Role(billing.books_to)
                minor = -billing.functional if role in BEHIND_ROLES else billing.functional
                amount = Money(minor, self.policy.functional_currency)
                self.result.coded.setdefault(key, []).append((billing.date, role, amount))

    def _coded_line(self, rows: Rows, billings: list[Billing]) -> LedgerLine | None:
        """The ledger line that first bills the row: its account and dimensions are the row's."""
        first = min(billings, key=lambda billing: billing.date, default=None)
        if first is None:
            return None
        return next(line for line in rows.billed_by if line.key == first.line)

    def _unit(self, rows: Rows, course: Course) -> str:
        return rows.unit if self.policy.netting is Netting.CONTRACT else course.key

    def _account(self, course: Course, coded: LedgerLine | None) -> str:
        document = coded.document if coded else course.document
        return result_account(self.policy, document, coded.line if coded else course.line)

    def _final_cost(self, rows: Rows) -> None:
        """An expense's cost is its estimate until a bill names it as final (docs §7)."""
        bills = [line for line in rows.billed_by if isinstance(line.match, BillsExpense)]
        course = rows.group.rows.get(rows.unit)
        if course is None or course.terms is None or all(bill.line.partial for bill in bills):
            return
        course.life = Life.of(sum(bill.line.amount.minor for bill in bills), course.terms)

    def _imports(self, group: Group) -> Iterable[Import]:
        """What an imported schedule says of the group's rows, of those too that are added later."""
        named = (key for key in group.rows if key in self.imported)
        for key in dict.fromkeys((*self.imported_of.get(group.id, ()), *named)):
            yield Import(key, self.book.adopted_on, self.imported[key])

    def _credit_event(self, rows: Rows, credit: CreditLine) -> Credit:
        amount = -credit.line.amount.minor
        return Credit(
            key=credit.key,
            document=credit.document,
            against=credit.credited.key,
            effect=credit.effect,
            effective=credit.effective,
            amount=amount,
            parts={
                key: part
                for key, part in rows.parts(credit.credited, amount).items()
                if not self._excluded(key)
            },
            position=credit.position,
        )

    def _bill(self, rows: Rows, line: LedgerLine, billings: dict[str, list[Billing]]) -> None:
        """The line and the credits against it as billings of the rows that it bills."""
        touched = list(rows.parts(line, 0))
        if not isinstance(line.match, OfItsOwn):
            for key in touched:
                self.result.billed_by.setdefault(key, set()).add(line.key)
        quote = document_quote(line.document, self.book.rates, self.policy.functional_currency)
        if line.document.currency != rows.currency:
            self.result.hold(line.key, _currency_differs(line.document, rows.currency), touched)
            return
        if quote is None:
            self.result.hold(line.key, self._no_rate(line.document), touched)
            return
        self._add(rows, line, billings, _Bill(line.document, line.line, quote, line.coded))
        for credit in rows.credits:
            if credit.credited.key != line.key or credit.key in rows.group.refused:
                continue
            if credit.document.currency != rows.currency:
                fault = _currency_differs(credit.document, rows.currency)
                self.result.hold(credit.key, fault, (line.key, *touched))
                continue
            own = credit.document.rate
            stated = (
                Quote(Fraction(own), STATED, credit.document.number) if own is not None else None
            )
            at = stated or quote
            bill = _Bill(credit.document, credit.line, at, credit.coded, is_credit=True)
            self._add(rows, line, billings, bill)

    def _add(
        self, rows: Rows, line: LedgerLine, billings: dict[str, list[Billing]], bill: "_Bill"
    ) -> None:
        conversion = self._conversion(bill.document.currency)
        minor = bill.line.amount.minor
        functional = round_half_away(conversion.at_rate(minor, bill.quote.rate))
        in_functional = rows.parts(line, functional)
        for key, part in rows.parts(line, minor).items():
            if key in billings:
                billings[key].append(
                    Billing(
                        date=bill.document.date,
                        line=line.key,
                        amount=part,
                        functional=in_functional[key],
                        credits=line.key if bill.is_credit else None,
                        books_to=balance_role(bill.coded),
                        number=bill.document.number,
                        quote=bill.quote,
                    )
                )

    def _conversion(self, currency: str) -> Conversion:
        return Conversion(
            currency, self.policy.functional_currency, self.book.rates, self.policy.calendar
        )

    def _no_rate(self, document: Document) -> Fault:
        return Fault(
            ExceptionCode.MISSING_RATE,
            f"{document.number} of {document.date} is in {document.currency} and states no rate, "
            f"and there is none to {self.policy.functional_currency} of that day or the week "
            "before. Add the rate, or exclude the line.",
        )

    def _line(self, rows: Rows, course: Course, life: Life, billings: list[Billing]) -> RevenueLine:
        document, line = course.document, course.line
        coded = self._coded_line(rows, billings)
        dates = course.dates
        return RevenueLine(
            key=course.key,
            unit=self._unit(rows, course),
            document=document.id,
            document_hash=document.content_hash(),
            counterparty=document.counterparty,
            label=_label(document, line),
            product=line.product,
            is_cost=document.kind.is_cost,
            method=course.method,
            service_start=dates.start if dates else None,
            service_end=dates.end if dates else None,
            dates_from=dates.dates_from if dates else "",
            life=life,
            billings=tuple(billings),
            conversion=self._conversion(rows.currency),
            account=self._account(course, coded),
            dimensions=coded.line.dimensions if coded else line.dimensions,
            remeasured=self.policy.remeasure_accrued,
            chosen=replace(course.chosen, whole=course.whole),
            text=line.text,
            readings=dates.readings if dates else (),
            listed=line.amount.minor,
            credited=course.credited,
        )


@dataclass(frozen=True, slots=True)
class _Bill:
    """A document line as it is billed, at its rate, and what it is coded to."""

    document: Document
    line: DocumentLine
    quote: Quote
    coded: Role
    is_credit: bool = False


def _currency_differs(document: Document, currency: str) -> Fault:
    return Fault(
        ExceptionCode.CURRENCY_DIFFERS,
        f"{document.number} is in {document.currency}, and what it bills or credits is in "
        f"{currency}. Correct the document, or exclude the line.",
    )


def _label(document: Document, line: DocumentLine) -> str:
    return f"{document.number}: {line.text or line.product or line.id or document.counterparty}"


def replace_overrides(known: Known, sources: Sources) -> Known:
    """The same with what people said under the first contract's id."""
    return replace(known, overrides=dict(sources.overrides))


def lines_known(
    book: Book, policy: RecognitionPolicy, at: date, *, with_imports: bool = True
) -> Lines:
    """Every revenue line of what is known at the end of the day (docs/accounting.md §§4, 5, 7)."""
    return _Assembly(book, policy, at, with_imports=with_imports).run()
