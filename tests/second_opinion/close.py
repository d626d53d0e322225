"""A second opinion on scenario files, from the two documents alone, by brute force.

`close_book` takes a parsed scenario (docs/scenario.md) and answers its whole Output. It shares no
code with the product: day by day, in exact fractions, everything computed anew at each close.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.second_opinion.ambiguities import AMBIGUITIES
from tests.second_opinion.calendars import Period
from tests.second_opinion.entity import Entity, entities_of
from tests.second_opinion.events import model_of
from tests.second_opinion.evidence import ACCOUNT_NAMES
from tests.second_opinion.group import GroupClose, group_of
from tests.second_opinion.journals import Change, journals_of
from tests.second_opinion.methods import TIME_METHODS
from tests.second_opinion.model import Finding, Model
from tests.second_opinion.money import minor, shown
from tests.second_opinion.positions import BALANCE_ACCOUNTS, Record
from tests.second_opinion.units import Records, Unit, positions, units_of

__all__ = ["AMBIGUITIES", "close_book"]


@dataclass
class Books:
    """What goes from close to close: frozen figures, balances, what our journals booked."""

    closed_to: date
    period: Period
    records: Records = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    imports: dict[str, int] = field(default_factory=dict)
    opening_findings: list[Finding] = field(default_factory=list)


def close_book(data: dict[str, Any]) -> dict[str, Any]:
    """Close the listed periods in turn."""
    output: dict[str, Any] = {name: {} for name in data["close"]}
    entities = entities_of(data)
    books = {entity.name: adopt(entity) for entity in entities}
    for name in data["close"]:
        closes = []
        for entity in entities:
            held = books[entity.name]
            before = GroupClose.of(entity, held.period, held.units.values())
            output[name][entity.name], model = close_period(entity, name, held)
            after = GroupClose.of(entity, held.period, held.units.values())
            closes.append((entity, before, after, output[name][entity.name], model))
        if data.get("reporting_currency"):
            output[name]["group"] = group_of(data["reporting_currency"], closes)
    return output


def adopt(entity: Entity) -> Books:
    """What was known by the adoption date is frozen at its computed or imported figures."""
    day = entity.adopted_on
    period = entity.calendar.of_day(day)
    computed = model_of(entity, day, {})
    given = entity.adoption.get("recognised_to_date") or {}
    imports = {}
    for reference, text in given.items():
        key = computed.one_named(reference)
        line = computed.lines.get(key) if key else None
        if line is None:
            continue
        figure = minor(text, line.currency)
        if figure != line.recognised(day):
            imports[line.key] = figure
    model = model_of(entity, day, imports)
    closed = positions(model, period, day, day, {})
    books = Books(day, period, closed.records, units_of(closed.records))
    if entity.adoption.get("difference", "prospective") == "prospective":
        books.imports = imports
    books.opening_findings = adoption_differences(entity, books.units)
    return books


def adoption_differences(entity: Entity, units: dict[str, Unit]) -> list[Finding]:
    """Positions less the trial balance, by account."""
    found = []
    given = {
        ACCOUNT_NAMES.get(name, name): text
        for name, text in (entity.adoption.get("balances") or {}).items()
    }
    for side, accounts in BALANCE_ACCOUNTS.items():
        for place, account in enumerate(accounts):
            held = sum(
                (unit.first, unit.second)[place] for unit in units.values() if unit.side == side
            )
            if account in given and minor(given[account], entity.currency) != held:
                found.append(Finding("adoption_difference", account, holds=False))
    return found


def close_period(entity: Entity, name: str, books: Books) -> tuple[dict[str, Any], Model]:
    period = entity.calendar.named(name)
    model = model_of(entity, period.end, books.imports)
    closed = positions(model, period, period.end, books.closed_to, books.records)
    units = units_of(closed.records)
    moves = {
        key: Move(books.records.get(key), record, held=key in closed.held)
        for key, record in closed.records.items()
    }
    output = figures(entity, moves, units)
    output["lines"] = {key: line_shown(entity, moves[key], model) for key in sorted(closed.records)}
    output["contracts"] = contracts_shown(entity, units)
    output["journals"] = journals_of(
        changes_of(books.units, units, moves),
        period.end,
        entity.currency,
        auto_reverse=entity.policy.get("accruals", "balance") == "auto_reverse",
    )
    findings = books.opening_findings + closed.findings
    pairs = sorted({(finding.code, finding.subject) for finding in findings})
    output["exceptions"] = [{"code": code, "subject": subject} for code, subject in pairs]
    books.closed_to, books.period = period.end, period
    books.records, books.units, books.opening_findings = closed.records, units, []
    return output, model


@dataclass(frozen=True)
class Move:
    """A line's movement from its frozen figures to this close."""

    frozen: Record | None
    record: Record
    held: bool

    @property
    def recognised(self) -> int:
        return self.record.recognised - (self.frozen.recognised if self.frozen else 0)

    @property
    def catch_up(self) -> int:
        if self.held:
            return 0
        return self.record.recognised_before - (self.frozen.recognised if self.frozen else 0)

    @property
    def billed(self) -> int:
        return self.record.billed - (self.frozen.billed if self.frozen else 0)

    @property
    def fx(self) -> int:
        """Opening + billed - recognised - closing; with the sign turned for costs."""
        opening = self.frozen.balance if self.frozen else 0
        gain = opening + self.billed - self.recognised - self.record.balance
        return gain if self.record.side == "revenue" else -gain


