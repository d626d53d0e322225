"""An adoption schedule as values: its rows as they were read, and what became of each (docs §11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from accounting.money import Money
from accounting.policy import Role


class Refusal(StrEnum):
    """Why a row of a schedule does not count."""

    NO_DOCUMENT = "no_document"
    """The row names no document."""
    UNREADABLE_CELL = "unreadable_cell"
    """A cell holds a formula, an error, a date or a truth value where none belongs."""
    EXTRA_CELLS = "extra_cells"
    """The row has more cells than the header: a delimiter stands inside an amount or text."""
    NO_AMOUNT = "no_amount"
    """Neither recognised to date nor deferred is given."""
    NOT_AN_AMOUNT = "not_an_amount"
    """The text is no amount, or can be read as two."""
    NOT_EXACT = "not_exact"
    """The cell's number has more than 15 digits: what was meant can't be told."""
    WRONG_DECIMALS = "wrong_decimals"
    """More decimals than the currency has."""
    AMOUNTS_CONTRADICT = "amounts_contradict"
    """Recognised to date and deferred are both given, and do not add up to what was billed."""
    UNKNOWN_DOCUMENT = "unknown_document"
    """No document is called so."""
    SEVERAL_DOCUMENTS = "several_documents"
    """More than one document is called so."""
    AFTER_ADOPTION = "after_adoption"
    """The document is dated after adoption."""
    NOT_KNOWN_AT_ADOPTION = "not_known_at_adoption"
    """The document, or what counts of it now, became known after adoption."""
    VOID = "void"
    """The document is void."""
    LINE_NOT_FOUND = "line_not_found"
    """The document has no such line."""
    LINE_NOT_CLEAR = "line_not_clear"
    """More than one line can be meant."""
    BILLS_ANOTHER = "bills_another"
    """The line bills an obligation or expense: that is what is earned."""
    OUT_OF_SCOPE = "out_of_scope"
    """The line is none of the close's business."""
    HELD = "held"
    """An exception holds the line."""
    CURRENCY_DIFFERS = "currency_differs"
    """The row's currency is not the line's."""
    BEYOND_PRICE = "beyond_price"
    """More would be recognised than the line's price, or less than nothing."""
    DUPLICATE = "duplicate"
    """Another row says the same line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal with its sentence for the person who keeps the schedule."""

    refusal: Refusal
    message: str


class Naming(StrEnum):
    """What a column of names holds: ids of the source, numbers (of lines: positions), or either."""

    EITHER = "either"
    ID = "id"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One row as it was read: names as text, amounts exact, in whole units of the currency.

    `row` is its number in the sheet, the header's included. With a `fault` nothing else of it
    need be there.
    """

    row: int
    document: str = ""
    line: str = ""
    recognised: Decimal | None = None
    deferred: Decimal | None = None
    currency: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it was read; `sha256` is that of the file's bytes."""

    rows: tuple[ScheduleRow, ...]
    documents_by: Naming = Naming.EITHER
    lines_by: Naming = Naming.EITHER
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row: `line` is the key of the line that it means, once that is clear.

    `recognised` is R0, `computed` R(t0) by the policy, in the document's currency. A row with a
    `fault` does not count.
    """

    row: int
    document_written: str
    line_written: str
    line: str = ""
    label: str = ""
    recognised: Money | None = None
    computed: Money | None = None
    fault: Fault | None = None

    @property
    def difference(self) -> Money | None:
        """R0 − R(t0), where both are known."""
        if self.recognised is None or self.computed is None:
            return None
        return self.recognised - self.computed


@dataclass(frozen=True, slots=True)
class ComputedLine:
    """A line that no row names: it stands as computed, in the document's currency."""

    line: str
    label: str
    recognised: Money
    billed: Money


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line that has no figures at adoption until a person resolves what holds it."""

    line: str
    message: str


@dataclass(frozen=True, slots=True)
class RoleTotal:
    """The positions of a balance account at adoption against the ledger, in functional currency.

    On the account's normal side; `ledger` is None where it has not been read.
    """

    role: Role
    account: str
    positions: Money
    ledger: Money | None

    @property
    def difference(self) -> Money | None:
        """Positions − ledger: the adoption difference."""
        return self.positions - self.ledger if self.ledger is not None else None


@dataclass(frozen=True, slots=True)
class Matched:
    """A schedule against a book: a result per row, and how the lines without a row stand.

    `computed` are the lines without a row of which something is still to be earned or billed;
    `settled` counts the others. `totals` are those with the rows in force, and are there only
    where every row counts.
    """

    rows: tuple[RowResult, ...]
    computed: tuple[ComputedLine, ...] = ()
    settled: int = 0
    held: tuple[HeldLine, ...] = ()
    totals: tuple[RoleTotal, ...] = ()
    recognised: Mapping[str, Money] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[RowResult, ...]:
        """The rows that do not count: with any of them nothing is imported."""
        return tuple(row for row in self.rows if row.fault is not None)
