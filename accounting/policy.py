"""The recognition policy of an entity: methods by rule, netting, credits, currencies, accounts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from accounting.calendars import CALENDAR_MONTHS, FiscalCalendar
from accounting.errors import PolicyError
from accounting.money import Money
from accounting.service_text import Locale


class Role(StrEnum):
    """What an account is for. The close moves amounts between balance and result roles."""

    REVENUE = "revenue"
    DEFERRED_REVENUE = "deferred_revenue"
    ACCRUED_REVENUE = "accrued_revenue"
    EXPENSE = "expense"
    PREPAYMENTS = "prepayments"
    ACCRUED_EXPENSES = "accrued_expenses"
    FX_GAIN_LOSS = "fx_gain_loss"


BALANCE_ROLES = (
    Role.DEFERRED_REVENUE,
    Role.ACCRUED_REVENUE,
    Role.PREPAYMENTS,
    Role.ACCRUED_EXPENSES,
)
CREDIT_NORMAL = frozenset({Role.DEFERRED_REVENUE, Role.ACCRUED_EXPENSES})
"""The roles whose balance is a credit: liabilities."""
BEHIND_ROLES = frozenset({Role.ACCRUED_REVENUE, Role.ACCRUED_EXPENSES})
"""What is recognised ahead of its billing."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The two balance accounts of a side of the book: billed ahead of what is earned, or behind."""

    ahead: Role
    behind: Role


REVENUE_SIDE = Sides(Role.DEFERRED_REVENUE, Role.ACCRUED_REVENUE)
COST_SIDE = Sides(Role.PREPAYMENTS, Role.ACCRUED_EXPENSES)

DAY_FIRST = Locale()


class Netting(StrEnum):
    """Over what deferred and accrued are set against each other (docs/accounting.md §5)."""

    CONTRACT = "contract"
    LINE = "line"


class Accruals(StrEnum):
    """How accruals move: toward their balance, or whole with a reversal on the next first day."""

    BALANCE = "balance"
    AUTO_REVERSE = "auto_reverse"


class Allocation(StrEnum):
    """How a contract's price is shared out: as its lines say, or by stand-alone selling prices."""

    NONE = "none"
    RELATIVE_SSP = "relative_ssp"


class Catch(StrEnum):
    """How a change of price, or an imported figure, goes on: over what is left, or at once."""

    PROSPECTIVE = "prospective"
    CATCH_UP = "catch_up"


class LateDocuments(StrEnum):
    """Where a document lands whose own period was closed, or is open, when it reached us."""

    FIRST_OPEN_PERIOD = "first_open_period"
    OWN_PERIOD_WHILE_OPEN = "own_period_while_open"


@dataclass(frozen=True, slots=True)
class Rule:
    """A method for the lines that fit every condition given; the first rule that fits wins.

    `tag` is a dimension and its value, `type` the CRM's word for the kind of sale. The amounts are
    absolute, in whole units of the document's currency: `amount_from` included, `amount_below`
    not. A rule holds for documents dated from `valid_from` to `valid_to`, both included.
    """

    method: str
    product: str | None = None
    account: str | None = None
    currency: str | None = None
    type: str | None = None
    tag: tuple[str, str] | None = None
    amount_from: Decimal | None = None
    amount_below: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class AccountMap:
    """The ledger's own account keys by role (Xero code, QuickBooks Id).

    `revenue` and `expense` list the accounts whose lines are in scope; a line on any other
    account, other than a balance account of this map, is none of the close's business.
    `product_revenue` gives an obligation's revenue account before an invoice names one.
    `accrued_expenses` and `fx_gain_loss` are empty where an entity has no such account.
    """

    deferred_revenue: str
    accrued_revenue: str
    prepayments: str
    revenue: tuple[str, ...]
    expense: tuple[str, ...] = ()
    product_revenue: tuple[tuple[str, str], ...] = ()
    accrued_expenses: str = ""
    fx_gain_loss: str = ""

    def _one(self, role: Role) -> str:
        match role:
            case Role.DEFERRED_REVENUE:
                return self.deferred_revenue
            case Role.ACCRUED_REVENUE:
                return self.accrued_revenue
            case Role.PREPAYMENTS:
                return self.prepayments
            case Role.ACCRUED_EXPENSES:
                return self.accrued_expenses
            case Role.FX_GAIN_LOSS:
                return self.fx_gain_loss
            case Role.REVENUE | Role.EXPENSE:
                raise KeyError(f"{role} stands for several accounts.")

    def has(self, role: Role) -> bool:
        """Whether the entity has an account of a balance role, or of FX gain and loss."""
        return bool(self._one(role))

    def of(self, role: Role) -> str:
        """The ledger's account of a balance role, or of FX gain and loss.

        Raises PolicyError where one is needed that the entity does not have.
        """
        account = self._one(role)
        if not account:
            raise PolicyError(
                f"There is an amount to book as {role.replace('_', ' ')}, and the entity has no "
                f"such account. Add {role} to its accounts in the configuration."
            )
        return account

    def revenue_of(self, product: str | None) -> str:
        """The revenue account of a product; the first one in scope where none is named for it."""
        return dict(self.product_revenue).get(product or "", self.revenue[0])


@dataclass(frozen=True, slots=True)
class RecognitionPolicy:
    """How an entity recognises. `version` names the configuration it came from (its hash).

    `product_terms` are default terms in months by product, `locale` how dates in text are read. `immaterial_below` is in functional
    currency: a line below it is earned whole on its document's date, as is, with
    `single_period`, one whose service lies inside the fiscal period of its document.
    `imported` says how a line goes on from a figure that was imported at adoption. A credit from
    `confirm_credits_from` on whose effect was only read is confirmed by a person.
    """

    version: str
    functional_currency: str
    method: str
    accounts: AccountMap
    rules: tuple[Rule, ...] = ()
    product_terms: tuple[tuple[str, int], ...] = ()
    calendar: FiscalCalendar = CALENDAR_MONTHS
    locale: Locale = DAY_FIRST
    netting: Netting = Netting.CONTRACT
    accruals: Accruals = Accruals.BALANCE
    allocation: Allocation = Allocation.NONE
    credit_note: Catch = Catch.PROSPECTIVE
    remeasure_accrued: bool = True
    immaterial_below: Money | None = None
    single_period: bool = False
    imported: Catch = Catch.PROSPECTIVE
    confirm_credits_from: Money | None = None
    late_documents: LateDocuments = LateDocuments.FIRST_OPEN_PERIOD
