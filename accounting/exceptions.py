"""The accountant's exceptions: what a book holds that a person must look at. Data, never raised."""

from dataclasses import dataclass
from enum import StrEnum


class ExceptionCode(StrEnum):
    """Why a person is asked."""

    NO_SERVICE_PERIOD = "no_service_period"
    """Nothing says over which days a line is delivered."""
    AMBIGUOUS_SERVICE_PERIOD = "ambiguous_service_period"
    """The line's text can be read as more than one service period."""
    UNMATCHED_LINE = "unmatched_line"
    """The document names a contract, but no or several of its lines fit."""
    MISSING_RATE = "missing_rate"
    """A line in foreign currency can't be measured with the rates there are."""
    CURRENCY_DIFFERS = "currency_differs"
    """A document bills or credits a line that is in another currency."""
    CREDIT_EXCEEDS_LINE = "credit_exceeds_line"
    """A credit is above what is left of its line, or of the obligation that the line bills."""
    CREDIT_EFFECT_UNCONFIRMED = "credit_effect_unconfirmed"
    """A large credit whose effect was read from the circumstances: a person confirms it."""
    REFUND_WITHOUT_CREDIT_NOTE = "refund_without_credit_note"
    """Cash went back to the customer, and no document took revenue back."""
    NO_UNITS = "no_units"
    """A line is recognised by units, and nothing says how many were contracted."""
    NO_MANUAL_AMOUNTS = "no_manual_amounts"
    """A line is recognised by amounts keyed in, and none were."""
    COMPLETION_FALLS = "completion_falls"
    """A completion was reported that is lower than the one before it."""
    UNITS_EXCEED_CONTRACT = "units_exceed_contract"
    """More units were delivered than contracted: what is above them is usage."""
    ADOPTION_DIFFERENCE = "adoption_difference"
    """The ledger's balance at adoption is not what the positions say."""
    FOREIGN_JOURNAL = "foreign_journal"
    """Somebody posted a journal to the close's balance accounts by hand."""
    JOURNAL_CHANGED = "journal_changed"
    """A journal that the close had posted, or counted, was changed, voided or deleted by hand."""
    LOCK_MOVED_BACK = "lock_moved_back"
    """The ledger is locked up to an earlier day than it was: a period was opened again there."""
    REVERSAL_MISSING = "reversal_missing"
    """An accrual was due to be reversed, and its reversal is not in the ledger."""


class Remedy(StrEnum):
    """What a person can do about an exception."""

    DATES = "dates"
    MATCH = "match"
    EXCLUDE = "exclude"
    ACCEPT = "accept"
    POST = "post"
    EFFECT = "effect"
    BOOKED = "booked"
    EXPLAINED = "explained"
    FOLLOW = "follow"


REMEDIES: dict[ExceptionCode, tuple[Remedy, ...]] = {
    ExceptionCode.NO_SERVICE_PERIOD: (Remedy.DATES, Remedy.EXCLUDE),
    ExceptionCode.AMBIGUOUS_SERVICE_PERIOD: (Remedy.DATES, Remedy.EXCLUDE),
    ExceptionCode.UNMATCHED_LINE: (Remedy.MATCH, Remedy.EXCLUDE),
    ExceptionCode.MISSING_RATE: (Remedy.EXCLUDE,),
    ExceptionCode.CURRENCY_DIFFERS: (Remedy.EXCLUDE,),
    ExceptionCode.CREDIT_EXCEEDS_LINE: (Remedy.EXCLUDE,),
    ExceptionCode.CREDIT_EFFECT_UNCONFIRMED: (Remedy.EFFECT, Remedy.EXCLUDE),
    ExceptionCode.REFUND_WITHOUT_CREDIT_NOTE: (Remedy.EXCLUDE,),
    ExceptionCode.NO_UNITS: (Remedy.EXCLUDE,),
    ExceptionCode.NO_MANUAL_AMOUNTS: (Remedy.EXCLUDE,),
    ExceptionCode.COMPLETION_FALLS: (),
    ExceptionCode.UNITS_EXCEED_CONTRACT: (),
    ExceptionCode.ADOPTION_DIFFERENCE: (Remedy.ACCEPT, Remedy.POST),
    ExceptionCode.FOREIGN_JOURNAL: (Remedy.BOOKED, Remedy.EXPLAINED),
    ExceptionCode.JOURNAL_CHANGED: (Remedy.FOLLOW,),
    ExceptionCode.LOCK_MOVED_BACK: (),
    ExceptionCode.REVERSAL_MISSING: (),
}

BY_HAND = frozenset({ExceptionCode.FOREIGN_JOURNAL, ExceptionCode.JOURNAL_CHANGED})
"""What people did in the ledger by hand: the subject is what was found, and putting the ledger
right clears it as well as an answer does."""

ONLY_TELL = frozenset(
    {
        ExceptionCode.COMPLETION_FALLS,
        ExceptionCode.UNITS_EXCEED_CONTRACT,
        ExceptionCode.LOCK_MOVED_BACK,
        ExceptionCode.REVERSAL_MISSING,
    }
)
"""What is told and neither holds a figure nor keeps a close waiting."""


@dataclass(frozen=True, slots=True)
class AccountingException:
    """One thing to look at: `subject` is a line key, a document, an account role at adoption, or
    what was found in the ledger.

    `message` is plain English: what is wrong and what would clear it. `amount` is signed text
    in the functional currency where an amount is at stake.
    """

    code: ExceptionCode
    subject: str
    message: str
    amount: str | None = None

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What a person can do about it."""
        return REMEDIES[self.code]

    @property
    def blocks(self) -> bool:
        """Whether the close waits for a person."""
        return self.code not in ONLY_TELL
