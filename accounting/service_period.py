"""Where a line's service period comes from, in order, with the source as evidence (§4)."""

from dataclasses import dataclass
from datetime import date

from accounting.documents import DocumentLine, Override
from accounting.methods import method_named
from accounting.periods import Period, months_later
from accounting.policy import RecognitionPolicy
from accounting.service_text import service_period_in


@dataclass(frozen=True, slots=True)
class ServicePeriod:
    """The days over which a line is delivered, and where that was read."""

    period: Period
    dates_from: str


def method_of(policy: RecognitionPolicy, line: DocumentLine) -> str:
    """The method of a line: the first rule that fits, else the policy's default."""
    for rule in policy.rules:
        if (
            rule.product in (None, line.product)
            and rule.account in (None, line.account)
            and rule.currency in (None, line.amount.currency)
        ):
            return method_named(rule.method).name
    return method_named(policy.method).name


def service_period_of(
    line: DocumentLine,
    document_date: date,
    method: str,
    policy: RecognitionPolicy,
    override: Override | None,
    *,
    is_contract: bool = False,
) -> ServicePeriod | None:
    """The line's service period, or None when nothing says it: then a person is asked.

    In order: a person's override; the line's own dates (of a contract line: the contract's); its
    text; the product's default term. A start alone takes its end from the product's term; a
    method that needs no end takes the start as the whole. `point_in_time` without any date is
    earned on the document's date, except on a contract.
    """
    needs_end = method_named(method).needs_end
    if override is not None and override.service_start is not None:
        end = override.service_end or override.service_start
        return ServicePeriod(Period(override.service_start, end), "override")
    months = dict(policy.product_terms).get(line.product or "")
    if line.service_start is not None:
        source = "contract" if is_contract else "line"
        if line.service_end is not None and line.service_end >= line.service_start:
            return ServicePeriod(Period(line.service_start, line.service_end), source)
        if not needs_end:
            return ServicePeriod(Period(line.service_start, line.service_start), source)
        if months is not None:
            term = Period(line.service_start, months_later(line.service_start, months))
            return ServicePeriod(term, "product_term")
    found = service_period_in(line.text)
    if found is not None:
        return ServicePeriod(found, "text")
    if is_contract:
        return None
    if months is not None:
        return ServicePeriod(
            Period(document_date, months_later(document_date, months)), "product_term"
        )
    if not needs_end:
        return ServicePeriod(Period(document_date, document_date), "document")
    return None
