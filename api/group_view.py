"""The group's figures for a period as people see them: by entity and in total."""

from dataclasses import dataclass

from accounting.consolidation import GroupResult
from accounting.written import days
from controls.steps import STEPS, Step
from store import Work

FIGURES = {
    "recognised": "Revenue recognised",
    "catch_up": "of which catch-up",
    "billed": "Revenue billed",
    "expense": "Cost recognised",
    "fx": "Exchange gain (loss negative)",
    "deferred": "Deferred revenue",
    "deferred_current": "of which current",
    "deferred_non_current": "of which non-current",
    "accrued": "Accrued revenue",
    "prepaid": "Prepayments",
    "expense_accrued": "Accrued expenses",
    "translation_adjustment": "Translation adjustment of the period",
}
PARTS = frozenset({"catch_up", "deferred_current", "deferred_non_current"})
"""Rows that are a part of the row above them."""


@dataclass(frozen=True, slots=True)
class GroupEntityView:
    """An entity's part: the close that its figures rest on; no period where there is none."""

    entity: str
    name: str
    currency: str
    period: str
    period_days: str
    step: str
    is_final: bool
    figures: dict[str, str]
    problem: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """The group in a period, in its reporting currency; no figures where a rate is missing."""

    name: str
    period: str
    currency: str
    entities: list[GroupEntityView]
    figures: dict[str, str]
    problems: list[str]
    is_final: bool


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A figure of the page: each entity's, then the group's; empty where it is not known."""

    name: str
    title: str
    is_part: bool
    amounts: list[str]
    total: str


def group_view(work: Work, period: str) -> GroupView:
    """The group's figures. Raises NotFoundError for a period that no entity's calendar has."""
    configuration = work.config.current().configuration
    found = work.group.figures(configuration, period)
    problems = {each.subject: each.message for each in found.result.exceptions}
    entities = []
    for entity in configuration.entities:
        close = found.closes.get(entity.id)
        result = found.by_entity.get(entity.id)
        entities.append(
            GroupEntityView(
                entity=entity.id,
                name=entity.name,
                currency=entity.functional_currency,
                period=close.period if close else "",
                period_days=days(close.period_start, close.period_end) if close else "",
                step=STEPS[Step(close.step)].title if close else "",
                is_final=close is not None and close.step == Step.CLOSED,
                figures=_figures(result),
                problem=problems.get(entity.id, ""),
            )
        )
    return GroupView(
        name=configuration.group.name,
        period=period,
        currency=configuration.group.reporting_currency,
        entities=entities,
        figures=_figures(found.result),
        problems=[*problems.values()],
        is_final=all(entity.is_final for entity in entities),
    )


def _figures(result: GroupResult | None) -> dict[str, str]:
    if result is None or not result.figures:
        return {}
    known = dict(result.figures)
    known["deferred_current"] = known["deferred"] - known["deferred_non_current"]
    return {name: known[name].text() for name in FIGURES}


def group_rows(group: GroupView) -> list[GroupRow]:
    """The figures as rows of a table."""
    return [
        GroupRow(
            name=name,
            title=title,
            is_part=name in PARTS,
            amounts=[entity.figures.get(name, "") for entity in group.entities],
            total=group.figures.get(name, ""),
        )
        for name, title in FIGURES.items()
    ]
