"""What a back-test answers: balances by month, the differences by cause, what still stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounting.money import Money
from accounting.policy import Role


class Cause(StrEnum):
    """Why the ledger held something else than it should."""

    MISSING_RELEASE = "missing_release"
    """What a line earned in a month was not booked."""
    WRONG_DATES = "wrong_dates"
    """A line was released over other days than those that it is delivered over."""
    LATE_CREDIT_NOTE = "late_credit_note"
    """A credit note was left out of its month, or took effect from its own date."""
    CURRENCY = "currency"
    """A document was converted at another rate than its own, or not at all."""
    ROUNDING = "rounding"
    """A few minor units."""
    UNKNOWN = "unknown"
    """Nothing explains it, or several customers explain it equally well."""


class Stage(StrEnum):
    """What a misstatement does in a month."""

    ARISES = "arises"
    GOES_ON = "goes_on"
    """It is the same as before and grows or shrinks with the month."""
    MADE_GOOD = "made_good"
    """It was taken back: the counterpart of what it had come to."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one misstatement adds to a balance account's difference in a month.

    `amount` is ledger − right on the role's normal side: above zero the ledger took up too much.
    `misstatement` numbers what belongs together. `document` and `line` name what is concerned,
    empty where nothing does; `candidates` are customers that would explain it equally well.
    """

    period: str
    role: Role
    account: str
    customer: str
    cause: Cause
    stage: Stage
    amount: Money
    misstatement: int
    sentence: str
    document: str = ""
    line: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthBalance:
    """A balance account at a month's end, on its normal side: as the ledger holds it, as it should
    be, the difference of the two, and how much of the difference came up in the month.
    """

    period: str
    role: Role
    account: str
    ledger: Money
    right: Money
    difference: Money
    arisen: Money


@dataclass(frozen=True, slots=True)
class CauseTotal:
    """A cause on an account: how many misstatements, what each came to at most (absolute), and what
    still stands of them, on the normal side.
    """

    cause: Cause
    role: Role
    account: str
    misstatements: int
    largest: Money
    standing: Money


@dataclass(frozen=True, slots=True)
class BackTest:
    """Past months made anew, set against what the ledger holds of them.

    The differences of a month and account sum to what arose in it. `carried` is the difference by
    role that stood when the first month began; `held` says what of the lines has no figures.
    """

    currency: str
    balances: tuple[MonthBalance, ...]
    differences: tuple[Difference, ...]
    totals: tuple[CauseTotal, ...]
    carried: Mapping[Role, Money]
    held: tuple[str, ...] = ()
