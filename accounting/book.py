"""The book: everything `engine.calculate` needs to know, as values. And what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from accounting.documents import Document, Override, Payment, Report, Void
from accounting.exceptions import AccountingException
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import Role
from accounting.rates import NO_RATES, Rates

Dimensions = tuple[tuple[str, str], ...]


class AdoptionChoice(StrEnum):
    """How a person cleared the adoption difference of a balance account."""

    ACCEPT = "accept"
    """Kept as a named, permanent reconciling item."""
    POST = "post"
    """Posted as an opening adjustment, to an account that the person names."""


@dataclass(frozen=True, slots=True)
class AdoptionResolution:
    """A person's answer to one role's adoption difference.

    `difference` is what the person saw (positions − ledger, as a balance of the role); an answer
    to another figure than today's does not count.
    """

    role: Role
    choice: AdoptionChoice
    difference: Money
    reason: str
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Adoption:
    """The first day's inheritance (docs/accounting.md §11).

    `date` is t0, the last day before the first period. `balances` is what the ledger holds at
    t0 by role: liabilities and assets alike positive on their normal side; None where nobody
    asked the ledger. The line positions at t0 are computed from the documents, as far as no
    figure was imported (`Book.imported`).
    """

    date: date
    balances: Mapping[Role, Money] | None = None
    resolutions: tuple[AdoptionResolution, ...] = ()


@dataclass(frozen=True, slots=True)
class BookedPart:
    """What the books already hold for a line, in one balance account.

    `amount` is on the role's normal side. `account` is the result account on the other side,
    `posted_on` its journal's date, None of what was adopted. `open_gain` says that a remeasurement
    of the very period put it there, which no close has frozen yet.
    """

    line: str
    unit: str
    role: Role
    account: str
    dimensions: Dimensions
    amount: Money
    posted_on: date | None = None
    open_gain: bool = False


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """What the last close said of a line, in functional currency: it never moves again.

    `ahead` is deferred − accrued (of costs: prepaid − accrued) of the line alone, `in_a_year` what
    of its billings would still be ahead a year on. `negative`: nothing of it was positive.
    `account` is its result account; it and the dimensions are where its balances were booked.
    `coded` is what its documents, coded straight to balance accounts, had put there by role.
    """

    unit: str
    is_cost: bool
    recognised: Money
    billed: Money
    ahead: Money
    in_a_year: Money
    negative: bool = False
    account: str = ""
    dimensions: Dimensions = ()
    coded: Mapping[Role, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """All that is known of an entity when a period is calculated.

    `frozen` is each line as the last close froze it; empty before the first close. `booked` is
    what our posted journals put into the balance accounts, by line; frozen adoption positions
    stand among them from the second close on. `adoption` is given for the first close only; later
    closes carry its result in `booked`. `imported` is R to date at adoption by line as a schedule
    said it, document currency. `last_closed` is the last day that is closed or adopted.

    `to_reverse` are posted journals that this close turns round as a whole.

    `by_hand` is what people booked by hand and somebody said counts as booked, under the journal's
    name; `explained` what they booked on balance accounts for another reason, by role on its
    normal side. Of either only what no close has frozen yet.
    """

    functional_currency: str
    adopted_on: date
    documents: tuple[Document, ...]
    overrides: tuple[Override, ...] = ()
    reports: tuple[Report, ...] = ()
    payments: tuple[Payment, ...] = ()
    voids: tuple[Void, ...] = ()
    rates: Rates = NO_RATES
    frozen: Mapping[str, FrozenLine] = field(default_factory=dict)
    booked: tuple[BookedPart, ...] = ()
    adoption: Adoption | None = None
    imported: Mapping[str, Money] = field(default_factory=dict)
    last_closed: date | None = None
    by_hand: tuple[BookedPart, ...] = ()
    explained: Mapping[Role, Money] = field(default_factory=dict)
    to_reverse: tuple["PostedJournal", ...] = ()


class JournalKind(StrEnum):
    """What a journal of a close does."""

    REVERSAL = "reversal"
    """Turns another one round as a whole."""
    ADOPTION = "adoption"
    DEFERRAL = "deferral"
    RELEASE = "release"
    ACCRUAL = "accrual"
    ACCRUAL_REVERSAL = "accrual_reversal"
    PREPAYMENT = "prepayment"
    PREPAYMENT_RELEASE = "prepayment_release"
    EXPENSE_ACCRUAL = "expense_accrual"
    EXPENSE_ACCRUAL_REVERSAL = "expense_accrual_reversal"
    REMEASUREMENT = "remeasurement"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One side of one account: exactly one of debit and credit is above zero."""

    account: str
    role: Role | None
    debit: Money
    credit: Money
    dimensions: Dimensions = ()


