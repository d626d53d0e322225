"""What exceptions hold, and the balances of the netting units."""

from dataclasses import dataclass, replace
from datetime import date

from tests.second_opinion.calendars import Period
from tests.second_opinion.model import Finding, Model
from tests.second_opinion.positions import Record, record_of, two_sides
from tests.second_opinion.rates import MissingRateError

Records = dict[str, Record]


@dataclass
class Closed:
    """All lines of an entity at a date, held ones at their frozen figures."""

    records: Records
    held: set[str]
    findings: list[Finding]


@dataclass(frozen=True)
class Unit:
    """A netting unit: deferred and accrued (prepaid and accrued expense)."""

    name: str
    side: str
    contract: str | None
    first: int
    second: int
    non_current: int
    coded: tuple[int, int]
    is_negative: bool


def held_lines(model: Model) -> set[str]:
    """An exception on a line that bills holds what it bills, and the other way round."""
    held = {finding.subject for finding in model.findings if finding.holds}
    while True:
        wider = set(held)
        for ledger_line in model.ledger.values():
            together = {ledger_line.key} | {key for key, _ in ledger_line.targets}
            if wider & together:
                wider |= together
        if wider == held:
            return held
        held = wider


def frozen_of(key: str, frozen: Records, model: Model) -> Record:
    """The frozen figures; a line never closed before has none."""
    line = model.lines.get(key)
    dates = line.terms.dates if line else None
    if key in frozen:
        record = frozen[key]
        return replace(record, recognised_before=record.recognised)
    assert line is not None
    assert dates is not None
    return Record(
        key, line.side, line.unit, line.contract,
        start=dates.start, end=dates.end, dates_from=dates.source,
    )  # fmt: skip


def positions(model: Model, period: Period, at: date, before: date, frozen: Records) -> Closed:
    """Every line at a date; whatever waits for a rate is found and held."""
    while True:
        held = held_lines(model)
        records: Records = {}
        missing = False
        for key, line in model.lines.items():
            if key in held:
                records[key] = frozen_of(key, frozen, model)
                continue
            try:
                records[key] = record_of(model.entity, line, period, at, before)
            except MissingRateError as error:
                model.find("missing_rate", error.subject)
                missing = True
        for key, record in frozen.items():
            if key not in records and key in held:
                records[key] = frozen_of(key, frozen, model)
            elif key not in records:
                records[key] = Record(key, record.side, record.unit, record.contract)
        if missing:
            continue
        waiting = waits_for_closing_rate(records)
        if waiting is None:
            known = {key: with_non_current(record) for key, record in records.items()}
            return Closed(known, held, model.findings)
        model.find("missing_rate", waiting)


def with_non_current(record: Record) -> Record:
    """A part that no rate gives and that changes nothing counts as none."""
    return replace(record, non_current=record.non_current or 0)


def waits_for_closing_rate(records: Records) -> str | None:
    """A line whose non-current part matters to its unit and has no rate."""
    for members in by_unit(records).values():
        balance = sum(record.balance for record in members)
        first, _ = two_sides(balance, negative=all(record.is_negative for record in members))
        unknown = [record.key for record in members if record.non_current is None]
        known = sum(record.non_current or 0 for record in members)
        if first and unknown and known:
            return unknown[0]
    return None


def by_unit(records: Records) -> dict[str, list[Record]]:
    units: dict[str, list[Record]] = {}
    for record in records.values():
        units.setdefault(record.unit, []).append(record)
    return units


def units_of(records: Records) -> dict[str, Unit]:
    """Netted per unit, in functional currency."""
    units = {}
    for name, members in by_unit(records).items():
        negative = all(record.is_negative for record in members)
        first, second = two_sides(sum(record.balance for record in members), negative=negative)
        later = sum(record.non_current or 0 for record in members)
        non_current = max(min(later, 0), first) if negative else min(max(later, 0), first)
        units[name] = Unit(
            name=name,
            side=members[0].side,
            contract=members[0].contract,
            first=first,
            second=second,
            non_current=non_current,
            coded=(
                sum(record.coded[0] for record in members),
                sum(record.coded[1] for record in members),
            ),
            is_negative=negative,
        )
    return units
