"""Exchange rates: appended with their origin, the newest of a key counts; as the core takes them.

The European Central Bank states units of a currency for one euro. A rate between two others is
crossed: (EUR → target) ÷ (EUR → source), rounded half away from zero to 10 decimals. The average
of a period is the plain mean of its daily spots, rounded likewise, kept by the period's name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any, Protocol

from sqlalchemy import or_, tuple_
from sqlmodel import Session, col, desc, insert, select

from accounting.calendars import FiscalCalendar
from accounting.money import exponent, round_half_away
from accounting.rates import SPOT_DAYS_MAX, Pair, Quote, Rates
from controls.audit import SYSTEM_CHAIN
from models import RateRow
from store.audit import AuditTrail
from store.errors import UnstorableError

EUR = "EUR"
SPOT, AVERAGE, CLOSING = "spot", "average", "closing"
KINDS = (SPOT, AVERAGE, CLOSING)
DECIMALS_MAX = 10
COMPUTED = "mean of "
"""How the origin of an average begins that we reckoned ourselves."""
OF_SPOTS = f"{COMPUTED}the period's daily spots"
YEARS_BEFORE_ADOPTION = 2
"""Documents that still earn after adoption were written in currencies of that time."""
ROWS_PER_INSERT = 2_000

Spots = dict[date, Fraction]


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate to keep: `at` is a day as ISO text for a spot, else a period's name.

    `entity` names whose period that is; empty where it is everybody's.
    """

    source: str
    target: str
    kind: str
    at: str
    rate: Decimal
    entity: str | None = None


def needed_from(adopted: Iterable[date]) -> date:
    """The first day of which rates are needed: two years before the earliest adoption.

    Raises ValueError without any.
    """
    earliest = min(adopted)
    return earliest.replace(year=earliest.year - YEARS_BEFORE_ADOPTION, day=1)


def of_one_euro(currency: str, day: date, rate: Decimal) -> NewRate:
    """A reference rate of the European Central Bank's: units of the currency for one euro."""
    return NewRate(EUR, currency, SPOT, day.isoformat(), rate)


def rounded(rate: Fraction) -> Fraction:
    """Half away from zero to 10 decimals."""
    return Fraction(round_half_away(rate * 10**DECIMALS_MAX), 10**DECIMALS_MAX)


def rate_text(rate: Fraction) -> str:
    """A rounded rate as plain decimal text."""
    scaled = Decimal(int(rate * 10**DECIMALS_MAX)).scaleb(-DECIMALS_MAX)
    return format(scaled.normalize(), "f")


class _Kept(Protocol):
    """A rate as it was kept."""

    source_currency: str
    target_currency: str
    kind: str
    at: str
    rate: str
    origin: str
    entity_id: str | None


