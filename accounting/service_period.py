"""Where a line's service period comes from, in order, with the source as evidence (docs §4)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounting.documents import Document, DocumentLine, Override
from accounting.exceptions import ExceptionCode
from accounting.methods import method_named
from accounting.periods import Period, months_later
from accounting.policy import RecognitionPolicy, Rule
from accounting.service_text import Reading, read_service_text, unusable

FROM_TEXT = "text"
FROM_DOCUMENT = "document"
NOT_LOOKED_FOR = ""
WAITS_FOR_REPORTS = frozenset({"milestone", "percent_complete", "units", "usage", "manual"})
"""Methods that never look for dates."""


@dataclass(frozen=True, slots=True)
class Dates:
    """The days over which a line is delivered, as far as known, and where that was read."""

    start: date | None
    end: date | None
    dates_from: str
    readings: tuple[Reading, ...] = ()

    @property
    def period(self) -> Period | None:
        """Both ends, where both are known."""
        return Period(self.start, self.end) if self.start and self.end else None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line can't be recognised: becomes an exception of the line."""

    code: ExceptionCode
    message: str


class ChosenBy(StrEnum):
    """What said by which method a line is recognised."""

    LINE = "line"
    RULE = "rule"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Why a line has its method: its own, the policy's rule of this number (from 1), the default.

    `whole`: materiality says that it is earned whole on its document's date, whatever the method.
    """

    by: ChosenBy
    number: int = 0
    rule: Rule | None = None
    whole: bool = False


BY_DEFAULT = Chosen(ChosenBy.DEFAULT)


def choose_method(
    policy: RecognitionPolicy, document: Document, line: DocumentLine
) -> tuple[str, Chosen]:
    """The line's own method, else the first rule's that fits, else the policy's default; and why."""
    if line.method is not None:
        return method_named(line.method).name, Chosen(ChosenBy.LINE)
    for number, rule in enumerate(policy.rules, start=1):
        if _fits(rule, document, line):
            return method_named(rule.method).name, Chosen(ChosenBy.RULE, number, rule)
    return method_named(policy.method).name, BY_DEFAULT


def method_of(policy: RecognitionPolicy, document: Document, line: DocumentLine) -> str:
    """The method that `choose_method` chooses, alone."""
    return choose_method(policy, document, line)[0]


def _fits(rule: Rule, document: Document, line: DocumentLine) -> bool:
    amount = abs(line.amount.decimal())
    return (
        rule.product in (None, line.product)
        and rule.account in (None, line.account)
        and rule.currency in (None, line.amount.currency)
        and rule.type in (None, document.type)
        and (rule.tag is None or rule.tag in line.dimensions)
        and (rule.amount_from is None or amount >= rule.amount_from)
        and (rule.amount_below is None or amount < rule.amount_below)
        and (rule.valid_from is None or document.date >= rule.valid_from)
        and (rule.valid_to is None or document.date <= rule.valid_to)
    )


def dates_of(
    line: DocumentLine,
    document_date: date,
    method: str,
    policy: RecognitionPolicy,
    override: Override | None,
    *,
    is_contract: bool,
) -> Dates | Fault | None:
    """The line's dates; None when nothing says them, a Fault when its text says too much.

    In order: a person's override (what it leaves out comes from the rest); the line's own dates
    (of a contract line: the contract's); its text; of a ledger line the product's default term.
    """
    said = (override.service_start, override.service_end) if override else (None, None)
    if method in WAITS_FOR_REPORTS:
        return _given(said[0] or line.service_start, said[1] or line.service_end)
    if all(said):
        return _ordered(Dates(*said, "override"))
    rest = _without_override(line, document_date, method, policy, is_contract=is_contract)
    if not any(said):
        return rest
    if not isinstance(rest, Dates):
        rest = Dates(line.service_start, line.service_end, "override")
    return _ordered(Dates(said[0] or rest.start, said[1] or rest.end, "override"))


def _given(start: date | None, end: date | None) -> Dates | None:
    """The dates of a line that needs none, as far as they say anything."""
    in_order = start is None or end is None or start <= end
    return Dates(start, end, NOT_LOOKED_FOR) if (start or end) and in_order else None


def _ordered(dates: Dates) -> Dates | Fault:
    if dates.start is not None and dates.end is not None and dates.end < dates.start:
        return Fault(
            ExceptionCode.NO_SERVICE_PERIOD,
            f"The service would end on {dates.end}, before it starts on {dates.start}. "
            "Give both days again.",
        )
    return dates


def _without_override(
    line: DocumentLine,
    document_date: date,
    method: str,
    policy: RecognitionPolicy,
    *,
    is_contract: bool,
) -> Dates | Fault | None:
    needs_end = method_named(method).needs_end
    source = "contract" if is_contract else "line"
    months = dict(policy.product_terms).get(line.product or "")
    start, end = line.service_start, line.service_end
    if start is not None and (end is not None or not needs_end):
        return _ordered(Dates(start, end, source))
    if start is not None and months is not None:
        return Dates(start, months_later(start, months), "product_term")
    readings = read_service_text(line.text, document_date, policy.locale)
    if len(readings) == 1:
        period = readings[0].period
        return Dates(period.start, period.end, FROM_TEXT, readings)
    if readings:
        offered = " or ".join(f"{r.period.start} – {r.period.end}" for r in readings)
        return Fault(
            ExceptionCode.AMBIGUOUS_SERVICE_PERIOD,
            f"“{line.text}” can be read as {offered}. Say which, or exclude the line.",
        )
    reason = unusable(line.text, document_date, policy.locale) if needs_end else None
    if reason is not None:
        return Fault(ExceptionCode.NO_SERVICE_PERIOD, f"“{line.text}”: {reason}")
    if months is not None and not is_contract:
        return Dates(document_date, months_later(document_date, months), "product_term")
    return Dates(start, end, source) if start or end else None
