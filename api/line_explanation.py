"""How the figures of a line came about, as people read it: the core's sums, checked against record.

What is on record now is read again through the core's own rules. Where it gives another figure than
the close's proposal has, nothing is explained, and the page says so.
"""

from dataclasses import dataclass
from datetime import date

from accounting.book import LinePosition
from accounting.currency import STATED
from accounting.engine import subledger_of
from accounting.explain import TITLES, explain
from accounting.explained import DatesRead, Explanation, RateUsed, figure_of
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import Rule
from accounting.service_period import Chosen, ChosenBy
from accounting.written import amount, day, rate
from api.wording import method
from controls.configuration import EntityConfig
from models import CloseRow, PositionRow
from store import Work
from store.positions import position_of
from store.rates import SPOT


@dataclass(frozen=True, slots=True)
class TermView:
    """A term of a sum: how it comes about, and its amount, which may not be rounded yet."""

    words: str
    amount: str


@dataclass(frozen=True, slots=True)
class SumView:
    """A figure and the terms that sum to it; `figure` is its name in a position."""

    figure: str
    title: str
    terms: list[TermView]
    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class RateView:
    """A rate that the figures rest on: of which kind and day, what for, and where it comes from."""

    pair: str
    rate: str
    what: str
    used_for: str
    source: str


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """How a line's figures came about.

    `rule` says which rule of the policy gave the method, `dates` which words of a text the days
    were read from. `note` tells of a line that stands still or is gone. Where `why_not` says
    something, there are no sums: what is on record now gives other figures.
    """

    sums: list[SumView]
    rule: str
    dates: str
    rates: list[RateView]
    note: str
    why_not: str


def explanation_of(work: Work, close: CloseRow, row: PositionRow) -> ExplanationView:
    """How the line's figures in the close's proposal came about."""
    assert close.proposal_id is not None
    config = work.config.version(work.proposals.get(close.proposal_id).config_id)
    entity = config.entity(close.entity_id)
    policy = entity.policy(config.sha256)
    book = work.books.of_line(close, row, policy)
    subledger = subledger_of(book, policy, Period(close.period_start, close.period_end))
    kept = position_of(row, policy.functional_currency)
    now = next((each for each in subledger.positions if each.line == row.line), None)
    if why := _why_not(kept, now):
        return ExplanationView([], "", "", [], "", why)
    told = explain(subledger, row.line, close.period_end)
    return ExplanationView(
        sums=_sums(told),
        rule=_rule(told.chosen, row.method, entity) if told.chosen else "",
        dates=_dates(told.dates_read) if told.dates_read else "",
        rates=[_rate(work, close.entity_id, each) for each in told.rates],
        note=told.note,
        why_not="",
    )


def _why_not(kept: LinePosition, now: LinePosition | None) -> str:
    """Where what is on record now gives another figure than the proposal: which, and what to do."""
    if now is None:
        return "No document on record lists this line any more. Have the close calculate anew."
    for figure in TITLES:
        was, is_now = _given(kept, figure), _given(now, figure)
        if was != is_now:
            return _differs(TITLES[figure], str(was), str(is_now))
    if {k: v for k, v in kept.closing.items() if v} != {k: v for k, v in now.closing.items() if v}:
        closing = (", ".join(map(str, each.closing.values())) or "none" for each in (kept, now))
        return _differs("Closing balance", *closing)
    return ""


def _given(position: LinePosition, figure: str) -> Money:
    """The figure; nothing of what a position may not have."""
    if figure == "non_current" and position.non_current is None:
        return Money.zero(position.ahead.currency)
    return figure_of(position, figure)


def _differs(title: str, was: str, now: str) -> str:
    return (
        f"{title} is {was} in this proposal, and what is on record now gives {now}: documents, "
        "answers or rates have changed since it was made, or what was closed before it. The "
        "proposal stands as it was decided; a close that is still open shows the change once it "
        "calculates anew."
    )


def _sums(told: Explanation) -> list[SumView]:
    return [
        SumView(
            figure=each.figure,
            title=each.title,
            terms=[
                TermView(term.words, text)
                for term, text in zip(each.terms, each.amounts(), strict=True)
            ],
            amount=amount(each.result.minor, each.result.currency),
            currency=each.result.currency,
        )
        for each in told.sums
    ]


def _rule(chosen: Chosen, name: str, entity: EntityConfig) -> str:
    """Which rule gave the method, by number and in its own words."""
    match chosen.by:
        case ChosenBy.LINE:
            words = f"the document line's own method: {method(name)}"
        case ChosenBy.RULE:
            assert chosen.rule is not None
            words = (
                f"rule {chosen.number} of {entity.name}'s recognition, the first that fits "
                f"({_conditions(chosen.rule)}): {method(name)}"
            )
        case ChosenBy.DEFAULT:
            words = f"{entity.name}'s default, as no rule fits: {method(name)}"
    if chosen.whole:
        return f"{words}; it is immaterial, and so earned whole on its document's date"
    return words


def _conditions(rule: Rule) -> str:
    """What the rule asks of a line."""
    told = [
        f"{name} {value}"
        for name, value in (
            ("product", rule.product),
            ("account", rule.account),
            ("currency", rule.currency),
            ("type", rule.type),
            ("tagged", " ".join(rule.tag) if rule.tag else None),
            ("amount from", rule.amount_from),
            ("amount below", rule.amount_below),
            ("dated from", day(rule.valid_from) if rule.valid_from else None),
            ("dated to", day(rule.valid_to) if rule.valid_to else None),
        )
        if value is not None
    ]
    return ", ".join(told) or "every line"


def _dates(read: DatesRead) -> str:
    return (
        f"“{read.matched}” in “{read.text}”, by the rule {read.rule.replace('_', ' ')}, "
        f"confidence {read.confidence} of 1"
    )


def _rate(work: Work, entity: str, used: RateUsed) -> RateView:
    quote = used.quote
    stated = quote.kind == STATED
    at = day(date.fromisoformat(quote.at)) if quote.kind == SPOT else quote.at
    what = f"stated by {at}" if stated else f"{quote.kind} of {at}"
    origin = work.rates.origin(entity, used.source, used.target, quote)
    return RateView(
        pair=f"{used.source} to {used.target}",
        rate=rate(quote.rate),
        what=what,
        used_for=used.used_for,
        source="the document itself" if stated else origin,
    )
