"""Python errors of the accounting floor. What a book may hold wrongly is data: `exceptions.py`.

AccountingError
├── CurrencyMismatchError     two currencies in one sum
├── AmountError               text or number that is no amount of its currency
├── UnbalancedJournalError    debits differ from credits
├── PolicyError               a policy names a method, account or product rule that does not exist
├── MissingRateError          an amount can't be measured: the rate is not in the table
├── ExplanationError          an explanation comes to another figure than the one it explains
└── PeriodError               a period that is not in the calendar, or ends before it starts
"""


class AccountingError(Exception):
    """Base of this floor's errors: what is wrong, where, and what to do."""


class CurrencyMismatchError(AccountingError):
    """Two currencies met in one sum or comparison."""


class AmountError(AccountingError):
    """A text or number is not an amount of its currency."""


class UnbalancedJournalError(AccountingError):
    """A journal's debits differ from its credits."""


class PolicyError(AccountingError):
    """A recognition policy is not usable as it stands."""


class PeriodError(AccountingError):
    """A period is not one of the calendar's, or ends before it starts."""


class MissingRateError(AccountingError):
    """A rate is needed and not known; the engine turns it into an exception of the line."""


class ExplanationError(AccountingError):
    """What explains a figure comes to another one: a fault of the program, shown to nobody as right."""
