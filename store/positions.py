"""A line's position and its row, both ways: what a close froze is what the next one starts from."""

from collections.abc import Mapping
from typing import Any

from accounting.book import LinePosition
from accounting.money import Money
from accounting.policy import Role
from models import PositionRow
from store.document_rows import dimensions_of, dimensions_text


def amounts_text(amounts: Mapping[Role, Money]) -> dict[str, str]:
    """Amounts by role as text, for JSON columns."""
    return {role.value: amount.text() for role, amount in amounts.items()}


def amounts_of(data: Mapping[str, Any], currency: str) -> dict[Role, Money]:
    """The same, back as Money."""
    return {Role(role): Money.parse(amount, currency) for role, amount in data.items()}


def position_values(proposal_id: int, position: LinePosition) -> dict[str, Any]:
    """The position as the values of its row; `recognised` is own and catch-up together."""
    later = position.non_current
    return dict(  # noqa: C408 - the columns by their names
        proposal_id=proposal_id,
        line=position.line,
        unit=position.unit,
        document=position.document,
        document_hash=position.document_hash,
        counterparty=position.counterparty,
        label=position.label,
        product=position.product,
        is_cost=position.is_cost,
        method=position.method,
        service_start=position.service_start,
        service_end=position.service_end,
        dates_from=position.dates_from,
        price_minor=position.price.minor,
        price_currency=position.price.currency,
        billed_minor=position.billed.minor,
        billed_to_date_minor=position.billed_to_date.minor,
        own_minor=position.own.minor,
        catch_up_minor=position.catch_up.minor,
        recognised_to_date_minor=position.recognised_to_date.minor,
        billed_document_minor=position.billed_in_document.minor,
        recognised_document_minor=position.recognised_in_document.minor,
        ahead_minor=position.ahead.minor,
        in_a_year_minor=position.in_a_year.minor,
        fx_minor=position.fx.minor,
        non_current_minor=later.minor if later is not None else 0,
        negative=position.negative,
        held=position.held,
        account=position.account,
        dimensions=dimensions_text(position.dimensions),
        coded=amounts_text(position.coded),
        opening=amounts_text(position.opening),
        closing=amounts_text(position.closing),
    )


def position_of(row: PositionRow, currency: str) -> LinePosition:
    """The row as the core takes it; `currency` is the entity's functional one."""

    def functional(minor: int) -> Money:
        return Money(minor, currency)

    def in_document(minor: int) -> Money:
        return Money(minor, row.price_currency)

    return LinePosition(
        line=row.line,
        unit=row.unit,
        document=row.document,
        document_hash=row.document_hash,
        counterparty=row.counterparty,
        label=row.label,
        product=row.product,
        is_cost=row.is_cost,
        method=row.method,
        service_start=row.service_start,
        service_end=row.service_end,
        dates_from=row.dates_from,
        price=in_document(row.price_minor),
        billed=functional(row.billed_minor),
        billed_to_date=functional(row.billed_to_date_minor),
        recognised=functional(row.own_minor + row.catch_up_minor),
        own=functional(row.own_minor),
        catch_up=functional(row.catch_up_minor),
        recognised_to_date=functional(row.recognised_to_date_minor),
        billed_in_document=in_document(row.billed_document_minor),
        recognised_in_document=in_document(row.recognised_document_minor),
        ahead=functional(row.ahead_minor),
        in_a_year=functional(row.in_a_year_minor),
        fx=functional(row.fx_minor),
        opening=amounts_of(row.opening, currency),
        closing=amounts_of(row.closing, currency),
        non_current=functional(row.non_current_minor),
        negative=row.negative,
        held=row.held,
        account=row.account,
        dimensions=dimensions_of(row.dimensions),
        coded=amounts_of(row.coded, currency),
    )
