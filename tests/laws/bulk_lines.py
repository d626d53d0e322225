"""Revenue lines drawn one by one, of any size, length and method, for the laws of the arrays."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from accounting.calendars import CALENDAR_MONTHS, FiscalCalendar, by_weeks
from accounting.currency import Billing, Conversion
from accounting.methods import Terms
from accounting.money import round_half_away
from accounting.periods import Period
from accounting.rates import PeriodRate, Rates, Spot
from accounting.recognition import RevenueLine
from accounting.segments import Life
from tests.strategies_entities import TIME_METHODS

WEEKS = by_weeks("4-4-5", date(2023, 7, 2), [("2024", 52), ("2025", 53), ("2026", 52)])
CALENDARS = st.sampled_from([CALENDAR_MONTHS, WEEKS])
FIRST, LAST = date(2023, 1, 1), date(2028, 12, 31)
DAYS = st.dates(FIRST, LAST)
LARGEST = 10**18
SIZES = st.one_of(
    st.integers(0, 10**4), st.integers(0, 10**11), st.integers(LARGEST - 10**6, LARGEST)
)
AMOUNTS = st.one_of(SIZES, SIZES.map(lambda size: -size))
LENGTHS = st.one_of(
    st.integers(0, 40), st.integers(300, 800), st.sampled_from([0, 27, 364, 365]), st.just(36_524)
)
REPORTED = ("milestone", "percent_complete", "units", "usage", "point_in_time")
RATES = Rates.of(
    [Spot("EUR", "USD", date(2022, 12, 29), Decimal("1.0834567891"))],
    [
        PeriodRate(source, target, f"{year}-{month:02d}", kind, Decimal(rate))
        for source, target, rates in (
            ("EUR", "USD", ("1.08345678", "1.1", "1.097")),
            ("USD", "JPY", ("151.237", "149.5", "150")),
            ("USD", "KWD", ("0.30751234", "0.307512345678901234567890123", "0.31")),
        )
        for year in range(2022, 2030)
        for month in range(1, 13)
        for kind, rate in (
            ("average", rates[month % 3]),
            ("closing", rates[(month + 1) % 3]),
        )
    ],
)
PAIRS = st.sampled_from([("USD", "USD"), ("EUR", "USD"), ("JPY", "USD"), ("USD", "KWD")])


@st.composite
def over_time(draw: st.DrawFn, calendar: FiscalCalendar) -> Terms:
    """Any method over time: inside a month, over years, or over a century."""
    start = draw(DAYS)
    end = date.fromordinal(start.toordinal() + draw(LENGTHS))
    method = draw(st.sampled_from(TIME_METHODS))
    return Terms(method, Period(start, end), calendar, known_start=start)


@st.composite
def reported(draw: st.DrawFn, calendar: FiscalCalendar, amount: int) -> Terms:
    """Any method that goes by reports, now and then by some that fall."""
    days = sorted(draw(st.sets(DAYS, max_size=5)))
    share = Fraction(1, len(days) or 1)
    falls = draw(st.booleans())
    shares = [Fraction(n, 7) for n in draw(st.lists(st.integers(0, 7), min_size=5, max_size=5))]
    shares = shares if falls else sorted(shares)
    return Terms(
        draw(st.sampled_from(REPORTED)),
        None,
        calendar,
        deliveries=tuple(days),
        milestones=tuple((day, share) for day in days),
        completions=tuple(zip(days, shares, strict=False)),
        units_contracted=Fraction(3),
        units=tuple((day, Fraction(1, 3)) for day in days),
        usage=tuple((day, amount // 7 * (-1 if falls and n else 1)) for n, day in enumerate(days)),
    )


@st.composite
def billings(draw: st.DrawFn, total: int, *, home: bool) -> tuple[Billing, ...]:
    """None, one, or some; of all, of less, of more; now and then with a credit among them."""
    rate = Fraction(1) if home else Fraction("1.08345679")
    count = draw(st.sampled_from([0, 1, 1, 1, 2, 4]))
    days = draw(st.lists(DAYS, min_size=count, max_size=count))
    part = total // max(count, 1) if draw(st.booleans()) else total
    found = [
        Billing(day, "L", part, round_half_away(part * (rate if home else rate + n)))
        for n, day in enumerate(days)
    ]
    if found and draw(st.integers(0, 5)) == 0:
        credit = part // 3
        last = max(days)
        found.append(Billing(last, "C", -credit, -round_half_away(credit * rate), credits="L"))
    return tuple(found)


@st.composite
def lives(draw: st.DrawFn, calendar: FiscalCalendar) -> Life:
    """What a line earns, now and then changed on the way."""
    amount = draw(AMOUNTS)
    life = Life.of(
        amount,
        draw(st.one_of(over_time(calendar), over_time(calendar), reported(calendar, amount))),
    )
    match draw(st.integers(0, 9)):
        case 0:
            return life.prospective(draw(DAYS), amount // 2, life.terms)
        case 1:
            return life.cancel(draw(DAYS), amount // 5)
        case 2:
            return life.imported(draw(DAYS), amount // 3, life.terms)
        case _:
            return life


@st.composite
def revenue_lines(draw: st.DrawFn) -> list[RevenueLine]:
    """Lines of one entity in the currencies of its ledger."""
    calendar, (source, target) = draw(CALENDARS), draw(PAIRS)
    remeasured = draw(st.booleans())
    count = draw(st.integers(1, 8))
    found = []
    for number in range(count):
        currency = source if draw(st.booleans()) else target
        life = draw(lives(calendar))
        found.append(
            line(
                f"L{number}",
                life,
                draw(billings(life.total, home=currency == target)),
                Conversion(currency, target, RATES, calendar),
                remeasured=remeasured,
            )
        )
    return found


def line(
    key: str, life: Life, billed: tuple[Billing, ...], conversion: Conversion, *, remeasured: bool
) -> RevenueLine:
    """A line of which only figures are asked."""
    return RevenueLine(
        key=key,
        unit=key,
        document=key,
        document_hash="",
        counterparty="",
        label=key,
        product=None,
        is_cost=False,
        method=life.terms.method,
        service_start=None,
        service_end=None,
        dates_from="",
        life=life,
        billings=billed,
        conversion=conversion,
        account="REV",
        dimensions=(),
        remeasured=remeasured,
    )
