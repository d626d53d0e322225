"""Revenue lines by the million, made of arrays: what a large subscription business has on its books.

Six entities, ten currencies. 12 to 36 months of service, most from a month's first day, a tenth of
odd lengths; 85 % by days, 10 % by months, 5 % by half months; 3 % credits; a tenth not billed, and
of the rest a tenth billed after it had begun to earn.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from accounting.book import Book, BookedPart, FrozenLine
from accounting.calendars import CALENDAR_MONTHS
from accounting.currency import Billing, Conversion
from accounting.methods import Terms
from accounting.money import Money, exponent
from accounting.periods import Period
from accounting.policy import AccountMap, RecognitionPolicy, Role
from accounting.rates import PeriodRate, Rates
from accounting.recognition import RevenueLine
from accounting.rows import Lines
from accounting.segments import Life
from accounting.vectorised import Columns
from accounting.vectorised_arithmetic import Ints, ints, ratio
from accounting.vectorised_billings import Billings
from accounting.vectorised_days import EPOCH
from accounting.vectorised_journals import Booked, Place, Slots
from accounting.vectorised_positions import ROLE, Frozen, Units
from accounting.vectorised_segments import METHODS, Segments

HOMES = ("USD", "USD", "EUR", "GBP", "AUD", "JPY")
IN_USD = {
    "USD": Fraction(1),
    "EUR": Fraction("1.0834"),
    "GBP": Fraction("1.2711"),
    "AUD": Fraction("0.6571"),
    "JPY": Fraction("0.006683"),
    "CAD": Fraction("0.7302"),
    "CHF": Fraction("1.1324"),
    "SEK": Fraction("0.0954"),
    "SGD": Fraction("0.7443"),
    "KWD": Fraction("3.2517"),
}
"""The ten currencies, about what they were worth."""
CURRENCIES = tuple(IN_USD)
PERIOD = Period(date(2026, 9, 1), date(2026, 9, 30))
LINES_OF_A_UNIT = 3
PLACES: tuple[Place, ...] = tuple(
    (f"4{number:02d}0", (("Region", region),))
    for number in range(4)
    for region in ("Americas", "EMEA", "APAC", "Public sector", "Partners")
)
MIX = (("daily", 85), ("monthly", 10), ("half_month", 5))


@dataclass(frozen=True, slots=True)
class Entity:
    """The lines of one entity as arrays: in the order of their keys, which are their numbers."""

    columns: Columns
    units: Units
    slots: Slots
    policy: RecognitionPolicy

    @property
    def lines(self) -> int:
        """How many."""
        return self.columns.lines


def entities(lines: int) -> Iterator[Entity]:
    """So many lines over the six entities; the same whenever they are asked for."""
    chance = np.random.default_rng(20260930)
    share = -(-lines // len(HOMES))
    for number, home in enumerate(HOMES):
        yield _entity(chance, home, min(share, lines - number * share))


def _entity(chance: np.random.Generator, home: str, lines: int) -> Entity:
    code = np.sort(chance.choice(len(MIX), lines, p=[share / 100 for _, share in MIX]))
    method = ints([METHODS.index(name) for name, _ in MIX])[code]
    start, end = _service(chance, lines)
    order = np.lexsort((start, end - start, method))
    start, end = start[order], end[order]
    source = chance.integers(0, len(CURRENCIES), lines)
    amount = np.exp(chance.normal(8, 1.6, lines)).astype(np.int64) + 1
    amount *= ints([10 ** exponent(each) for each in CURRENCIES])[source]
    amount += chance.integers(0, 100, lines)
    amount[chance.random(lines) < 3 / 100] *= -1
    rates = _rates(home)
    place = chance.integers(0, len(PLACES), lines)
    unit = np.arange(lines) // LINES_OF_A_UNIT
    count = int(unit[-1]) + 1
    columns = Columns(
        segments=Segments(
            line=np.arange(lines),
            since=np.zeros(lines, np.int64),
            opening=np.zeros(lines, np.int64),
            amount=amount,
            method=method,
            start=start,
            end=end,
        ),
        billings=_billings(chance, home, start, source, amount),
        source=source,
        apart=np.zeros(lines, np.bool_),
        currencies=CURRENCIES,
        target=home,
        rates=rates,
    )
    return Entity(
        columns,
        Units(unit, count, np.zeros(lines, np.bool_)),
        Slots(unit, count, place, PLACES),
        _policy(home),
    )


def _service(chance: np.random.Generator, lines: int) -> tuple[Ints, Ints]:
    """First and last days: 12 to 36 months, 60 % from a month's first day, 10 % of odd lengths."""
    first = np.datetime64("2023-10", "M") + chance.integers(0, 40, lines)
    day = np.where(chance.random(lines) < 6 / 10, 0, chance.integers(0, 28, lines))
    months = chance.choice([12, 18, 24, 30, 36], lines)
    start = first.astype("datetime64[D]") + day
    end = (first + months).astype("datetime64[D]") + day - 1
    odd = np.where(chance.random(lines) < 1 / 10, chance.integers(1, 29, lines), 0)
    return start.astype(np.int64) + EPOCH, end.astype(np.int64) + EPOCH - odd


def _rate(source: str, home: str, month: int) -> Decimal:
    """Of a month: eight decimals, up and down by some thousandths."""
    exact = IN_USD[source] / IN_USD[home] * Fraction(1000 + (month * 7) % 23, 1011)
    return Decimal(round(exact * 10**8)) / 10**8