class RateTable:
    """Reads and appends rates."""

    def __init__(
        self, session: Session, audit: AuditTrail, supposed: tuple[RateRow, ...] = ()
    ) -> None:
        self._session = session
        self._audit = audit
        self._supposed = supposed

    def supposing(self, rates: Iterable[NewRate], origin: str) -> "RateTable":
        """The same with these on top, as if they had been added; nothing is kept.

        Raises UnstorableError for a rate that is none.
        """
        wanted = list(rates)
        for each in wanted:
            _check(each)
        on_top = (RateRow(**_columns(each, origin)) for each in wanted)
        return RateTable(self._session, self._audit, (*self._supposed, *on_top))

    def add(self, rates: Iterable[NewRate], origin: str) -> int:
        """Append the rates that differ from the newest of their key; how many did. One event.

        Raises UnstorableError for a rate that is none.
        """
        wanted = list(rates)
        for each in wanted:
            _check(each)
        known = self._newest([(each.source, each.target) for each in wanted])
        new = [
            each
            for each in wanted
            if known.get((each.entity, each.source, each.target, each.kind, each.at))
            != format(each.rate, "f")
        ]
        self._append(new, origin)
        if new:
            self._audit.record(
                SYSTEM_CHAIN,
                "rates.added",
                origin,
                after={"rates": len(new), "pairs": _pairs_text(new)},
            )
        return len(new)

    def _append(self, rates: list[NewRate], origin: str) -> None:
        for start in range(0, len(rates), ROWS_PER_INSERT):
            self._session.connection().execute(
                insert(RateRow),
                [_columns(each, origin) for each in rates[start : start + ROWS_PER_INSERT]],
            )

    def _newest(self, pairs: Iterable[Pair]) -> dict[tuple[str | None, str, str, str, str], str]:
        """The newest rate of each key of these pairs, as text."""
        return {
            (row.entity_id, row.source_currency, row.target_currency, row.kind, row.at): row.rate
            for row in self._rows(set(pairs))
        }

    def _rows(self, pairs: set[Pair], entity: str | None = None) -> Iterator[_Kept]:
        """The pairs' rows, older ones first; of one entity and everybody's, if one is given.

        Plain rows: there are thousands, and nothing is changed in them.
        """
        if not pairs:
            return iter(())
        both = tuple_(col(RateRow.source_currency), col(RateRow.target_currency))
        kept: Any = select(*RateRow.__table__.columns)  # type: ignore[attr-defined]
        query = kept.where(both.in_(sorted(pairs))).order_by(col(RateRow.id))
        if entity is not None:
            whose = col(RateRow.entity_id)
            query = query.where(or_(whose.is_(None), whose == entity))
        on_top = (
            row
            for row in self._supposed
            if (row.source_currency, row.target_currency) in pairs
            and (entity is None or row.entity_id in (None, entity))
        )
        return chain(self._session.exec(query), on_top)

    def table(self, entity: str, pairs: Iterable[Pair], until: date) -> Rates:
        """The rates between these currencies up to the day, as the core takes them."""
        spots: dict[Pair, tuple[tuple[date, Fraction], ...]] = {}
        periods: dict[tuple[Pair, str, str], Fraction] = {}
        for pair in sorted(set(pairs)):
            by_day, of_periods = self._of(entity, pair, until)
            spots[pair] = tuple(sorted(by_day.items()))
            periods |= {(pair, at, kind): row[0] for (kind, at), row in of_periods.items()}
        return Rates(spots, periods)

    def _of(
        self, entity: str, pair: Pair, until: date
    ) -> tuple[Spots, dict[tuple[str, str], tuple[Fraction, str]]]:
        """A pair's spots by day, and its rates of periods by kind and name, with their origin.

        What is stated as it stands goes before what is stated the other way round, and that before
        what is crossed.
        """
        source, target = pair
        back = (target, source)
        legs = ((EUR, source), (EUR, target)) if EUR not in pair else ()
        stated: dict[Pair, Spots] = {each: {} for each in (pair, back, *legs)}
        of_periods: dict[tuple[str, str], tuple[Fraction, str]] = {}
        for row in self._rows(set(stated), entity):
            known_as = (row.source_currency, row.target_currency)
            rate = Fraction(row.rate)
            if row.kind == SPOT:
                day = date.fromisoformat(row.at)
                if day <= until:
                    stated[known_as][day] = rate
            elif known_as in (pair, back):
                told = rate if known_as == pair else 1 / rate
                of_periods[row.kind, row.at] = (told, row.origin)
        spots: Spots = {}
        if legs:
            to_source, to_target = (stated[leg] for leg in legs)
            spots |= {
                day: rounded(to_target[day] / to_source[day])
                for day in to_source.keys() & to_target.keys()
            }
        spots |= {day: 1 / rate for day, rate in stated[back].items()}
        spots |= stated[pair]
        return spots, of_periods

    def origin(self, entity: str, source: str, target: str, quote: Quote) -> str:
        """Where a rate that a calculation found comes from; empty where nobody stated it."""
        both = ((source, target), (target, source))
        crossed = ((EUR, source), (EUR, target)) if EUR not in (source, target) else ()
        known = {
            (row.source_currency, row.target_currency): row.origin
            for row in self._rows({*both, *crossed}, entity)
            if (row.kind, row.at) == (quote.kind, quote.at)
        }
        stated = next((known[pair] for pair in both if pair in known), "")
        return stated or " and ".join(dict.fromkeys(known[p] for p in crossed if p in known))

    def averages(
        self,
        entity: str,
        calendar: FiscalCalendar,
        pairs: Iterable[Pair],
        until: date,
        closed_to: date,
    ) -> list[NewRate]:
        """Each period's average where there is none.

        In a period that is open one of ours is reckoned anew where its spots have changed; what
        somebody else stated, and what a closed period went by, stays.
        """
        new: list[NewRate] = []
        for source, target in sorted(set(pairs)):
            spots, of_periods = self._of(entity, (source, target), until)
            for name, (mean, end) in _means(spots, calendar).items():
                known = of_periods.get((AVERAGE, name))
                open_and_ours = end > closed_to and known and known[1].startswith(COMPUTED)
                if known is None or (open_and_ours and known[0] != mean):
                    rate = Decimal(rate_text(mean))
                    new.append(NewRate(source, target, AVERAGE, name, rate, entity))
        return new

    def keep_averages(
        self,
        entity: str,
        calendar: FiscalCalendar,
        pairs: Iterable[Pair],
        until: date,
        closed_to: date,
    ) -> int:
        """Append the averages that are missing; how many. One event."""
        new = self.averages(entity, calendar, pairs, until, closed_to)
        self._append(new, OF_SPOTS)
        if new:
            self._audit.record(
                entity,
                "rates.averaged",
                f"rates/{entity}",
                after={"rates": len(new), "pairs": _pairs_text(new)},
            )
        return len(new)

    def newest(self, limit: int) -> list[RateRow]:
        """What was appended last, for pages."""
        return list(
            self._session.exec(select(RateRow).order_by(desc(col(RateRow.id))).limit(limit))
        )


def _columns(rate: NewRate, origin: str) -> dict[str, Any]:
    """The rate as its row has it."""
    return {
        "entity_id": rate.entity,
        "source_currency": rate.source,
        "target_currency": rate.target,
        "kind": rate.kind,
        "at": rate.at,
        "rate": format(rate.rate, "f"),
        "origin": origin,
    }


def _check(rate: NewRate) -> None:
    for currency in (rate.source, rate.target):
        exponent(currency)
    if rate.kind not in KINDS or not rate.rate.is_finite() or rate.rate <= 0:
        raise UnstorableError(
            f"{rate.source} to {rate.target}, {rate.kind} {rate.at}: {rate.rate} is not a rate."
        )


def _pairs_text(rates: Iterable[NewRate]) -> str:
    return ", ".join(sorted({f"{each.source}/{each.target}" for each in rates}))


def _means(
    spots: Mapping[date, Fraction], calendar: FiscalCalendar
) -> dict[str, tuple[Fraction, date]]:
    """By period: the mean of its spots, and its last day.

    Only of periods that are covered: the first and the last spot at most a week from its ends.
    """
    by_name: dict[str, list[date]] = {}
    for day in sorted(spots):
        by_name.setdefault(calendar.name_at(day), []).append(day)
    found: dict[str, tuple[Fraction, date]] = {}
    near = timedelta(days=SPOT_DAYS_MAX)
    for name, days in by_name.items():
        period = calendar.containing(days[0])
        if days[0] - period.start <= near and period.end - days[-1] <= near:
            mean = sum((spots[day] for day in days), Fraction(0)) / len(days)
            found[name] = (rounded(mean), period.end)
    return found
