"""The shape of the documents of a scenario: which keys each kind has. References are not followed."""

from typing import Annotated, Literal

from pydantic import Field

from scenario.fields import (
    Account,
    Amount,
    Bound,
    Currency,
    Day,
    EffectName,
    Method,
    Name,
    Part,
    Quantity,
    Rate,
    Share,
    TreatmentName,
)


class MilestonePart(Part):
    """A milestone and its share of the whole."""

    id: Name
    weight: Share


class MeasuredPart(Part):
    """What every line says of how it is recognised: method, service dates, measures."""

    product: Name | None = None
    text: str | None = None
    service_start: Day | None = None
    service_end: Day | None = None
    method: Method | None = None
    units: Bound | None = Field(default=None, description="Units contracted.")
    milestones: list[MilestonePart] | None = None
    manual: dict[str, Amount] | None = Field(default=None, description="Amounts by period.")
    dimensions: dict[Name, Name] | None = None


class LedgerLinePart(MeasuredPart):
    """A line of a document of the ledger. `account` is `revenue` (`expense` for bills) unless said."""

    id: Name
    amount: Amount
    account: Account | None = None


class InvoiceLinePart(LedgerLinePart):
    """A line of an invoice. `obligation` is what it bills, one obligation or a whole contract."""

    obligation: Name | None = None


class CreditLinePart(LedgerLinePart):
    """A line of a credit, written without sign. `against` is the line that it credits."""

    against: Name | None = None
    effect: EffectName | None = None
    effective: Day | None = None


class CreditNoteLinePart(CreditLinePart):
    """A line of a credit note."""

    obligation: Name | None = None


class BillLinePart(LedgerLinePart):
    """A line of a bill. `expense` is the known cost that it bills; `partial`: more will follow."""

    expense: Name | None = None
    partial: bool | None = None


class ObligationPart(MeasuredPart):
    """A performance obligation. One that is recognised by usage needs no amount."""

    id: Name
    amount: Amount | None = None
    standalone_price: Amount | None = None


class DocumentPart(Part):
    """What documents of every kind have. `known_on` is the day on which it reaches us."""

    id: Name
    entity: Name | None = None
    known_on: Day | None = None
    version: int | None = Field(default=None, ge=1, description="An edit has a higher one.")


class _DatedPart(DocumentPart):
    date: Day


class _LedgerPart(_DatedPart):
    currency: Currency | None = None
    rate: Rate | None = Field(
        default=None, description="Units of functional currency for one of the document's."
    )


class InvoicePart(_LedgerPart):
    """An invoice to a customer."""

    kind: Literal["invoice"]
    customer: str | None = None
    lines: list[InvoiceLinePart]


class CreditNotePart(_LedgerPart):
    """A credit note to a customer."""

    kind: Literal["credit_note"]
    customer: str | None = None
    lines: list[CreditNoteLinePart]


class BillPart(_LedgerPart):
    """A bill from a vendor."""

    kind: Literal["bill"]
    vendor: str | None = None
    lines: list[BillLinePart]


class BillCreditPart(_LedgerPart):
    """A credit from a vendor."""

    kind: Literal["bill_credit"]
    vendor: str | None = None
    lines: list[CreditLinePart]


class ContractPart(_DatedPart):
    """A contract, order or won opportunity; with `modifies` it restates another one."""

    kind: Literal["contract"]
    customer: str | None = None
    currency: Currency | None = None
    price: Amount | None = Field(
        default=None, description="Transaction price; the sum unless said."
    )
    obligations: list[ObligationPart]
    renews: Name | None = None
    modifies: Name | None = None
    treatment: TreatmentName | None = None
    effective: Day | None = None
    type: Name | None = Field(default=None, description="The CRM's word for the kind of sale.")


class DeliveryPart(_DatedPart):
    """A delivery: units, the share complete, a milestone, or the bare fact."""

    kind: Literal["delivery"]
    obligation: Name
    units: Quantity | None = None
    percent: Share | None = None
    milestone: Name | None = None


class UsagePart(_DatedPart):
    """Usage that was reported, as an amount."""

    kind: Literal["usage"]
    obligation: Name
    amount: Amount


class ExpensePart(MeasuredPart, _DatedPart):
    """A known cost that is not yet billed: it accrues until a bill's line names it."""

    kind: Literal["expense"]
    vendor: str | None = None
    currency: Currency | None = None
    amount: Amount
    account: Account | None = None


class OverridePart(DocumentPart):
    """What a person said of one line. Without `known_on` it was known from the start."""

    kind: Literal["override"]
    line: Name
    reason: str | None = None
    service_start: Day | None = None
    service_end: Day | None = None
    obligation: Name | None = None
    excluded: bool | None = None
    effect: EffectName | None = None
    effective: Day | None = None


class PaymentPart(_DatedPart):
    """Cash that moved for a document; a refund is negative. It changes no figure by itself."""

    kind: Literal["payment"]
    against: Name
    amount: Amount


class VoidPart(_DatedPart):
    """From the day it is known on, the document that it names is taken as if it had never been."""

    kind: Literal["void"]
    against: Name


LedgerPart = InvoicePart | CreditNotePart | BillPart | BillCreditPart
AnyDocument = (
    LedgerPart
    | ContractPart
    | DeliveryPart
    | UsagePart
    | ExpensePart
    | OverridePart
    | PaymentPart
    | VoidPart
)
TaggedDocument = Annotated[AnyDocument, Field(discriminator="kind")]
