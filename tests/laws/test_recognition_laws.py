"""Law 1: what is earned goes from nothing to all of it, by every method (docs/accounting.md §10)."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.calendars import CALENDAR_MONTHS, by_weeks
from accounting.methods import METHODS, Terms
from accounting.money import round_half_away
from accounting.periods import ONE_DAY, Period
from accounting.segments import Life
from tests.laws.profiles import books
from tests.strategies_draft import AMOUNTS, EVENT_DAYS, after, days, services
from tests.strategies_entities import TIME_METHODS

WEEKS = by_weeks("4-4-5", date(2023, 7, 2), [("2024", 52), ("2025", 53), ("2026", 52)])
CALENDARS = st.sampled_from([CALENDAR_MONTHS, WEEKS])
SHARES = st.sampled_from([Fraction(n, 12) for n in range(13)])
SIGNED = st.one_of(AMOUNTS, AMOUNTS.map(lambda amount: -amount))
ANY_DAY = days(-200, 1000)


@st.composite
def over_time(draw: st.DrawFn, method: str) -> Terms:
    start, end = draw(services())
    return Terms(method, Period(start, end), draw(CALENDARS), known_start=start)


@st.composite
def reports(draw: st.DrawFn) -> tuple[tuple[date, Fraction], ...]:
    """Completions in the order of their dates, one a day."""
    found = draw(st.dictionaries(EVENT_DAYS, SHARES, max_size=4))
    return tuple(sorted(found.items()))


def all_methods_over_time() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("method", TIME_METHODS)


def test_the_laws_know_every_method():
    assert {name for name, method in METHODS.items() if method.over_time} == set(TIME_METHODS)


@all_methods_over_time()
@given(data=st.data())
@books(40)
def test_over_time_all_is_earned_on_the_last_day_and_nothing_before_the_first(method, data):
    """Law 1: R(end) = P exactly, R(t) = 0 before the start."""
    terms, amount = data.draw(over_time(method)), data.draw(SIGNED)
    life = Life.of(amount, terms)
    assert life.recognised(terms.service.end) == amount
    assert life.recognised(terms.service.day_before) == 0
    assert life.recognised(after(terms.service.end, 400)) == amount


@all_methods_over_time()
@given(data=st.data())
@books(40)
def test_over_time_what_is_earned_never_falls(method, data):
    """Law 1: R monotone in t for P ≥ 0."""
    terms, amount = data.draw(over_time(method)), data.draw(AMOUNTS)
    life = Life.of(amount, terms)
    first, span = terms.service.day_before, terms.service.days
    earned = [life.recognised(after(first, passed)) for passed in range(span + 1)]
    assert earned == sorted(earned)


@all_methods_over_time()
@given(data=st.data())
@books(30)
def test_a_discount_is_earned_as_its_opposite(method, data):
    """§2: R is symmetric, R(−P) = −R(P)."""
    terms, amount, day = data.draw(over_time(method)), data.draw(AMOUNTS), data.draw(ANY_DAY)
    assert Life.of(-amount, terms).recognised(day) == -Life.of(amount, terms).recognised(day)


@given(reports(), SIGNED, ANY_DAY)
@books(100)
def test_completion_is_earned_as_the_latest_report_says(completions, amount, day):
    """Law 1: R = round(P · progress) at every report, P at progress 1."""
    life = Life.of(amount, Terms("percent_complete", None, completions=completions))
    latest = [share for reported, share in completions if reported <= day]
    assert life.recognised(day) == round_half_away(amount * (latest[-1] if latest else 0))


@given(reports(), SIGNED, ANY_DAY)
@books(100)
def test_units_are_earned_as_delivered_and_never_more_than_contracted(delivered, amount, day):
    """Law 1: R = round(P · progress) at every report, P at progress 1."""
    terms = Terms("units", None, units_contracted=Fraction(3, 2), units=delivered)
    done = sum((share for reported, share in delivered if reported <= day), Fraction(0))
    share = min(done * 2 / 3, Fraction(1))
    assert Life.of(amount, terms).recognised(day) == round_half_away(amount * share)


@given(st.lists(EVENT_DAYS, min_size=3, max_size=3), SIGNED, ANY_DAY)
@books(100)
def test_milestones_are_earned_when_reached(reached, amount, day):
    """Law 1: R = round(P · progress) at every report, P at progress 1."""
    weights = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))
    terms = Terms("milestone", None, milestones=tuple(zip(reached, weights, strict=True)))
    done = sum(weight for on, weight in zip(reached, weights, strict=True) if on <= day)
    life = Life.of(amount, terms)
    assert life.recognised(day) == round_half_away(amount * done)
    assert life.recognised(max(reached)) == amount


@given(st.lists(st.tuples(EVENT_DAYS, SIGNED), max_size=4), AMOUNTS, ANY_DAY)
@books(100)
def test_usage_is_earned_as_reported_whatever_was_agreed(reported, agreed, day):
    """Law 1: R = Σ reported."""
    life = Life.of(agreed, Terms("usage", None, usage=tuple(reported)))
    assert life.recognised(day) == sum(amount for on, amount in reported if on <= day)


@given(EVENT_DAYS, EVENT_DAYS, AMOUNTS, ANY_DAY)
@books(100)
def test_a_point_in_time_comes_with_the_delivery_but_not_before_the_service_starts(
    start, delivered, amount, day
):
    """§3: the first delivery, but not before a service start that is given."""
    terms = Terms("point_in_time", Period(start, start), known_start=start, deliveries=(delivered,))
    earned = Life.of(amount, terms).recognised(day)
    assert earned == (amount if day >= start and day >= delivered else 0)


@given(st.lists(AMOUNTS, min_size=1, max_size=4), CALENDARS)
@books(60)
def test_amounts_keyed_in_are_earned_by_the_end_of_their_period(amounts, calendar):
    """Law 1 and §3: what is keyed in for a period is earned by its end, all of it by the last."""
    period, keyed = calendar.containing(date(2024, 1, 10)), []
    for amount in amounts:
        keyed.append((period, amount))
        period = calendar.containing(period.end + ONE_DAY)
    life = Life.of(sum(amounts), Terms("manual", None, calendar, manual=tuple(keyed)))
    for place, (each, _) in enumerate(keyed, start=1):
        assert life.recognised(each.end) == sum(amounts[:place])
    assert life.recognised(keyed[0][0].day_before) == 0


@st.composite
def happenings(draw: st.DrawFn) -> tuple[str, date, int]:
    what = draw(st.sampled_from(["prospective", "cancel", "stop", "imported", "retroactive"]))
    return what, draw(EVENT_DAYS), draw(AMOUNTS)


def happened(life: Life, what: str, day: date, amount: int) -> Life:
    match what:
        case "prospective":
            return life.prospective(day, amount, life.terms)
        case "cancel":
            return life.cancel(day, amount)
        case "stop":
            return life.stop(day)
        case "imported":
            return life.imported(day, amount, life.terms)
        case _:
            return life.retroactive(amount, life.terms, keep_said=True)


@given(
    st.sampled_from(TIME_METHODS).flatmap(over_time), AMOUNTS, st.lists(happenings(), max_size=4)
)
@books(200)
def test_whatever_happens_to_a_line_in_the_end_all_that_is_left_of_it_is_earned(
    terms, amount, events
):
    """Law 1, §7: every sum stays exact, whatever the events."""
    life = Life.of(amount, terms)
    for what, day, other in sorted(events, key=lambda event: event[1]):
        life = happened(life, what, day, other)
    assert life.recognised(date(2030, 1, 1)) == life.total


@given(st.sampled_from(TIME_METHODS).flatmap(over_time), AMOUNTS, EVENT_DAYS, AMOUNTS)
@books(200)
def test_what_was_earned_before_a_prospective_change_stays(terms, amount, day, other):
    """§7, prospective: what was earned before d stays, the rest goes on from there."""
    before = Life.of(amount, terms)
    changed = before.prospective(day, other, terms)
    for earlier in (1, 2, 30, 100):
        assert changed.recognised(after(day, -earlier)) == before.recognised(after(day, -earlier))
    end = max(day, terms.service.end)
    assert changed.recognised(end) == other


@given(st.sampled_from(TIME_METHODS).flatmap(over_time), AMOUNTS, EVENT_DAYS, AMOUNTS)
@books(100)
def test_from_the_day_of_a_cancellation_on_all_that_is_kept_is_earned(terms, amount, day, credit):
    """§7, cancel: recognition stops, from d on R = P − credit; before it nothing changes."""
    before = Life.of(amount, terms)
    cancelled = before.cancel(day, credit)
    assert cancelled.recognised(day) == amount - credit
    assert cancelled.recognised(after(day, 500)) == amount - credit
    assert cancelled.recognised(after(day, -1)) == before.recognised(after(day, -1))