@dataclass(frozen=True, slots=True)
class JournalPart:
    """Why a journal moves: the change of one line in one balance account.

    `amount` is the change on the role's normal side. `catch_up` is the part of it that belongs
    to periods already closed; the rest is the period's own.
    """

    line: str
    unit: str
    role: Role
    account: str
    dimensions: Dimensions
    amount: Money
    catch_up: Money


@dataclass(frozen=True, slots=True)
class Journal:
    """A balanced journal in functional currency, with the parts that explain it.

    `reverses` is the reference of the journal that it turns round, empty of every other.
    """

    kind: JournalKind
    date: date
    text: str
    lines: tuple[JournalLine, ...]
    parts: tuple[JournalPart, ...]
    reverses: str = ""

    @property
    def total(self) -> Money:
        """Σ debits = Σ credits."""
        return Money.sum((line.debit for line in self.lines), self.lines[0].debit.currency)


@dataclass(frozen=True, slots=True)
class PostedJournal:
    """A journal of ours as the ledger holds it, by its reference there."""

    reference: str
    journal: Journal


@dataclass(frozen=True, slots=True)
class LinePosition:
    """One line at the period's end, in functional currency but for what is named a document's.

    `price` is P. `recognised` = `own` + `catch_up` is the period's movement of R, `billed` that of
    B, `fx` the period's gain. `ahead` is deferred − accrued (of costs: prepaid − accrued) of the
    line alone, before netting; `opening` and `closing` are its shares of its unit's balances by
    role, at the last closed day as the books froze it and at the period's end. `non_current` is
    its share of what the unit still defers a year on. `held` lines stand as the last close left
    them. `coded` is what its documents put into balance accounts by themselves, by role. Dates are
    None where nothing says them and the method needs none.
    """

    line: str
    unit: str
    document: str
    document_hash: str
    counterparty: str
    label: str
    product: str | None
    is_cost: bool
    method: str
    service_start: date | None
    service_end: date | None
    dates_from: str
    price: Money
    billed: Money
    billed_to_date: Money
    recognised: Money
    own: Money
    catch_up: Money
    recognised_to_date: Money
    billed_in_document: Money
    recognised_in_document: Money
    ahead: Money
    in_a_year: Money
    fx: Money
    opening: Mapping[Role, Money] = field(default_factory=dict)
    closing: Mapping[Role, Money] = field(default_factory=dict)
    non_current: Money | None = None
    negative: bool = False
    held: bool = False
    account: str = ""
    dimensions: Dimensions = ()
    coded: Mapping[Role, Money] = field(default_factory=dict)

    @property
    def alone(self) -> tuple[Money, Money]:
        """The line's own balances before netting: deferred (prepaid) and accrued (docs §5)."""
        zero = Money.zero(self.ahead.currency)
        if self.negative:
            return min(self.ahead, zero), min(-self.ahead, zero)
        return max(self.ahead, zero), max(-self.ahead, zero)

    def frozen(self) -> FrozenLine:
        """What the next close starts from."""
        return FrozenLine(
            unit=self.unit,
            is_cost=self.is_cost,
            recognised=self.recognised_to_date,
            billed=self.billed_to_date,
            ahead=self.ahead,
            in_a_year=self.in_a_year,
            negative=self.negative,
            account=self.account,
            dimensions=self.dimensions,
            coded=self.coded,
        )


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a close of the period would say, complete: the answer of `engine.calculate`.

    `opening` and `closing` are the subledger's balances by role at the last closed day and at
    the period's end; with `movement` between them. `adoption_differences` (positions − ledger)
    and the journals that clear them stand apart. `journals` come in the order of JournalKind
    and hold no journal of nothing. `non_current` is the part of deferred revenue that is not
    released within a year, `adopted` the lines as they stood at adoption (first close only).
    `reconciling` is subledger − ledger as far as somebody explained it, `by_hand` what people
    booked by hand, laid upon the lines.
    """

    period: Period
    positions: tuple[LinePosition, ...]
    journals: tuple[Journal, ...]
    exceptions: tuple[AccountingException, ...]
    opening: Mapping[Role, Money]
    closing: Mapping[Role, Money]
    adoption_parts: tuple[BookedPart, ...] = ()
    adoption_differences: Mapping[Role, Money] = field(default_factory=dict)
    reconciling: Mapping[Role, Money] = field(default_factory=dict)
    non_current: Money | None = None
    adopted: Mapping[str, FrozenLine] = field(default_factory=dict)
    by_hand: tuple[BookedPart, ...] = ()
