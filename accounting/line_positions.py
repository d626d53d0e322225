"""A line at the period's end against what was frozen: one that moves, one that is held, one that is gone."""

from collections.abc import Collection, Iterable, Mapping

from accounting.book import FrozenLine, LinePosition
from accounting.money import Money
from accounting.policy import Role
from accounting.recognition import RevenueLine, Standing


def frozen_line(
    line: RevenueLine, stands: Standing, coded: Mapping[Role, Money], currency: str
) -> FrozenLine:
    """What a close freezes of the line as it stands."""
    return FrozenLine(
        unit=line.unit,
        is_cost=line.is_cost,
        recognised=Money(stands.recognised_functional, currency),
        billed=Money(stands.billed_functional, currency),
        ahead=Money(stands.ahead, currency),
        in_a_year=Money(stands.in_a_year or 0, currency),
        negative=stands.is_negative,
        account=line.account,
        dimensions=line.dimensions,
        coded=coded,
    )


def line_position(
    line: RevenueLine,
    stands: Standing,
    before: int,
    frozen: FrozenLine | None,
    coded: Mapping[Role, Money],
    currency: str,
) -> LinePosition:
    """One line: recognised = R(now known, period end) − R frozen; own is the period's part of it.

    `before` is R as known now at the last closed day, in functional currency.
    """
    zero = Money.zero(currency)
    own = Money(stands.recognised_functional - before, currency)
    to_date = Money(stands.recognised_functional, currency)
    billed_to_date = Money(stands.billed_functional, currency)
    recognised = to_date - (frozen.recognised if frozen else zero)
    billed = billed_to_date - (frozen.billed if frozen else zero)
    ahead = Money(stands.ahead, currency)
    return LinePosition(
        line=line.key,
        unit=line.unit,
        document=line.document,
        document_hash=line.document_hash,
        counterparty=line.counterparty,
        label=line.label,
        product=line.product,
        is_cost=line.is_cost,
        method=line.method,
        service_start=line.service_start,
        service_end=line.service_end,
        dates_from=line.dates_from,
        price=line.price,
        billed=billed,
        billed_to_date=billed_to_date,
        recognised=recognised,
        own=own,
        catch_up=recognised - own,
        recognised_to_date=to_date,
        billed_in_document=Money(stands.billed, line.conversion.source),
        recognised_in_document=Money(stands.recognised, line.conversion.source),
        ahead=ahead,
        in_a_year=Money(stands.in_a_year or 0, currency),
        fx=_gain(frozen.ahead if frozen else zero, billed, recognised, ahead, line.is_cost),
        negative=stands.is_negative,
        account=line.account,
        dimensions=line.dimensions,
        coded=coded,
    )


def _gain(opening: Money, billed: Money, recognised: Money, closing: Money, cost: bool) -> Money:
    """FX by identity: opening + billed − recognised − closing; of costs with the sign turned."""
    gain = opening + billed - recognised - closing
    return -gain if cost else gain


def held_position(
    key: str, frozen: FrozenLine, line: RevenueLine | None, currency: str
) -> LinePosition:
    """A line that an exception holds: nothing of it moves."""
    document = line.document if line else key.split("/", 1)[0]
    source = line.conversion.source if line else currency
    zero = Money.zero(currency)
    return LinePosition(
        line=key,
        unit=frozen.unit,
        document=document,
        document_hash=line.document_hash if line else "",
        counterparty=line.counterparty if line else "",
        label=line.label if line else f"{key}: held",
        product=line.product if line else None,
        is_cost=frozen.is_cost,
        method=line.method if line else "none",
        service_start=line.service_start if line else None,
        service_end=line.service_end if line else None,
        dates_from=line.dates_from if line else "",
        price=line.price if line else zero,
        billed=zero,
        billed_to_date=frozen.billed,
        recognised=zero,
        own=zero,
        catch_up=zero,
        recognised_to_date=frozen.recognised,
        billed_in_document=Money.zero(source),
        recognised_in_document=Money.zero(source),
        ahead=frozen.ahead,
        in_a_year=frozen.in_a_year,
        fx=zero,
        negative=frozen.negative,
        held=True,
        account=frozen.account,
        dimensions=frozen.dimensions,
        coded=frozen.coded,
    )


def given_back(
    was: Mapping[str, FrozenLine], known: Collection[str], currency: str
) -> Iterable[LinePosition]:
    """Lines that are gone (void, excluded, billed elsewhere) give back what was frozen."""
    zero = Money.zero(currency)
    for key in sorted(was.keys() - set(known)):
        frozen = was[key]
        if not (frozen.recognised or frozen.billed or frozen.ahead):
            continue
        yield LinePosition(
            line=key,
            unit=frozen.unit,
            document=key.split("/", 1)[0],
            document_hash="",
            counterparty="",
            label=f"{key}: void, excluded or billed elsewhere",
            product=None,
            is_cost=frozen.is_cost,
            method="none",
            service_start=None,
            service_end=None,
            dates_from="",
            price=zero,
            billed=-frozen.billed,
            billed_to_date=zero,
            recognised=-frozen.recognised,
            own=zero,
            catch_up=-frozen.recognised,
            recognised_to_date=zero,
            billed_in_document=zero,
            recognised_in_document=zero,
            ahead=zero,
            in_a_year=zero,
            fx=_gain(frozen.ahead, -frozen.billed, -frozen.recognised, zero, frozen.is_cost),
            negative=True,
            account=frozen.account,
            dimensions=frozen.dimensions,
        )