def figures(entity: Entity, moves: dict[str, Move], units: dict[str, Unit]) -> dict[str, Any]:
    """The entity's own figures of the period and balances at its end."""

    def sides(side: str) -> list[Unit]:
        return [unit for unit in units.values() if unit.side == side]

    revenue = [move for move in moves.values() if move.record.side == "revenue"]
    cost = [move for move in moves.values() if move.record.side == "cost"]
    amounts = {
        "recognised": sum(move.recognised for move in revenue),
        "catch_up": sum(move.catch_up for move in revenue),
        "billed": sum(move.billed for move in revenue),
        "deferred": sum(unit.first for unit in sides("revenue")),
        "accrued": sum(unit.second for unit in sides("revenue")),
        "deferred_non_current": sum(unit.non_current for unit in sides("revenue")),
        "expense": sum(move.recognised for move in cost),
        "prepaid": sum(unit.first for unit in sides("cost")),
        "expense_accrued": sum(unit.second for unit in sides("cost")),
        "fx": sum(move.fx for move in moves.values()),
    }
    return {name: shown(amount, entity.currency) for name, amount in amounts.items()}


def line_shown(entity: Entity, move: Move, model: Model) -> dict[str, str]:
    """A line before netting; where its dates were looked for, what was found."""
    record = move.record
    first, second = record.shown
    names = ("deferred", "accrued")
    if record.side == "cost":
        names = ("prepaid", "expense_accrued")
    amounts = {
        "recognised": move.recognised,
        "recognised_to_date": record.recognised,
        "billed_to_date": record.billed,
        names[0]: first,
        names[1]: second,
    }
    answer = {name: shown(amount, entity.currency) for name, amount in amounts.items()}
    line = model.lines.get(record.key)
    looked_for = line is not None and line.terms.method in {*TIME_METHODS, "point_in_time"}
    if looked_for and record.dates_from:
        if record.start:
            answer["service_start"] = record.start.isoformat()
        if record.end:
            answer["service_end"] = record.end.isoformat()
        answer["dates_from"] = record.dates_from
    return answer


def contracts_shown(entity: Entity, units: dict[str, Unit]) -> dict[str, dict[str, str]]:
    found: dict[str, list[int]] = {}
    for unit in units.values():
        if unit.contract is not None:
            sums = found.setdefault(unit.contract, [0, 0])
            sums[0] += unit.first
            sums[1] += unit.second
    return {
        name: {
            "deferred": shown(sums[0], entity.currency),
            "accrued": shown(sums[1], entity.currency),
        }
        for name, sums in sorted(found.items())
    }


def changes_of(
    before: dict[str, Unit], after: dict[str, Unit], moves: dict[str, Move]
) -> list[Change]:
    """Each netting unit with what it held before and the fx of its lines."""
    changes = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        unit = new or old
        assert unit is not None
        fx = sum(move.fx for move in moves.values() if move.record.unit == name)
        changes.append(Change(unit.side, old, new, fx))
    return changes
