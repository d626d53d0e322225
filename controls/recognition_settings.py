"""The part of the configuration file that says how an entity recognises: accounts, calendar, rules.

Dates are ISO text and amounts decimal text, as everywhere in JSON. What is wrong is refused with
its place in the file.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from accounting.calendars import CALENDAR_MONTHS, FiscalCalendar, by_weeks
from accounting.errors import AccountingError
from accounting.methods import method_named
from accounting.money import Money, exponent
from accounting.periods import Period
from accounting.policy import (
    AccountMap,
    Accruals,
    Allocation,
    Catch,
    LateDocuments,
    Netting,
    RecognitionPolicy,
    Rule,
)
from accounting.service_text import Locale

PERIOD_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$"
"""A period's name stands in addresses and in workflow ids."""


class Part(BaseModel):
    """A part of the file: nothing unknown in it, no value of another type, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _checked(check: Callable[[str], object]) -> Callable[[str], str]:
    """A text that the check takes; the check's own words where it doesn't."""

    def checked(text: str) -> str:
        try:
            check(text)
        except AccountingError as error:
            raise ValueError(str(error)) from error
        return text

    return checked


def _day(text: str) -> None:
    try:
        known = date.fromisoformat(text).isoformat() == text
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"{text!r} is not a date; write it like 2026-08-31")


def _amount(text: str) -> None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f'{text!r} is not an amount; write it like "1000.00"') from None
    if not value.is_finite() or value < 0:
        raise ValueError(f"{text} is not an amount of zero or more")


Currency = Annotated[str, AfterValidator(_checked(exponent))]
Method = Annotated[str, AfterValidator(_checked(method_named))]
IsoDay = Annotated[str, AfterValidator(_checked(_day))]
Amount = Annotated[str, AfterValidator(_checked(_amount))]


class Accounts(Part):
    """The ledger's own account keys by role (Xero code, QuickBooks Id).

    `accrued_expenses` and `fx_gain_loss` may be left out: a journal that needs one is refused.
    """

    deferred_revenue: str
    accrued_revenue: str
    prepayments: str
    accrued_expenses: str = ""
    fx_gain_loss: str = ""
    revenue: list[str] = Field(min_length=1)
    expense: list[str] = []
    product_revenue: dict[str, str] = {}

    @property
    def account_map(self) -> AccountMap:
        """The same as the core takes it."""
        return AccountMap(
            deferred_revenue=self.deferred_revenue,
            accrued_revenue=self.accrued_revenue,
            prepayments=self.prepayments,
            revenue=tuple(self.revenue),
            expense=tuple(self.expense),
            product_revenue=tuple(sorted(self.product_revenue.items())),
            accrued_expenses=self.accrued_expenses,
            fx_gain_loss=self.fx_gain_loss,
        )

    @property
    def balances(self) -> tuple[str, ...]:
        """The balance accounts that there are."""
        wanted = (
            self.deferred_revenue,
            self.accrued_revenue,
            self.prepayments,
            self.accrued_expenses,
        )
        return tuple(account for account in wanted if account)


class RecognitionRule(Part):
    """A method for lines that fit; the first rule that fits wins.

    `tag` is one dimension with its value. The amounts are absolute, in whole units of the
    document's currency, the lower included and the upper not; the days are the document's, both
    included.
    """

    method: Method
    product: str | None = None
    account: str | None = None
    currency: Currency | None = None
    type: str | None = None
    tag: Annotated[dict[str, str], Field(min_length=1, max_length=1)] | None = None
    amount_from: Amount | None = None
    amount_below: Amount | None = None
    valid_from: IsoDay | None = None
    valid_to: IsoDay | None = None

    @model_validator(mode="after")
    def _fits_something(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        if self.amount_from is not None and self.amount_below is not None:
            low, high = Decimal(self.amount_from), Decimal(self.amount_below)
            if low >= high:
                raise ValueError("amount_below is not above amount_from")
        return self

    @property
    def rule(self) -> Rule:
        """The same as the core takes it."""
        return Rule(
            method=self.method,
            product=self.product,
            account=self.account,
            currency=self.currency,
            type=self.type,
            tag=next(iter(self.tag.items())) if self.tag else None,
            amount_from=Decimal(self.amount_from) if self.amount_from is not None else None,
            amount_below=Decimal(self.amount_below) if self.amount_below is not None else None,
            valid_from=date.fromisoformat(self.valid_from) if self.valid_from else None,
            valid_to=date.fromisoformat(self.valid_to) if self.valid_to else None,
        )


class Materiality(Part):
    """What is earned whole on its document's date: below `amount`, in functional currency; with
    `single_period` what is delivered inside its document's own period.
    """

    amount: Amount | None = None
    single_period: bool = False


class Recognition(Part):
    """How the entity recognises (accounting/policy.py says what each word does).

    `product_terms` are default terms in months by product. `confirm_credits_from` is in functional
    currency.
    """

    method: Method
    rules: list[RecognitionRule] = []
    product_terms: dict[str, Annotated[int, Field(ge=1)]] = {}
    netting: Literal["contract", "line"] = "contract"
    accruals: Literal["balance", "auto_reverse"] = "balance"
    allocation: Literal["none", "relative_ssp"] = "none"
    credit_note: Literal["prospective", "catch_up"] = "prospective"
    remeasure_accrued: bool = True
    materiality: Materiality = Materiality()
    imported: Literal["prospective", "catch_up"] = "prospective"
    confirm_credits_from: Amount | None = None
    late_documents: Literal["first_open_period", "own_period_while_open"] = "first_open_period"

    def policy(
        self,
        version: str,
        currency: str,
        accounts: Accounts,
        calendar: FiscalCalendar,
        locale: Locale,
    ) -> RecognitionPolicy:
        """The recognition policy as the core takes it. Raises AmountError for too many decimals."""
        below, confirm = self.materiality.amount, self.confirm_credits_from
        return RecognitionPolicy(
            version=version,
            functional_currency=currency,
            method=self.method,
            accounts=accounts.account_map,
            rules=tuple(rule.rule for rule in self.rules),
            product_terms=tuple(sorted(self.product_terms.items())),
            calendar=calendar,
            locale=locale,
            netting=Netting(self.netting),
            accruals=Accruals(self.accruals),
            allocation=Allocation(self.allocation),
            credit_note=Catch(self.credit_note),
            remeasure_accrued=self.remeasure_accrued,
            immaterial_below=Money.parse(below, currency) if below is not None else None,
            single_period=self.materiality.single_period,
            imported=Catch(self.imported),
            confirm_credits_from=Money.parse(confirm, currency) if confirm is not None else None,
            late_documents=LateDocuments(self.late_documents),
        )


class FiscalYear(Part):
    """A year of a calendar of weeks."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$")
    weeks: Literal[52, 53]


