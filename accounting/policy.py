"""The recognition policy of an entity: methods by rule, product terms, account map."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account is for. The close moves amounts between balance and result roles."""

    REVENUE = "revenue"
    DEFERRED_REVENUE = "deferred_revenue"
    ACCRUED_REVENUE = "accrued_revenue"
    EXPENSE = "expense"
    PREPAYMENTS = "prepayments"


BALANCE_ROLES = (Role.DEFERRED_REVENUE, Role.ACCRUED_REVENUE, Role.PREPAYMENTS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A method for the lines that fit every condition given; the first rule that fits wins."""

    method: str
    product: str | None = None
    account: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class AccountMap:
    """The ledger's own account keys by role (Xero code, QuickBooks Id).

    `revenue` and `expense` list the accounts whose lines are in scope; a line on any other
    account, other than a balance account of this map, is none of the close's business.
    `product_revenue` gives an obligation's revenue account before an invoice names one.
    """

    deferred_revenue: str
    accrued_revenue: str
    prepayments: str
    revenue: tuple[str, ...]
    expense: tuple[str, ...] = ()
    product_revenue: tuple[tuple[str, str], ...] = ()

    def of(self, role: Role) -> str:
        """The ledger's account of a balance role."""
        match role:
            case Role.DEFERRED_REVENUE:
                return self.deferred_revenue
            case Role.ACCRUED_REVENUE:
                return self.accrued_revenue
            case Role.PREPAYMENTS:
                return self.prepayments
            case Role.REVENUE | Role.EXPENSE:
                raise KeyError(f"{role} stands for several accounts.")

    def revenue_of(self, product: str | None) -> str:
        """The revenue account of a product; the first one in scope where none is named for it."""
        return dict(self.product_revenue).get(product or "", self.revenue[0])


@dataclass(frozen=True, slots=True)
class RecognitionPolicy:
    """How an entity recognises. `version` names the configuration it came from (its hash).

    `product_terms` are default terms in months by product. `day_first` and German or English
    month names belong to the entity's locale. Netting is per contract.
    """

    version: str
    functional_currency: str
    method: str
    accounts: AccountMap
    rules: tuple[Rule, ...] = ()
    product_terms: tuple[tuple[str, int], ...] = ()
