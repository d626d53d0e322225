"""The accountant's exceptions: what a book holds that a person must look at. Data, never raised."""

from dataclasses import dataclass
from enum import StrEnum


class ExceptionCode(StrEnum):
    """Why a person is asked."""

    NO_SERVICE_PERIOD = "no_service_period"
    """Nothing says over which days a line is delivered."""
    UNMATCHED_LINE = "unmatched_line"
    """The document names a contract, but no or several of its lines fit."""
    MISSING_RATE = "missing_rate"
    """A line in foreign currency can't be measured with the rates there are."""
    ADOPTION_DIFFERENCE = "adoption_difference"
    """The ledger's balance at adoption is not what the positions say."""


class Remedy(StrEnum):
    """What a person can do about an exception."""

    DATES = "dates"
    MATCH = "match"
    EXCLUDE = "exclude"
    ACCEPT = "accept"
    POST = "post"


REMEDIES: dict[ExceptionCode, tuple[Remedy, ...]] = {
    ExceptionCode.NO_SERVICE_PERIOD: (Remedy.DATES, Remedy.EXCLUDE),
    ExceptionCode.UNMATCHED_LINE: (Remedy.MATCH, Remedy.EXCLUDE),
    ExceptionCode.MISSING_RATE: (Remedy.DATES, Remedy.EXCLUDE),
    ExceptionCode.ADOPTION_DIFFERENCE: (Remedy.ACCEPT, Remedy.POST),
}


@dataclass(frozen=True, slots=True)
class AccountingException:
    """One thing to resolve: `subject` is a line key, or an account role at adoption.

    `message` is plain English: what is wrong and what would clear it. `amount` is signed text
    in the functional currency where an amount is at stake. Every code here blocks the close.
    """

    code: ExceptionCode
    subject: str
    message: str
    amount: str | None = None

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What a person can do about it."""
        return REMEDIES[self.code]
