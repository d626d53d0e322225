"""An entity's policy as the core's value. The accounts of a scenario are named as their roles."""

from dataclasses import dataclass

from accounting.calendars import CALENDAR_MONTHS, FiscalCalendar
from accounting.money import Money
from accounting.policy import (
    AccountMap,
    Accruals,
    Allocation,
    Catch,
    Netting,
    RecognitionPolicy,
    Role,
    Rule,
)
from accounting.service_text import Locale
from scenario.amounts import money, ordered
from scenario.calendars import calendar_of
from scenario.errors import Faults, Place
from scenario.parts import EntityPart, LocalePart, MaterialityPart, RulePart

DEFAULT_METHOD = "daily"
ACCOUNTS = AccountMap(
    deferred_revenue=Role.DEFERRED_REVENUE.value,
    accrued_revenue=Role.ACCRUED_REVENUE.value,
    prepayments=Role.PREPAYMENTS.value,
    revenue=(Role.REVENUE.value,),
    expense=(Role.EXPENSE.value,),
    accrued_expenses=Role.ACCRUED_EXPENSES.value,
    fx_gain_loss=Role.FX_GAIN_LOSS.value,
)


@dataclass(frozen=True, slots=True)
class EntityPolicy:
    """An entity's policy. `calendar` is None where the file's is faulty."""

    policy: RecognitionPolicy
    calendar: FiscalCalendar | None


def policy_of(part: EntityPart, place: Place, faults: Faults) -> EntityPolicy:
    """The policy, with what the file leaves out as the format says (docs/scenario.md)."""
    said, currency = part.policy, part.functional_currency
    calendar = calendar_of(part.fiscal_calendar, (*place, "fiscal_calendar"), faults)
    materiality = said.materiality or MaterialityPart()
    immaterial = None
    if materiality.amount is not None:
        where = (*place, "policy", "materiality", "amount")
        immaterial = money(materiality.amount, currency, where, faults)
        if immaterial < Money.zero(currency):
            faults.add(where, "is below zero.")
    policy = RecognitionPolicy(
        version="scenario",
        functional_currency=currency,
        method=said.method or DEFAULT_METHOD,
        accounts=ACCOUNTS,
        rules=tuple(
            _rule(rule, (*place, "policy", "rules", index), faults)
            for index, rule in enumerate(said.rules)
        ),
        product_terms=tuple(sorted(said.product_terms.items())),
        calendar=calendar if calendar is not None else CALENDAR_MONTHS,
        locale=_locale(part.locale or LocalePart()),
        netting=said.netting or Netting.CONTRACT,
        accruals=said.accruals or Accruals.BALANCE,
        allocation=said.allocation or Allocation.NONE,
        credit_note=said.credit_note or Catch.PROSPECTIVE,
        remeasure_accrued=said.remeasure_accrued is not False,
        immaterial_below=immaterial or None,
        single_period=materiality.single_period or False,
        imported=(part.adoption and part.adoption.difference) or Catch.PROSPECTIVE,
    )
    return EntityPolicy(policy, calendar)


def _locale(part: LocalePart) -> Locale:
    return Locale(
        day_first=part.day_first,
        fiscal_year_starts=part.fiscal_year_starts,
        fiscal_year_named=part.fiscal_year_named,
    )


def _rule(part: RulePart, place: Place, faults: Faults) -> Rule:
    ordered(part.valid_from, part.valid_to, (*place, "valid_to"), faults)
    when = part.when
    return Rule(
        method=part.method,
        product=when.product,
        account=when.account.value if when.account is not None else None,
        currency=when.currency,
        type=when.type,
        tag=next(iter(when.tag.items())) if when.tag else None,
        amount_from=when.amount_from,
        amount_below=when.amount_below,
        valid_from=part.valid_from,
        valid_to=part.valid_to,
    )
