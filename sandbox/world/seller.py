"""The pen that the CRM's cases are written with: opportunities, usage reports, deliveries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sandbox.world.builder import crm_id, stamp
from sandbox.world.charts import PRODUCTS, Entity
from sandbox.world.records import (
    CrmAccount,
    Delivery,
    Opportunity,
    OpportunityLine,
    Span,
    Treatment,
    UsageReport,
)

Item = tuple[str, int, Span | None]
"""A product, its total in minor units, its service dates."""


@dataclass(frozen=True, slots=True)
class Sold:
    """An opportunity line that says more than an Item: see OpportunityLine."""

    product: str
    total: int
    service: Span | None = None
    units: str = "1.0"
    milestones: tuple[tuple[str, int], ...] = ()
    original: str | None = None


@dataclass
class Seller:
    """Writes Salesforce's accounts, opportunities and the two custom objects."""

    today: date
    seed: int
    accounts: dict[str, CrmAccount] = field(default_factory=dict)
    opportunities: list[Opportunity] = field(default_factory=list)
    usage: list[UsageReport] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def account(self, name: str) -> str:
        """The account of that name, made at its first mention."""
        if name not in self.accounts:
            number = len(self.accounts) + 1
            self.accounts[name] = CrmAccount(
                crm_id("001", self.seed * 100_003 + number),
                name,
                f"C-{1000 + number}",
                stamp(date(2025, 3, 1), number),
            )
        return self.accounts[name].id

    def opportunity(
        self,
        entity: Entity,
        customer: str,
        closed_on: date,
        *lines: Item | Sold,
        type_: str = "New Customer",
        stage: str = "Closed Won",
        amends: str | None = None,
        treatment: Treatment | None = None,
        effective: date | None = None,
        renews: str | None = None,
        cancelled_on: date | None = None,
        deleted: bool = False,
        case: str = "",
    ) -> str:
        """An opportunity with its lines; the id it got.

        A deal won after today's business date does not exist yet and gets no id (""); one that
        amends or renews such a deal neither.
        """
        won = stage == "Closed Won"
        if (won and closed_on > self.today) or amends == "" or renews == "":
            return ""
        number = len(self.opportunities) + 1
        key = crm_id("006", self.seed * 100_003 + number)
        modified = stamp(min(closed_on, self.today), number)
        sold = [line if isinstance(line, Sold) else Sold(*line) for line in lines]
        self.opportunities.append(
            Opportunity(
                id=key,
                entity=entity.key,
                name=f"{customer} – {PRODUCTS[sold[0].product].name}",
                account=self.account(customer),
                close_date=closed_on,
                stage=stage,
                won=won,
                closed=stage.startswith("Closed"),
                type=type_,
                currency=entity.currency,
                lines=tuple(
                    OpportunityLine(
                        crm_id("00k", (self.seed * 100_003 + number) * 8 + place),
                        key,
                        line.product,
                        line.total,
                        line.service,
                        place,
                        units=line.units,
                        milestones=line.milestones,
                        original=line.original,
                        deleted=deleted,
                        modified=modified,
                    )
                    for place, line in enumerate(sold, start=1)
                ),
                amends=amends,
                treatment=treatment,
                effective=effective,
                renews=renews,
                cancelled_on=cancelled_on,
                deleted=deleted,
                modified=modified,
                case=case,
            )
        )
        return key

    def line(self, deal: str, product: str) -> str:
        """The id of the deal's line for a product; "" of a deal that does not exist yet."""
        for opportunity in self.opportunities:
            if opportunity.id == deal:
                return next(each.id for each in opportunity.lines if each.product == product)
        return ""

    def used(self, deal: str, product: str, on: date, amount: int, currency: str) -> None:
        """A report of usage, unless its date lies after today's business date."""
        if deal and on <= self.today:
            number = len(self.usage) + 1
            self.usage.append(
                UsageReport(
                    id=crm_id("a0U", self.seed * 100_003 + number),
                    name=f"UR-{number:04d}",
                    opportunity=deal,
                    line=self.line(deal, product),
                    date=on,
                    amount=amount,
                    currency=currency,
                    modified=stamp(on, number),
                )
            )

    def delivered(
        self,
        deal: str,
        product: str,
        on: date,
        *,
        units: str | None = None,
        percent: int | None = None,
        milestone: str | None = None,
    ) -> None:
        """A delivery, unless its date lies after today's business date."""
        if deal and on <= self.today:
            number = len(self.deliveries) + 1
            self.deliveries.append(
                Delivery(
                    id=crm_id("a0D", self.seed * 100_003 + number),
                    name=f"DL-{number:04d}",
                    opportunity=deal,
                    line=self.line(deal, product),
                    date=on,
                    units=units,
                    percent=percent,
                    milestone=milestone,
                    modified=stamp(on, number),
                )
            )