class Weeks(Part):
    """Periods of whole weeks: "4-4-5", "4-5-4", "5-4-4" or "13x4", named "2026-P01" and so on."""

    pattern: Literal["4-4-5", "4-5-4", "5-4-4", "13x4"]
    first_day: IsoDay
    years: list[FiscalYear] = Field(min_length=1)


def _days(row: list[str]) -> list[str]:
    for text in row[1:]:
        _day(text)
    return row


PeriodRow = Annotated[list[str], Field(min_length=3, max_length=3), AfterValidator(_days)]
"""Name, first day, last day."""
Table = Annotated[list[PeriodRow], Field(min_length=1)]
CalendarConfig = str | Weeks | list[list[str]]


def calendar_of(given: CalendarConfig) -> FiscalCalendar:
    """The calendar as the core takes it. Raises PeriodError saying what is wrong."""
    match given:
        case str():
            return CALENDAR_MONTHS
        case Weeks(pattern=pattern, first_day=first_day, years=years):
            named = [(year.name, year.weeks) for year in years]
            return by_weeks(pattern, date.fromisoformat(first_day), named)
        case _:
            return FiscalCalendar(
                tuple(
                    (name, Period(date.fromisoformat(first), date.fromisoformat(last)))
                    for name, first, last in given
                )
            )


def _without_a_hole(given: CalendarConfig) -> CalendarConfig:
    try:
        calendar = calendar_of(given)
    except AccountingError as error:
        raise ValueError(str(error)) from error
    for name, _ in calendar.table:
        if not re.match(PERIOD_NAME, name):
            raise ValueError(
                f"{name!r} can't name a period; use up to 20 letters, digits, dots and dashes"
            )
    return given


def _kind_of(value: Any) -> str:
    match value:
        case list():
            return "(table)"
        case dict() | Weeks():
            return "(weeks)"
        case _:
            return "(name)"


Calendar = Annotated[
    Annotated[Literal["calendar_months"], Tag("(name)")]
    | Annotated[Weeks, Tag("(weeks)")]
    | Annotated[Table, Tag("(table)")],
    Discriminator(_kind_of),
    AfterValidator(_without_a_hole),
]
"""Calendar months, weeks by pattern, or a table of [name, first day, last day]."""


class LocaleConfig(Part):
    """How dates and fiscal years are written in the entity's documents.

    FY26 is the year that ends, or starts, in 2026.
    """

    day_first: bool = True
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    fiscal_year_named: Literal["start", "end"] = "end"

    @property
    def locale(self) -> Locale:
        """The same as the core takes it."""
        return Locale(self.day_first, self.fiscal_year_starts, self.fiscal_year_named)