def _rates(home: str) -> Rates:
    periods = [
        PeriodRate(
            source, home, f"{year}-{month:02d}", kind, _rate(source, home, year * 12 + month)
        )
        for source in CURRENCIES
        if source != home
        for year in range(2023, 2031)
        for month in range(1, 13)
        for kind in ("average", "closing")
    ]
    return Rates.of([], periods)


def _billings(
    chance: np.random.Generator, home: str, start: Ints, source: Ints, amount: Ints
) -> Billings:
    """Each line billed whole and once, by the rate of the month before; a tenth not yet."""
    late = np.where(chance.random(start.size) < 1 / 10, chance.integers(1, 46, start.size), 0)
    day = start - np.where(late, 0, chance.integers(0, 31, start.size)) + late
    functional = amount.copy()
    for code, currency in enumerate(CURRENCIES):
        rows = np.flatnonzero(source == code)
        rate = Fraction(1) if currency == home else Fraction(_rate(currency, home, 2025 * 12))
        rate *= Fraction(10) ** (exponent(home) - exponent(currency))
        functional[rows] = ratio(amount[rows], ints(rate.numerator), ints(rate.denominator))
    billed = np.flatnonzero(chance.random(start.size) >= 1 / 10)
    return Billings(billed, day[billed], amount[billed], functional[billed])


def _policy(home: str) -> RecognitionPolicy:
    return RecognitionPolicy(
        version="benchmark",
        functional_currency=home,
        method="daily",
        accounts=AccountMap(
            deferred_revenue="2100",
            accrued_revenue="1200",
            prepayments="1300",
            accrued_expenses="2200",
            fx_gain_loss="7900",
            revenue=tuple(sorted({account for account, _ in PLACES})),
        ),
    )


def key(number: int) -> str:
    """A line's key; keys go in the order of the numbers."""
    return f"L{number:07d}"


def sample(entity: Entity, lines: int) -> Ints:
    """The numbers of about so many lines, from first to last: whole units."""
    units = np.unique(np.linspace(0, entity.units.count - 1, lines // LINES_OF_A_UNIT, dtype=int))
    return np.flatnonzero(np.isin(entity.units.unit, units))


def as_book(
    entity: Entity, numbers: Ints, frozen: Frozen, was: Booked, period: Period
) -> tuple[Book, Lines]:
    """Some lines as objects, as the one-line path takes them, with what is frozen and booked."""
    currency = entity.policy.functional_currency
    known = dict(_lines(entity, numbers.tolist()))
    held: Mapping[str, FrozenLine] = {
        name: FrozenLine(
            unit=line.unit,
            is_cost=False,
            recognised=Money(int(frozen.recognised[number]), currency),
            billed=Money(int(frozen.billed[number]), currency),
            ahead=Money(int(frozen.ahead[number]), currency),
            in_a_year=Money(int(frozen.in_a_year[number]), currency),
            negative=bool(frozen.negative[number]),
            account=line.account,
            dimensions=line.dimensions,
        )
        for number, (name, line) in zip(numbers.tolist(), known.items(), strict=True)
    }
    parts = tuple(_parts(entity, numbers, was, currency))
    book = Book(
        functional_currency=currency,
        adopted_on=period.day_before,
        documents=(),
        rates=entity.columns.rates,
        frozen=held,
        booked=parts,
        last_closed=period.day_before,
    )
    return book, Lines(lines=known)


def _parts(entity: Entity, numbers: Ints, was: Booked, currency: str) -> Iterator[BookedPart]:
    roles = {row: role for role, row in ROLE.items()}
    for row, place in np.argwhere(was.now[:, numbers]).tolist():
        number = int(numbers[place])
        account, dimensions = PLACES[entity.slots.place[number]]
        amount = Money(int(was.now[row, number]), currency)
        role: Role = roles[row]
        unit = str(entity.slots.unit[number])
        yield BookedPart(key(number), unit, role, account, dimensions, amount)


def _lines(entity: Entity, numbers: Sequence[int]) -> Iterator[tuple[str, RevenueLine]]:
    columns, segments = entity.columns, entity.columns.segments
    billed = columns.billings
    places = np.searchsorted(billed.line, numbers).tolist()
    for number, place in zip(numbers, places, strict=True):
        method = METHODS[segments.method[number]]
        first, last = (
            date.fromordinal(int(each[number])) for each in (segments.start, segments.end)
        )
        source = CURRENCIES[columns.source[number]]
        account, dimensions = PLACES[entity.slots.place[number]]
        is_billed = place < billed.line.size and billed.line[place] == number
        yield (
            key(number),
            RevenueLine(
                key=key(number),
                unit=str(entity.slots.unit[number]),
                document=key(number),
                document_hash="",
                counterparty="",
                label=key(number),
                product=None,
                is_cost=False,
                method=method,
                service_start=first,
                service_end=last,
                dates_from="line",
                life=Life.of(int(segments.amount[number]), Terms(method, Period(first, last))),
                billings=(_billing(billed, place),) if is_billed else (),
                conversion=Conversion(source, columns.target, columns.rates, CALENDAR_MONTHS),
                account=account,
                dimensions=dimensions,
            ),
        )


def _billing(billed: Billings, place: int) -> Billing:
    return Billing(
        date.fromordinal(int(billed.day[place])),
        str(billed.line[place]),
        int(billed.amount[place]),
        int(billed.functional[place]),
    )
