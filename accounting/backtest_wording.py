"""What a back-test says of a difference, in a sentence that an accountant reads."""

from calendar import month_name
from collections.abc import Sequence

from accounting.backtest_differences import Cause, Stage
from accounting.backtest_search import Misstatement, Step
from accounting.money import Money
from accounting.policy import BEHIND_ROLES, Role

NAMES_MAX = 3
"""Of the customers that a difference could be of so many are named in the sentence."""
HELD: dict[Role, str] = {
    Role.DEFERRED_REVENUE: "deferred",
    Role.ACCRUED_REVENUE: "accrued revenue",
    Role.PREPAYMENTS: "prepaid",
    Role.ACCRUED_EXPENSES: "accrued expenses",
}


def month_words(name: str) -> str:
    """The month 2026-04 in words, April 2026; another calendar's names stay as they are."""
    year, _, number = name.partition("-")
    is_month = len(year) == 4 and year.isdecimal() and len(number) == 2 and number.isdecimal()
    return f"{month_name[int(number)]} {year}" if is_month else name


class Wording:
    """Sentences about the months of these names, amounts in this currency."""

    def __init__(self, names: Sequence[str], currency: str) -> None:
        self._names = names
        self._currency = currency

    def sentence(self, step: Step) -> str:
        """What the step is, and what becomes of it."""
        of = step.of
        match step.stage:
            case Stage.ARISES:
                return f"{self._arises(of, step.amount)}{self._afterwards(of)}."
            case Stage.GOES_ON:
                return f"{self._subject(of)} goes on: {self._by_now(of, step.standing)}."
            case Stage.MADE_GOOD:
                return f"{self._subject(of)} is made good: {self._amount(step.amount)} taken back."

    def _arises(self, of: Misstatement, amount: int) -> str:
        wrong = self._too(of.role, amount)
        if of.cause is Cause.ROUNDING:
            return f"{wrong} by rounding{_of(of.customer)}"
        if of.hypothesis is None:
            return f"{wrong}{_of(of.customer)}, and nothing explains it{_candidates(of.candidates)}"
        what = f"{of.hypothesis.document}{_of(of.customer)}"
        month = month_words(self._names[of.since])
        match of.cause:
            case Cause.MISSING_RELEASE if of.role in BEHIND_ROLES:
                return f"The accrual of {what} for {month} was not booked: {wrong}"
            case Cause.MISSING_RELEASE:
                return f"The release of {what} for {month} was not booked: {wrong}"
            case Cause.WRONG_DATES:
                return f"{what} was released over the wrong days, {of.hypothesis.words}: {wrong}"
            case Cause.LATE_CREDIT_NOTE:
                return f"Credit note {what} was {of.hypothesis.words} in {month}: {wrong}"
            case _:
                return f"{what} was {of.hypothesis.words}: {wrong}"

    def _afterwards(self, of: Misstatement) -> str:
        if of.made_good is not None:
            return f"; made good in {month_words(self._names[of.made_good])}"
        if of.standing:
            return "; not made good"
        return "; it ran out by itself"

    def _subject(self, of: Misstatement) -> str:
        if of.since < 0:
            return f"What stood before {month_words(self._names[0])}"
        since = month_words(self._names[of.since])
        if of.hypothesis is not None:
            return f"The mistake of {since} with {of.hypothesis.document}{_of(of.customer)}"
        kind = "rounding" if of.cause is Cause.ROUNDING else "unexplained difference"
        return f"The {kind} of {since}{_of(of.customer)}"

    def _too(self, role: Role, amount: int) -> str:
        much = "much" if amount > 0 else "little"
        return f"{self._amount(amount)} too {much} {HELD[role]}"

    def _by_now(self, of: Misstatement, standing: int) -> str:
        if not standing:
            return "nothing is left of it"
        return f"{self._too(of.role, standing)} by now"

    def _amount(self, minor: int) -> str:
        return f"{abs(Money(minor, self._currency)).decimal():,f}"


def _of(customer: str) -> str:
    return f" of {customer}" if customer else ""


def _candidates(names: Sequence[str]) -> str:
    if not names:
        return ""
    told = ", ".join(names[:NAMES_MAX])
    more = f" and {len(names) - NAMES_MAX} more" if len(names) > NAMES_MAX else ""
    return f" alone: it could be of {told}{more}"
