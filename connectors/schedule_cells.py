"""A schedule's cells: text, or a number that is exactly what was written; amounts as people write them.

XLSX keeps numbers as binary fractions (ECMA-376 part 1, §18.18.11 with xsd:double): of 15
significant digits each survives, of more none can be told from its neighbours. So a number of more
is refused, never rounded.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from accounting.schedule_rows import Fault, Refusal

EXACT_DIGITS_MAX = 15
GROUPERS = r" '’\u00a0\u202f"
PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")
COULD_BE_TWO = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
GROUPED = re.compile(rf"[1-9][0-9]{{0,2}}([,{GROUPERS}])[0-9]{{3}}(\1[0-9]{{3}})*(\.[0-9]+)?")
GROUPED_WITH_COMMA = re.compile(
    rf"[1-9][0-9]{{0,2}}([.{GROUPERS}])[0-9]{{3}}(\1[0-9]{{3}})*(,[0-9]+)?"
)
IN_BRACKETS = re.compile(r"\((?P<amount>[^()]+)\)")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds: text, and the number where the file says that it is one; or a fault."""

    text: str = ""
    number: Decimal | None = None
    fault: Fault | None = None


def number_cell(value: float) -> Cell:
    """A number as XLSX keeps it. Its shortest decimal is what was written, up to 15 digits."""
    shortest = Decimal(repr(value))
    if not shortest.is_finite() or len(shortest.normalize().as_tuple().digits) > EXACT_DIGITS_MAX:
        return Cell(
            fault=Fault(
                Refusal.NOT_EXACT,
                f"The cell holds {value!r}: of more than {EXACT_DIGITS_MAX} digits nobody can tell "
                "which were meant. Round it in the sheet.",
            )
        )
    return Cell(f"{shortest.normalize():f}", shortest)


def unreadable(what: str) -> Cell:
    """A cell that holds what no schedule can mean."""
    return Cell(fault=Fault(Refusal.UNREADABLE_CELL, what))


def amount_of(cell: Cell) -> Decimal | Fault | None:
    """The cell as an amount in whole units; None where it is empty.

    A minus or brackets are negative. Thousands may be grouped; a text that can be read as two
    amounts is refused.
    """
    if cell.fault is not None:
        return cell.fault
    if cell.number is not None:
        return cell.number
    text = cell.text
    if not text:
        return None
    brackets = IN_BRACKETS.fullmatch(text)
    body = (brackets["amount"] if brackets else text).strip().replace("\u2212", "-")
    negative = brackets is not None or body.startswith("-")
    body = body if brackets else body.removeprefix("-").removeprefix("+").strip()
    if COULD_BE_TWO.fullmatch(body):
        return Fault(
            Refusal.NOT_AN_AMOUNT,
            f"{text!r} can be read as {body.replace(',', '')} or as {body.replace(',', '.')}. "
            "Write it without thousands separators.",
        )
    digits = _digits(body)
    if digits is None:
        return Fault(Refusal.NOT_AN_AMOUNT, f"{text!r} is no amount. Write it like 1234.56.")
    return -Decimal(digits) if negative else Decimal(digits)


def _digits(body: str) -> str | None:
    """The digits with a decimal point; None where it is no amount."""
    if PLAIN.fullmatch(body):
        return body
    if DECIMAL_COMMA.fullmatch(body):
        return body.replace(",", ".")
    if GROUPED.fullmatch(body):
        return re.sub(rf"[,{GROUPERS}]", "", body)
    if GROUPED_WITH_COMMA.fullmatch(body):
        return re.sub(rf"[.{GROUPERS}]", "", body).replace(",", ".")
    return None
