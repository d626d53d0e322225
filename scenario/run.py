"""A scenario closed, period by period, through the same core as a close: figures as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounting.book import Calculation, Journal
from accounting.consolidation import GroupResult, Part, consolidate
from accounting.engine import calculate, carried_forward
from accounting.exceptions import AccountingException
from accounting.money import Money
from accounting.periods import ONE_DAY, Period
from accounting.policy import REVENUE_SIDE
from scenario.figures import figures_of
from scenario.schema import GROUP, Scenario, ScenarioEntity, read_file

GROUP_FIGURES = ("recognised", "deferred", "accrued", "translation_adjustment")


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """One period of `close`: each entity's calculation by its id, and the group's result."""

    name: str
    calculations: Mapping[str, Calculation]
    group: GroupResult | None


def run(scenario: Scenario) -> dict[str, Any]:
    """The scenario's output (docs/scenario.md): figures by period and entity, and the group's."""
    return shown(scenario, closed(scenario))


def run_file(path: Path | str) -> dict[str, Any]:
    """The output of a file. Raises ScenarioError where it can't be used."""
    return run(read_file(path))


def closed(scenario: Scenario) -> tuple[ClosedPeriod, ...]:
    """Each period closed in turn: once closed it is frozen, and the next takes all that follows."""
    return tuple(_close(scenario))


def _close(scenario: Scenario) -> Iterator[ClosedPeriod]:
    books = {entity.id: entity.book(scenario.rates) for entity in scenario.entities}
    for index, name in enumerate(scenario.close):
        calculations: dict[str, Calculation] = {}
        parts: list[Part] = []
        for entity in scenario.entities:
            book = books[entity.id]
            opened = book.last_closed or book.adopted_on
            period = Period(opened + ONE_DAY, entity.periods[index].end)
            calculation = calculate(book, entity.policy, period)
            books[entity.id] = carried_forward(book, calculation)
            calculations[entity.id] = calculation
            currency = entity.policy.functional_currency
            parts.append(Part(entity.id, calculation, entity.policy.calendar, currency, opened))
        reporting = scenario.reporting_currency
        group = consolidate(parts, scenario.rates, reporting) if reporting else None
        yield ClosedPeriod(name, calculations, group)


def shown(scenario: Scenario, periods: tuple[ClosedPeriod, ...]) -> dict[str, Any]:
    """What was closed, in the shape of the output."""
    output: dict[str, Any] = {}
    for period in periods:
        figures = {
            entity.id: _entity(entity, period.calculations[entity.id])
            for entity in scenario.entities
        }
        if period.group is not None:
            figures[GROUP] = _group(period.group)
        output[period.name] = figures
    return output


def _entity(entity: ScenarioEntity, calculation: Calculation) -> dict[str, Any]:
    zero = Money.zero(entity.policy.functional_currency)
    return {
        **figures_of(calculation.positions, zero.currency),
        "contracts": _contracts(entity, calculation, zero),
        "journals": [_journal(journal) for journal in calculation.journals],
        "exceptions": _exceptions(calculation.exceptions),
    }


def _contracts(
    entity: ScenarioEntity, calculation: Calculation, zero: Money
) -> dict[str, dict[str, str]]:
    """The balances of each contract: the sum over the lines that belong to the first one's id."""
    contract_of = entity.contract_of()
    contracts = set(contract_of.values())
    sums: dict[str, tuple[Money, Money]] = {}
    for row in calculation.positions:
        contract = row.unit if row.unit in contracts else contract_of.get(row.line)
        if contract is None or row.is_cost:
            continue
        deferred, accrued = sums.get(contract, (zero, zero))
        sums[contract] = (
            deferred + row.closing.get(REVENUE_SIDE.ahead, zero),
            accrued + row.closing.get(REVENUE_SIDE.behind, zero),
        )
    return {
        contract: {"deferred": deferred.text(), "accrued": accrued.text()}
        for contract, (deferred, accrued) in sorted(sums.items())
    }


def _journal(journal: Journal) -> dict[str, Any]:
    lines = []
    for line in journal.lines:
        shown_line: dict[str, Any] = {
            "account": line.account,
            "debit": line.debit.text(),
            "credit": line.credit.text(),
        }
        if line.dimensions:
            shown_line["dimensions"] = dict(line.dimensions)
        lines.append(shown_line)
    return {"kind": journal.kind.value, "date": journal.date.isoformat(), "lines": lines}


def _exceptions(exceptions: tuple[AccountingException, ...]) -> list[dict[str, str]]:
    return [{"code": each.code.value, "subject": each.subject} for each in exceptions]


def _group(result: GroupResult) -> dict[str, Any]:
    figures: dict[str, Any] = {"currency": result.currency}
    for name in GROUP_FIGURES:
        if name in result.figures:
            figures[name] = result.figures[name].text()
    if result.exceptions:
        figures["exceptions"] = _exceptions(result.exceptions)
    return figures
