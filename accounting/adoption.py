"""The first close: what the ledger holds against what the positions say (docs/accounting.md §11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounting.book import (
    AdoptionChoice,
    AdoptionResolution,
    Book,
    Journal,
    JournalKind,
    JournalLine,
)
from accounting.exceptions import AccountingException, ExceptionCode
from accounting.journals import balanced, journal_text
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import (
    BALANCE_ROLES,
    CREDIT_NORMAL,
    RecognitionPolicy,
    Role,
)


@dataclass(frozen=True, slots=True)
class Adopted:
    """The adoption difference by role (positions − ledger), and what people made of it."""

    journals: tuple[Journal, ...] = ()
    exceptions: tuple[AccountingException, ...] = ()
    differences: Mapping[Role, Money] = field(default_factory=dict)
    reconciling: Mapping[Role, Money] = field(default_factory=dict)


def adopt(
    book: Book, policy: RecognitionPolicy, positions: Mapping[Role, Money], period: Period
) -> Adopted:
    """Compare the positions at t0 with the ledger's balances; nothing where nobody read these."""
    if book.adoption is None or book.adoption.balances is None:
        return Adopted()
    answers = {answer.role: answer for answer in book.adoption.resolutions}
    journals: list[Journal] = []
    exceptions: list[AccountingException] = []
    differences: dict[Role, Money] = {}
    reconciling: dict[Role, Money] = {}
    for role in BALANCE_ROLES:
        ledger = book.adoption.balances.get(role)
        if ledger is None or not (difference := positions[role] - ledger):
            continue
        differences[role] = difference
        answer = answers.get(role)
        if answer is None or answer.difference != difference:
            exceptions.append(
                AccountingException(
                    ExceptionCode.ADOPTION_DIFFERENCE,
                    role.value,
                    f"At {book.adoption.date} the positions add up to {positions[role]}, and "
                    f"account {policy.accounts.of(role)} in the ledger holds {ledger}. Accept the "
                    "difference as a reconciling item, or post an opening adjustment.",
                    difference.text(),
                )
            )
        elif answer.choice is AdoptionChoice.ACCEPT:
            reconciling[role] = difference
        else:
            journals.append(adoption_journal(answer, policy, period))
    return Adopted(tuple(journals), tuple(exceptions), differences, reconciling)


def adoption_journal(
    resolution: AdoptionResolution, policy: RecognitionPolicy, period: Period
) -> Journal:
    """The opening adjustment that a person chose: it brings the ledger to the positions.

    Dated the first day of the first period. It has no parts: no line moves, the ledger follows.
    """
    difference = resolution.difference
    assert resolution.account is not None
    credit_balance = (difference.minor > 0) == (resolution.role in CREDIT_NORMAL)
    amount, zero = abs(difference), Money.zero(difference.currency)
    balance_account = policy.accounts.of(resolution.role)
    debited, credited = (
        (resolution.account, balance_account)
        if credit_balance
        else (balance_account, resolution.account)
    )
    lines = (
        JournalLine(debited, None, amount, zero),
        JournalLine(credited, None, zero, amount),
    )
    return balanced(
        JournalKind.ADOPTION,
        period.start,
        f"{journal_text(JournalKind.ADOPTION, period, policy.calendar)}, {resolution.role.replace('_', ' ')}",
        lines,
    )
