"""The three entities, their charts of accounts and the product catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sandbox.world.records import Account


@dataclass(frozen=True, slots=True)
class Chart:
    """The accounts that the generator and the servers post to, by role."""

    bank: str
    receivable: str
    payable: str
    vat: str | None
    retained: str
    deferred: str
    accrued: str
    prepaid: str
    accrued_expenses: str
    subscription: str
    services: str
    insurance: str
    hosting: str
    rent: str | None
    intercompany: str
    exchange: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One legal entity: `vat` in percent, `german` chooses the words on its documents."""

    key: str
    name: str
    vendor: str
    currency: str
    country: str
    timezone: str
    vat: int
    chart: Chart
    accounts: tuple[Account, ...]
    german: bool = False

    @property
    def original(self) -> str:
        """The key of the entity that this one is a copy of; its own, where it is none."""
        return self.key.partition("-")[0]


XERO_CHART = Chart(
    bank="090",
    receivable="610",
    payable="800",
    vat="820",
    retained="960",
    deferred="850",
    accrued="630",
    prepaid="620",
    accrued_expenses="840",
    subscription="200",
    services="210",
    insurance="433",
    hosting="460",
    rent="469",
    intercompany="260",
    exchange="495",
)
QUICKBOOKS_CHART = Chart(
    bank="35",
    receivable="84",
    payable="33",
    vat=None,
    retained="2",
    deferred="92",
    accrued="87",
    prepaid="86",
    accrued_expenses="93",
    subscription="79",
    services="80",
    insurance="57",
    hosting="58",
    rent=None,
    intercompany="61",
    exchange="59",
)
XERO_ACCOUNTS = (
    Account("090", "Bank", "BANK"),
    Account("610", "Accounts Receivable", "CURRENT", system="DEBTORS"),
    Account("620", "Prepayments", "CURRENT"),
    Account("630", "Accrued revenue", "CURRENT"),
    Account("800", "Accounts Payable", "CURRLIAB", system="CREDITORS"),
    Account("820", "VAT", "CURRLIAB", system="GST"),
    Account("840", "Accrued expenses", "CURRLIAB"),
    Account("850", "Deferred revenue", "CURRLIAB"),
    Account("960", "Retained Earnings", "EQUITY", system="RETAINEDEARNINGS"),
    Account("200", "Subscription revenue", "REVENUE"),
    Account("210", "Services revenue", "REVENUE"),
    Account("260", "Intercompany recharges", "REVENUE"),
    Account("433", "Insurance", "EXPENSE"),
    Account("460", "Hosting", "EXPENSE"),
    Account("469", "Rent", "EXPENSE"),
    Account("495", "Exchange differences", "EXPENSE"),
)
QUICKBOOKS_ACCOUNTS = (
    Account("35", "Checking", "Bank", "1000"),
    Account("84", "Accounts Receivable", "Accounts Receivable", "1200"),
    Account("86", "Prepaid expenses", "Other Current Asset", "1300"),
    Account("87", "Accrued revenue", "Other Current Asset", "1350"),
    Account("33", "Accounts Payable", "Accounts Payable", "2000"),
    Account("92", "Deferred revenue", "Other Current Liability", "2400"),
    Account("93", "Accrued expenses", "Other Current Liability", "2450"),
    Account("2", "Retained Earnings", "Equity", "3000"),
    Account("79", "Subscription revenue", "Income", "4000"),
    Account("80", "Services revenue", "Income", "4100"),
    Account("57", "Insurance", "Expense", "6100"),
    Account("58", "Hosting", "Expense", "6200"),
    Account("59", "Exchange differences", "Expense", "6900"),
    Account("61", "Intercompany recharges", "Expense", "6800"),
)
PROFIT_AND_LOSS = frozenset({"REVENUE", "EXPENSE", "Income", "Expense"})

ENTITIES = {
    "uk": Entity(
        "uk",
        "Northwind Analytics Ltd",
        "xero",
        "GBP",
        "GB",
        "Europe/London",
        20,
        XERO_CHART,
        XERO_ACCOUNTS,
    ),
    "us": Entity(
        "us",
        "Northwind Analytics Inc",
        "quickbooks",
        "USD",
        "US",
        "America/New_York",
        0,
        QUICKBOOKS_CHART,
        QUICKBOOKS_ACCOUNTS,
    ),
    "de": Entity(
        "de",
        "Northwind Analytics GmbH",
        "xero",
        "EUR",
        "DE",
        "Europe/Berlin",
        19,
        XERO_CHART,
        XERO_ACCOUNTS,
        german=True,
    ),
}


def entity_keys(copies: int) -> tuple[str, ...]:
    """The three entities and so many copies of the British one, "uk-001" the first of them."""
    return (*ENTITIES, *(f"uk-{number:03}" for number in range(1, copies + 1)))


def entity_of(key: str) -> Entity:
    """An entity by its key; a copy is another company with the same cases."""
    original, _, number = key.partition("-")
    entity = ENTITIES[original]
    return replace(entity, key=key, name=f"{entity.name} {number}") if number else entity


@dataclass(frozen=True, slots=True)
class Product:
    """A catalogue entry; `role` names the revenue account in `Chart`."""

    code: str
    name: str
    german: str
    role: str
    method: str


PRODUCTS = {
    product.code: product
    for product in (
        Product("PLAT", "Platform subscription", "Plattform-Abonnement", "subscription", "daily"),
        Product("SUPP", "Support plan", "Supportvertrag", "subscription", "monthly"),
        Product("ONBD", "Onboarding", "Einführung", "services", "point_in_time"),
        Product("TRNG", "Training", "Schulung", "services", "point_in_time"),
        Product("USGE", "Usage", "Nutzung", "subscription", "usage"),
        Product("MILE", "Project milestone", "Projektmeilenstein", "services", "milestone"),
        Product("DAYS", "Consulting days", "Beratungstage", "services", "units"),
        Product(
            "PROJ",
            "Project by progress",
            "Projekt nach Fortschritt",
            "services",
            "percent_complete",
        ),
    )
}


def revenue_account(entity: Entity, product: str) -> str:
    """The revenue account that a product is coded to."""
    role = PRODUCTS[product].role
    return entity.chart.services if role == "services" else entity.chart.subscription
