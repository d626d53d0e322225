"""Documents that have lines as the core's values: references followed, amounts as Money."""

from dataclasses import dataclass, replace
from decimal import Decimal

from accounting.allocation import as_listed
from accounting.calendars import FiscalCalendar
from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.money import Money
from accounting.policy import Allocation, RecognitionPolicy, Role
from accounting.service_period import method_of
from scenario.amounts import money, unsigned
from scenario.document_parts import (
    BillCreditPart,
    BillLinePart,
    BillPart,
    ContractPart,
    CreditLinePart,
    CreditNotePart,
    ExpensePart,
    InvoicePart,
    LedgerLinePart,
    LedgerPart,
    ObligationPart,
)
from scenario.errors import Faults, Place
from scenario.ledgers import Entry
from scenario.measures import Measures, negated
from scenario.resolve import References

USAGE = "usage"


@dataclass(frozen=True, slots=True)
class Documents:
    """Reads the documents of one entity that have lines. `calendar` is None where it is faulty."""

    policy: RecognitionPolicy
    calendar: FiscalCalendar | None
    references: References
    faults: Faults

    def read(self, entry: Entry) -> Document | None:
        """The document; None for what has no lines: a report, a payment, a word about another."""
        match entry.part:
            case InvoicePart() | CreditNotePart() | BillPart() | BillCreditPart() as part:
                return self._ledger_document(entry, part)
            case ContractPart() as part:
                return self._contract(entry, part)
            case ExpensePart() as part:
                return self._expense(entry, part)
            case _:
                return None

    def _measures(self, entry: Entry) -> Measures:
        return Measures(self.references.currency_of(entry), self.calendar, self.faults)

    def _ledger_document(self, entry: Entry, part: LedgerPart) -> Document:
        lines = [
            self._ledger_line(entry, part, line, (*entry.place, "lines", index))
            for index, line in enumerate(part.lines)
        ]
        customer = part.customer if isinstance(part, InvoicePart | CreditNotePart) else part.vendor
        return Document(
            kind=DocumentKind(part.kind),
            id=part.id,
            number=part.id,
            counterparty=customer or "",
            date=part.date,
            currency=self.references.currency_of(entry),
            lines=tuple(lines),
            rate=self._rate(entry, part),
            version=entry.version,
            known_on=part.known_on,
        )

    def _rate(self, entry: Entry, part: LedgerPart) -> Decimal | None:
        """The document's own rate; none where it is in functional currency."""
        currency = self.policy.functional_currency
        if part.rate is None or self.references.currency_of(entry) != currency:
            return part.rate
        if part.rate != 1:
            where = (*entry.place, "rate")
            self.faults.add(where, f"is {part.rate}; a document in {currency} is at 1 here.")
        return None

    def _ledger_line(
        self, entry: Entry, part: LedgerPart, line: LedgerLinePart, place: Place
    ) -> DocumentLine:
        measures = self._measures(entry)
        read_amount = unsigned if isinstance(line, CreditLinePart) else money
        amount = read_amount(line.amount, measures.currency, (*place, "amount"), self.faults)
        usual = Role.EXPENSE if DocumentKind(part.kind).is_cost else Role.REVENUE
        account = line.account or usual
        found = measures.line(line, line.id, amount, account.value, place)
        measures.check_manual(line, found, [amount], place)
        obligation = getattr(line, "obligation", None)
        if obligation is not None:
            target = self.references.obligation(entry, obligation, (*place, "obligation"))
            found = replace(found, obligation=target.key if target else None)
        if isinstance(line, BillLinePart):
            found = self._of_expense(entry, line, found, place)
        if isinstance(line, CreditLinePart):
            found = negated(self._credited(entry, part, line, found, place))
        return found

    def _of_expense(
        self, entry: Entry, line: BillLinePart, found: DocumentLine, place: Place
    ) -> DocumentLine:
        if line.expense is None:
            if line.partial is not None:
                self.faults.add((*place, "partial"), "stands without the expense that is billed.")
            return found
        target = self.references.expense(entry, line.expense, (*place, "expense"))
        return replace(found, expense=target.key if target else None, partial=line.partial or False)

    def _credited(
        self,
        entry: Entry,
        part: LedgerPart,
        line: CreditLinePart,
        found: DocumentLine,
        place: Place,
    ) -> DocumentLine:
        if line.against is None:
            for key in ("effect", "effective"):
                if getattr(line, key) is not None:
                    where = (*place, key)
                    self.faults.add(where, "stands without the line that is credited (against).")
            return found
        target = self.references.credited(entry, line.against, (*place, "against"))
        if line.effect is None:
            self.faults.add((*place, "effect"), "is missing: what does it do to the line?")
        return replace(
            found,
            against=target.key if target else None,
            effect=line.effect,
            effective=line.effective or part.date,
        )

    def _contract(self, entry: Entry, part: ContractPart) -> Document:
        measures = self._measures(entry)
        modified = self._modified(entry, part)
        renewed = None
        if part.renews is not None:
            renewed = self.references.contract(entry, part.renews, (*entry.place, "renews"))
        if not part.obligations and part.modifies is None:
            self.faults.add((*entry.place, "obligations"), "is empty: what is promised?")
        price = None
        if part.price is not None:
            place = (*entry.place, "price")
            price = money(part.price, measures.currency, place, self.faults)
        document = Document(
            kind=DocumentKind.CONTRACT,
            id=part.id,
            number=part.id,
            counterparty=part.customer or "",
            date=part.date,
            currency=measures.currency,
            lines=tuple(
                self._obligation(measures, line, (*entry.place, "obligations", index))
                for index, line in enumerate(part.obligations)
            ),
            version=entry.version,
            known_on=part.known_on,
            price=price,
            modifies=modified,
            treatment=part.treatment,
            effective=(part.effective or part.date) if modified is not None else None,
            renews=renewed.key if renewed else None,
            type=part.type,
        )
        self._check_obligations(entry, part, document, measures)
        return document

    def _modified(self, entry: Entry, part: ContractPart) -> str | None:
        if part.modifies is None:
            for key in ("treatment", "effective"):
                if getattr(part, key) is not None:
                    where = (*entry.place, key)
                    self.faults.add(where, "stands without the contract that is modified.")
            return None
        if part.treatment is None:
            self.faults.add((*entry.place, "treatment"), "is missing: how is the change treated?")
        target = self.references.contract(entry, part.modifies, (*entry.place, "modifies"))
        if target is None:
            return None
        theirs = {self.references.currency_of(other) for other in target.entries}
        ours = self.references.currency_of(entry)
        if theirs != {ours}:
            self.faults.add(
                (*entry.place, "currency"),
                f"is {ours}; the contract that is modified is in {', '.join(sorted(theirs))}.",
            )
        return target.key

    def _obligation(self, measures: Measures, part: ObligationPart, place: Place) -> DocumentLine:
        amount = Money.zero(measures.currency)
        if part.amount is not None:
            amount = money(part.amount, amount.currency, (*place, "amount"), self.faults)
        line = measures.line(part, part.id, amount, None, place)
        if part.standalone_price is None:
            return line
        where = (*place, "standalone_price")
        return replace(
            line,
            standalone_price=money(part.standalone_price, amount.currency, where, self.faults),
        )

    def _check_obligations(
        self, entry: Entry, part: ContractPart, document: Document, measures: Measures
    ) -> None:
        """Amounts are there where they are needed, and what is keyed in sums to what is earned."""
        fixed = [
            (index, line)
            for index, line in enumerate(document.lines)
            if not self._is_usage(entry, document, line)
        ]
        lines = [line for _, line in fixed]
        allocation = Allocation.NONE if part.modifies else self.policy.allocation
        shares = as_listed(lines, None if part.modifies else document.price, allocation)
        for (index, line), share in zip(fixed, shares, strict=True):
            place = (*entry.place, "obligations", index)
            if part.obligations[index].amount is None:
                where = (*place, "amount")
                self.faults.add(where, "is missing: only usage has no amount of its own.")
            allowed = [Money(share, measures.currency), line.amount]
            measures.check_manual(part.obligations[index], line, allowed, place)

    def _is_usage(self, entry: Entry, document: Document, line: DocumentLine) -> bool:
        """By its own method, one of those of the obligation which it restates, or the policy."""
        if line.method is None and document.modifies is not None:
            ledger = self.references.ledgers[entry.entity]
            listed = ledger.lines.get(ledger.canonical(document.line_key(line)), ())
            methods = [other.method for _, other in listed if other.method is not None]
            if methods:
                return USAGE in methods
        return method_of(self.policy, document, line) == USAGE

    def _expense(self, entry: Entry, part: ExpensePart) -> Document:
        measures = self._measures(entry)
        amount = money(part.amount, measures.currency, (*entry.place, "amount"), self.faults)
        account = part.account or Role.EXPENSE
        line = measures.line(part, "", amount, account.value, entry.place)
        measures.check_manual(part, line, [amount], entry.place)
        return Document(
            kind=DocumentKind.EXPENSE,
            id=part.id,
            number=part.id,
            counterparty=part.vendor or "",
            date=part.date,
            currency=measures.currency,
            lines=(line,),
            version=entry.version,
            known_on=part.known_on,
        )
