"""The shape of `expect`: any part of the output, with figures as text (docs/scenario.md)."""

from typing import Any

from pydantic import ConfigDict

from scenario.fields import Account, Amount, Currency, Day, Name, Part


class LineExpectation(Part):
    """Figures of one line, before netting."""

    recognised: Amount | None = None
    recognised_to_date: Amount | None = None
    billed_to_date: Amount | None = None
    deferred: Amount | None = None
    accrued: Amount | None = None
    prepaid: Amount | None = None
    expense_accrued: Amount | None = None
    service_start: Day | None = None
    service_end: Day | None = None
    dates_from: Name | None = None


class ContractExpectation(Part):
    """Balances of one contract."""

    deferred: Amount | None = None
    accrued: Amount | None = None


class JournalLineExpectation(Part):
    """One side of one account."""

    account: Account
    debit: Amount | None = None
    credit: Amount | None = None
    dimensions: dict[str, str] | None = None


class JournalExpectation(Part):
    """A journal, found by its kind and date."""

    kind: Name
    date: Day
    lines: list[JournalLineExpectation] | None = None


class ExceptionExpectation(Part):
    """An exception, found by its code and subject."""

    code: Name
    subject: Name


class EntityExpectation(Part):
    """Figures of an entity's period, in its functional currency."""

    recognised: Amount | None = None
    catch_up: Amount | None = None
    billed: Amount | None = None
    deferred: Amount | None = None
    accrued: Amount | None = None
    deferred_non_current: Amount | None = None
    expense: Amount | None = None
    prepaid: Amount | None = None
    expense_accrued: Amount | None = None
    fx: Amount | None = None
    lines: dict[str, LineExpectation] | None = None
    contracts: dict[str, ContractExpectation] | None = None
    journals: list[JournalExpectation] | None = None
    exceptions: list[ExceptionExpectation] | None = None


class GroupExpectation(Part):
    """Figures of the group, in its reporting currency."""

    currency: Currency | None = None
    recognised: Amount | None = None
    deferred: Amount | None = None
    accrued: Amount | None = None
    translation_adjustment: Amount | None = None
    exceptions: list[ExceptionExpectation] | None = None


class PeriodExpectation(Part):
    """What is expected of a period: by entity, and of the group."""

    model_config = ConfigDict(extra="allow")

    group: GroupExpectation | None = None
    __pydantic_extra__: dict[str, EntityExpectation]


def figures_of(part: PeriodExpectation) -> dict[str, Any]:
    """The expectation as plain data, in the shape of the output: what is not said is not there."""
    return part.model_dump(mode="json", exclude_none=True)
