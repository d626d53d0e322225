"""An adoption schedule as people see it: one set of values for page, JSON and command line."""

from dataclasses import dataclass

from accounting.money import Money
from accounting.schedule_rows import ComputedLine, HeldLine, RoleTotal, RowResult


@dataclass(frozen=True, slots=True)
class RowView:
    """A row: what it was matched with, R0, computed R(t0), their difference; or why not.

    Amounts are text in `currency`, the document's; empty where they are not known. `refused` is
    the refusal's name, empty where the row counts.
    """

    row: int
    document: str
    line_written: str
    line: str
    label: str
    currency: str
    recognised: str
    computed: str
    difference: str
    refused: str
    message: str


@dataclass(frozen=True, slots=True)
class ComputedView:
    """A line that no row names, as computed: the currency is the document's."""

    line: str
    label: str
    currency: str
    recognised: str
    deferred: str


@dataclass(frozen=True, slots=True)
class HeldView:
    """A line that has no figures until an exception is resolved."""

    line: str
    message: str


@dataclass(frozen=True, slots=True)
class TotalView:
    """A balance account at adoption, functional currency; `ledger` is empty where it is unread."""

    role: str
    account: str
    positions: str
    ledger: str
    difference: str


@dataclass(frozen=True, slots=True)
class AdoptionView:
    """How an entity's lines stand at adoption with a schedule: one looked at, or the one in force.

    `imported` says that the schedule is in force, by whom and when. `period` is the first one,
    `started` whether its close is on record; `settled` names the period by which all figures
    stand. `computed` are the lines without a row of which something is still to be earned or
    billed, `settled_lines` counts the others. `next_step` says what to do now.
    """

    entity: str
    adopted_on: str
    currency: str
    period: str
    started: bool
    settled: str
    imported: bool
    imported_by: str
    imported_at: str
    file_hash: str
    refused: int
    rows: list[RowView]
    computed: list[ComputedView]
    settled_lines: int
    held: list[HeldView]
    totals: list[TotalView]
    message: str
    next_step: str


def _text(amount: Money | None) -> str:
    return amount.text() if amount is not None else ""


def row_view(row: RowResult) -> RowView:
    """A row with its result."""
    known = row.recognised if row.recognised is not None else row.computed
    return RowView(
        row=row.row,
        document=row.document_written,
        line_written=row.line_written,
        line=row.line,
        label=row.label,
        currency=known.currency if known is not None else "",
        recognised=_text(row.recognised),
        computed=_text(row.computed),
        difference=_text(row.difference),
        refused=row.fault.refusal.value if row.fault is not None else "",
        message=row.fault.message if row.fault is not None else "",
    )


def computed_view(line: ComputedLine) -> ComputedView:
    """A line without a row."""
    return ComputedView(
        line=line.line,
        label=line.label,
        currency=line.recognised.currency,
        recognised=line.recognised.text(),
        deferred=(line.billed - line.recognised).text(),
    )


def held_view(line: HeldLine) -> HeldView:
    """A line without figures."""
    return HeldView(line.line, line.message)


def total_view(total: RoleTotal) -> TotalView:
    """A balance account at adoption."""
    return TotalView(
        role=total.role.value,
        account=total.account,
        positions=total.positions.text(),
        ledger=_text(total.ledger),
        difference=_text(total.difference),
    )
