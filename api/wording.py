"""Names of ours in the words of the page. Everything else that people read stands where it arises."""

from accounting.documents import DocumentKind, Effect
from accounting.exceptions import ExceptionCode, Remedy
from accounting.methods import METHODS
from accounting.policy import LateDocuments, Role

ROLES = {
    Role.REVENUE: "Revenue",
    Role.EXPENSE: "Expense",
    Role.DEFERRED_REVENUE: "Deferred revenue",
    Role.ACCRUED_REVENUE: "Accrued revenue",
    Role.PREPAYMENTS: "Prepayments",
    Role.ACCRUED_EXPENSES: "Accrued expenses",
    Role.FX_GAIN_LOSS: "Exchange gain or loss",
}

LATE_DOCUMENTS = {
    LateDocuments.FIRST_OPEN_PERIOD: (
        "Late documents: what reaches us after its own period was closed counts in the first "
        "period that is still open, and is named there as catch-up."
    ),
    LateDocuments.OWN_PERIOD_WHILE_OPEN: (
        "Late documents: as long as a document's own period is open here and in the ledger, the "
        "document counts in it, and the proposal is calculated anew. After that it counts in the "
        "first open period, and is named there as catch-up."
    ),
}

EFFECTS = {
    Effect.CANCEL: "cancel: the service stops on this day",
    Effect.PRICE: "price: the price falls from this day on, the service goes on",
    Effect.FULL: "full: as if it had never been sold at the higher price",
    Effect.BILLING: "billing: it will be billed again, nothing else changes",
}

REMEDIES = {
    Remedy.DATES: "Use these days",
    Remedy.MATCH: "It bills this contract line",
    Remedy.EXCLUDE: "Exclude the line",
    Remedy.ACCEPT: "Accept the difference",
    Remedy.POST: "Post an adjustment",
    Remedy.EFFECT: "This is what the credit does",
    Remedy.BOOKED: "It did what the close does: count it as booked",
    Remedy.EXPLAINED: "It is there for another reason: carry it as a reconciling item",
    Remedy.FOLLOW: "Accept what the ledger holds: post the difference",
}

EXCEPTIONS = {
    ExceptionCode.NO_SERVICE_PERIOD: "No service period",
    ExceptionCode.AMBIGUOUS_SERVICE_PERIOD: "More than one possible service period",
    ExceptionCode.UNMATCHED_LINE: "Contract line not clear",
    ExceptionCode.MISSING_RATE: "Exchange rate missing",
    ExceptionCode.CURRENCY_DIFFERS: "Currencies differ",
    ExceptionCode.CREDIT_EXCEEDS_LINE: "Credit above what is left",
    ExceptionCode.CREDIT_EFFECT_UNCONFIRMED: "Large credit to confirm",
    ExceptionCode.REFUND_WITHOUT_CREDIT_NOTE: "Refund without a credit note",
    ExceptionCode.NO_UNITS: "Number of units missing",
    ExceptionCode.NO_MANUAL_AMOUNTS: "Amounts by period missing",
    ExceptionCode.COMPLETION_FALLS: "Reported completion falls",
    ExceptionCode.UNITS_EXCEED_CONTRACT: "More units delivered than contracted",
    ExceptionCode.ADOPTION_DIFFERENCE: "Difference at adoption",
    ExceptionCode.FOREIGN_JOURNAL: "Somebody else's journal on the close's accounts",
    ExceptionCode.JOURNAL_CHANGED: "A posted journal is not as approved any more",
    ExceptionCode.LOCK_MOVED_BACK: "A lock was moved back in the ledger",
    ExceptionCode.REVERSAL_MISSING: "An accrual was not reversed",
}

DOCUMENTS = {
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.CREDIT_NOTE: "Credit note",
    DocumentKind.BILL: "Bill",
    DocumentKind.BILL_CREDIT: "Bill credit",
    DocumentKind.CONTRACT: "Contract",
    DocumentKind.EXPENSE: "Expense",
}

DATES_FROM = {
    "override": "a person's answer",
    "line": "the document line's own dates",
    "contract": "the contract",
    "text": "the line's text",
    "product_term": "the product's usual term",
    "document": "the document's date",
}


def method(name: str) -> str:
    """A recognition method in words; of a line that is gone there is none."""
    return METHODS[name].text if name in METHODS else "none: nothing is left to recognise"


def role(name: str) -> str:
    """A balance role in words."""
    return ROLES[Role(name)]
