"""A revenue line and its two functions of time: R(t) recognised to date, B(t) billed to date."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accounting.book import Dimensions
from accounting.methods import fraction_earned
from accounting.money import Money
from accounting.periods import Period


@dataclass(frozen=True, slots=True)
class Billing:
    """One billing of a line: functional currency, signed, from its document's date on.

    `books_to` is the balance account's role where the document itself is coded straight to it.
    """

    date: date
    amount: Money
    books_to: str | None = None


@dataclass(frozen=True, slots=True)
class RevenueLine:
    """The unit of recognition: a ledger line, or an obligation with the lines that bill it.

    `price` is P in document currency, `functional_price` the same at the document's rate, rounded
    once. `account` is the result account, of revenue or expense.
    """

    key: str
    unit: str
    document: str
    document_hash: str
    counterparty: str
    label: str
    product: str | None
    is_cost: bool
    method: str
    service: Period
    dates_from: str
    price: Money
    functional_price: Money
    account: str
    dimensions: Dimensions
    billings: tuple[Billing, ...]

    def recognised_to_date(self, at: date) -> Money:
        """R(t) in functional currency, the day included: rounded in document currency first.

        R_f(t) = round(F(R(t))), F proportional within the one billing (docs/accounting.md §8).
        """
        recognised = self.price.times(fraction_earned(self.method, self.service, at))
        if self.price.currency == self.functional_price.currency or not self.price:
            return recognised if self.price else Money.zero(self.functional_price.currency)
        return self.functional_price.times(Fraction(recognised.minor, self.price.minor))

    def billed_to_date(self, at: date) -> Money:
        """B(t) in functional currency, the day included."""
        billed = (billing.amount for billing in self.billings if billing.date <= at)
        return Money.sum(billed, self.functional_price.currency)
