"""What the close asks of a general ledger, and the closed set of answers to a posting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from accounting.documents import Document, Payment


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as it came: the vendor's JSON text, numbers digit for digit, and our reading.

    `source` is the vendor ("xero", "quickbooks", "salesforce"), `modified` the vendor's own
    time of last change, for the cursor.
    """

    source: str
    raw: str
    document: Document
    modified: datetime


@dataclass(frozen=True, slots=True)
class SourcePayment:
    """A payment as it came, and our reading; a refund is negative. A `deleted` one is gone from the
    ledger: take it as if it had never been.
    """

    source: str
    raw: str
    payment: Payment
    modified: datetime
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class LockDates:
    """The ledger's own locks as read: nothing dated on or before them may be posted.

    `period` may exempt some users (Xero advisers), `year_end` nobody. None where not set.
    """

    period: date | None
    year_end: date | None

    @property
    def latest(self) -> date | None:
        """The later of the two: the one that we keep to."""
        return max((day for day in (self.period, self.year_end) if day), default=None)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One side of an account, in minor units of the ledger's base currency.

    `text` is all that it says in words as it was read, whom it names included: no part of what is
    posted or compared.
    """

    account: str
    debit_minor: int
    credit_minor: int
    dimensions: tuple[tuple[str, str], ...] = ()
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class JournalToPost:
    """A journal as approved. `reference` (at most 21 characters) is unique for ever in its ledger.

    As a `draft` it is only laid ready there, for somebody to post by hand.
    """

    reference: str
    date: date
    text: str
    currency: str
    lines: tuple[LedgerLine, ...]
    draft: bool = False

    @property
    def narration(self) -> str:
        """Reference and text: what the ledger shows. The whole of it is deterministic."""
        return f"{self.reference} {self.text}"


@dataclass(frozen=True, slots=True)
class LedgerJournal:
    """A journal as the ledger holds it, with its raw JSON. `posted` is false for a `draft` or void."""

    id: str
    reference: str
    date: date
    lines: tuple[LedgerLine, ...]
    posted: bool
    raw: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """A balance at a date: debit positive, in minor units of the base currency."""

    account: str
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Posted:
    """The ledger answered with the journal, its id and content."""

    journal: LedgerJournal


@dataclass(frozen=True, slots=True)
class Refused:
    """The ledger said no, and will again: its own words."""

    message: str
    raw: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """Not processed; ask again after this many seconds."""

    retry_after_s: int


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody knows whether it was posted: look before you send again."""

    message: str


Answer = Posted | Refused | Throttled | NoAnswer


class Ledger(Protocol):
    """One entity's ledger. Every method blocks, retries nothing by itself and has time-outs.

    Reads raise connectors.errors: LedgerThrottledError, LedgerUnavailableError (retry later) or
    LedgerRefusedError (retrying is no use).
    """

    vendor: str
    currency: str
    key_window_s: int
    """For how long a repeated idempotency key is safe after the first send (Xero 300, QuickBooks 0)."""

    def check(self) -> str:
        """The organisation's name, to prove that the connection works and is the one meant."""
        ...

    def lists(self) -> tuple[str, ...]:
        """The vendor's own lists of documents, in the order in which they are best read."""
        ...

    def documents(self, name: str, since: datetime | None) -> Iterator[SourceDocument]:
        """Every document of the list that changed since, page by page, oldest change first.

        A list may hold several kinds; purchase orders come as expenses.
        """
        ...

    def payments(self, since: datetime | None) -> Iterator[SourcePayment]:
        """Every payment that changed since, oldest change first. Cash alone: no figure moves."""
        ...

    def lock_dates(self) -> LockDates:
        """The ledger's locks, read now."""
        ...

    def balances(self, at: date) -> tuple[AccountBalance, ...]:
        """The trial balance at the end of the day: one row for each account that has a balance."""
        ...

    def post(self, journal: JournalToPost, key: str) -> Answer:
        """Create the journal under this idempotency key. Never raises for what a vendor answers."""
        ...

    def find(self, journal: JournalToPost) -> LedgerJournal | None:
        """The journal with this reference, or None. Never creates anything."""
        ...

    def journals(self, since: datetime) -> Iterator[LedgerJournal]:
        """Every journal that changed since, whoever wrote it; drafts and voided ones among them."""
        ...

    def read_journal(self, ledger_id: str) -> LedgerJournal | None:
        """The journal by the ledger's own id, or None where it is gone."""
        ...

    def gone(self, ledger_ids: Sequence[str]) -> frozenset[str]:
        """Those of these journals that were deleted without a trace in `journals`."""
        ...

    def link(self, ledger_id: str) -> str:
        """Where a person sees the journal in the ledger's own pages."""
        ...
