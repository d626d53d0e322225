"""What lines are gathered in: the result of a reading, and the rows of one group with their bills."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from accounting.allocation import shares
from accounting.documents import Document
from accounting.events import Event, Group
from accounting.exceptions import AccountingException
from accounting.ledger_lines import CreditLine, LedgerLine
from accounting.matching import Bills, BillsExpense, BillsWhole, OfItsOwn, Unclear
from accounting.money import Money
from accounting.policy import Role
from accounting.recognition import RevenueLine
from accounting.service_period import Fault


@dataclass(slots=True)
class Lines:
    """The revenue lines by key; the exceptions; the keys that an exception holds.

    `billed_by` are the ledger lines that bill a row: what holds the row holds them, too.
    `coded` is what documents coded straight to a balance account put there by row: date, role and
    amount on the role's normal side.
    """

    lines: dict[str, RevenueLine] = field(default_factory=dict)
    exceptions: list[AccountingException] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    billed_by: dict[str, set[str]] = field(default_factory=dict)
    coded: dict[str, list[tuple[date, Role, Money]]] = field(default_factory=dict)

    def hold(self, key: str, fault: Fault, rows: Iterable[str] = ()) -> None:
        """An exception on a row or a ledger line: its figures stay until a person resolves it.

        On a line it holds the rows that the line bills, on a row the lines that bill it, and so
        on: a line that bills a whole contract moves for all of it or for nothing.
        """
        self.exceptions.append(AccountingException(fault.code, key, fault.message))
        waiting = [key, *rows]
        while waiting:
            held = waiting.pop()
            if held not in self.held:
                self.held.add(held)
                waiting.extend(self.billed_by.get(held, ()))
                waiting.extend(row for row, lines in self.billed_by.items() if held in lines)


@dataclass(slots=True)
class Rows:
    """The rows of one group with what bills them."""

    group: Group
    unit: str
    events: list[Event] = field(default_factory=list)
    billed_by: list[LedgerLine] = field(default_factory=list)
    credits: list[CreditLine] = field(default_factory=list)
    signed: dict[str, int] = field(default_factory=dict)
    awaited: list[Document] = field(default_factory=list)
    currency: str = ""

    def parts(self, line: LedgerLine, amount: int) -> dict[str, int]:
        """An amount of the ledger line over the rows that it bills; the parts sum to it."""
        match line.match:
            case Bills(obligation=obligation):
                return {obligation: amount}
            case BillsExpense(expense=expense):
                return {expense: amount}
            case BillsWhole():
                weights = list(self.signed.values())
                given = shares(amount, weights, self.currency)
                return dict(zip(self.signed, given, strict=True))
            case OfItsOwn() | Unclear():
                return {line.key: amount}
