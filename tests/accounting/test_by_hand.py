"""Journals that people booked by hand: the proposal posts the rest, and balances come to the target."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from accounting.book import Book, BookedPart, Calculation, JournalLine
from accounting.by_hand import by_role, moved, others, without
from accounting.engine import calculate, carried_forward
from accounting.periods import Period
from accounting.policy import Accruals, Role
from tests.builders import POLICY, T0, contract, invoice, line, usd

SEPTEMBER, OCTOBER = Period.month("2026-09"), Period.month("2026-10")
DAY = date(2026, 9, 20)
TWO_MONTHS = {"service_start": date(2026, 9, 1), "service_end": date(2026, 10, 31)}
THEIRS = "ledger journal 7"
ACCOUNTS = replace(POLICY.accounts, revenue=("REV", "SUB"), fx_gain_loss="FX")
TWO_ACCOUNTS = replace(POLICY, accounts=ACCOUNTS)


def debit(account: str, amount: str, **tracking: str) -> JournalLine:
    return JournalLine(account, None, usd(amount), usd("0"), tuple(tracking.items()))


def credit(account: str, amount: str, **tracking: str) -> JournalLine:
    return JournalLine(account, None, usd("0"), usd(amount), tuple(tracking.items()))


def booked(*lines: JournalLine) -> tuple[BookedPart, ...]:
    return moved(THEIRS, DAY, lines, ACCOUNTS)


def book(*documents: object, **given: object) -> Book:
    known = tuple(documents)
    return Book("USD", T0, known, last_closed=T0, **given)  # type: ignore[arg-type]


def posted(calculation: Calculation) -> dict[str, list[tuple[str, str, str]]]:
    return {
        journal.kind.value: [
            (each.account, each.debit.text(), each.credit.text()) for each in journal.lines
        ]
        for journal in calculation.journals
    }


def in_the_ledger(book: Book, calculation: Calculation, by_hand: Iterable[BookedPart]) -> object:
    """What the balance accounts hold once everything is posted."""
    ours = [part for journal in calculation.journals for part in journal.parts]
    everything = [
        *book.booked,
        *by_hand,
        *(BookedPart(p.line, p.unit, p.role, p.account, p.dimensions, p.amount) for p in ours),
    ]
    return {role: amount for role, amount in by_role(everything).items() if amount}


def held(calculation: Calculation) -> object:
    return {role: amount for role, amount in calculation.closing.items() if amount}


SOLD = invoice("INV-1", "2026-09-01", line("61.00", **TWO_MONTHS))
"""Thirty of sixty-one days are September's."""


def test_what_did_the_whole_of_the_work_leaves_nothing_to_post() -> None:
    theirs = booked(debit("REV", "31.00"), credit("DEF", "31.00"))
    calculated = calculate(book(SOLD, by_hand=theirs), POLICY, SEPTEMBER)
    assert posted(calculated) == {}
    (part,) = calculated.by_hand
    assert (part.line, part.role, part.amount) == ("INV-1/1", Role.DEFERRED_REVENUE, usd("31.00"))


def test_what_did_a_part_of_it_leaves_the_rest() -> None:
    theirs = booked(debit("REV", "30.99"), credit("DEF", "30.99"))
    calculated = calculate(book(SOLD, by_hand=theirs), POLICY, SEPTEMBER)
    assert posted(calculated) == {"deferral": [("REV", "0.01", "0.00"), ("DEF", "0.00", "0.01")]}


def test_what_did_too_much_is_taken_back_by_the_difference() -> None:
    theirs = booked(debit("REV", "40.00"), credit("DEF", "40.00"))
    calculated = calculate(book(SOLD, by_hand=theirs), POLICY, SEPTEMBER)
    assert posted(calculated) == {"release": [("DEF", "9.00", "0.00"), ("REV", "0.00", "9.00")]}
    assert sorted(each.line for each in calculated.by_hand) == ["INV-1/1", THEIRS]


def test_revenue_of_another_account_is_put_where_it_belongs() -> None:
    theirs = booked(debit("SUB", "31.00"), credit("DEF", "31.00"))
    calculated = calculate(book(SOLD, by_hand=theirs), TWO_ACCOUNTS, SEPTEMBER)
    assert posted(calculated) == {
        "deferral": [("REV", "31.00", "0.00"), ("DEF", "0.00", "31.00")],
        "release": [("DEF", "31.00", "0.00"), ("SUB", "0.00", "31.00")],
    }


def test_a_line_of_the_same_tracking_goes_before_others() -> None:
    north, south = (("Region", "North"),), (("Region", "South"),)
    sold = invoice(
        "INV-1",
        "2026-09-01",
        line("61.00", dimensions=north, **TWO_MONTHS),
        line("61.00", id="2", dimensions=south, **TWO_MONTHS),
    )
    theirs = booked(debit("REV", "31.00", Region="South"), credit("DEF", "31.00"))
    calculated = calculate(book(sold, by_hand=theirs), POLICY, SEPTEMBER)
    (part,) = calculated.by_hand
    assert (part.line, part.dimensions) == ("INV-1/2", south)
    untracked = booked(debit("REV", "62.00"), credit("DEF", "62.00"))
    assert posted(calculate(book(sold, by_hand=untracked), POLICY, SEPTEMBER)) == {}


@pytest.mark.parametrize("amount", ["12.34", "31.00", "50.00", "-8.00"])
@pytest.mark.parametrize("accruals", list(Accruals))
def test_the_ledger_comes_to_the_target_and_the_next_period_goes_on_from_there(
    amount: str, accruals: Accruals
) -> None:
    ahead = contract("C-1", "2026-09-01", line("122.00", obligation=None, **TWO_MONTHS))
    policy = replace(POLICY, accruals=accruals)
    lines = (
        (debit("REV", amount), credit("DEF", amount))
        if not amount.startswith("-")
        else (debit("DEF", amount[1:]), credit("REV", amount[1:]))
    )
    theirs = (*booked(*lines), *booked(debit("ACC", "5.00"), credit("REV", "5.00")))
    start = book(SOLD, ahead, by_hand=theirs)
    september = calculate(start, policy, SEPTEMBER)
    assert by_role(september.by_hand) == by_role(theirs)
    again = calculate(
        replace(start, booked=carried_forward(start, september).booked[len(september.by_hand) :]),
        policy,
        SEPTEMBER,
    )
    assert posted(again) == {}  # the same, calculated again before its sign-off
    on_the_day = [j for j in september.journals if j.date <= SEPTEMBER.end]
    assert in_the_ledger(start, replace(september, journals=tuple(on_the_day)), theirs) == held(
        september
    )
    carried = carried_forward(start, september)
    assert posted(calculate(carried, policy, SEPTEMBER)) == {}
    october = calculate(carried, policy, OCTOBER)
    untouched = carried_forward(book(SOLD, ahead), calculate(book(SOLD, ahead), policy, SEPTEMBER))
    assert posted(october) == posted(calculate(untouched, policy, OCTOBER))


def test_what_counted_and_is_gone_from_the_ledger_is_posted_by_us() -> None:
    theirs = booked(debit("REV", "31.00"), credit("DEF", "31.00"))
    start = book(SOLD, by_hand=theirs)
    carried = carried_forward(start, calculate(start, POLICY, SEPTEMBER))
    gone = replace(carried, by_hand=without(theirs))
    october = calculate(gone, POLICY, OCTOBER)
    assert october.closing[Role.DEFERRED_REVENUE] == usd("0.00")
    moved_by_us = by_role(
        BookedPart(p.line, p.unit, p.role, p.account, p.dimensions, p.amount)
        for journal in october.journals
        for p in journal.parts
    )
    assert moved_by_us.get(Role.DEFERRED_REVENUE, usd("0.00")) == usd("0.00")


def test_of_one_that_counted_and_was_changed_the_difference_is_laid_upon_the_lines() -> None:
    before, now = (
        booked(debit("REV", amount), credit("DEF", amount)) for amount in ("31.00", "30.00")
    )
    start = book(SOLD, by_hand=before)
    carried = carried_forward(start, calculate(start, POLICY, SEPTEMBER))
    october = calculate(replace(carried, by_hand=(*without(before), *now)), POLICY, OCTOBER)
    assert [(part.line, part.amount) for part in october.by_hand] == [("INV-1/1", usd("-1.00"))]
    (journal,) = october.journals
    assert [(part.line, part.amount) for part in journal.parts] == [("INV-1/1", usd("-30.00"))]
    same = calculate(replace(carried, by_hand=(*without(before), *before)), POLICY, OCTOBER)
    assert same.by_hand == ()


def test_a_gain_that_was_booked_by_hand_is_not_booked_again_as_revenue() -> None:
    """Nothing of the period gained: all of it is taken back, against the exchange account."""
    theirs = booked(debit("ACC", "3.00"), credit("FX", "3.00"))
    calculated = calculate(book(SOLD, by_hand=theirs), TWO_ACCOUNTS, SEPTEMBER)
    assert posted(calculated)["accrual_reversal"] == [
        ("FX", "3.00", "0.00"),
        ("ACC", "0.00", "3.00"),
    ]


def test_balance_accounts_that_face_each_other_cancel_out_on_the_result_account() -> None:
    parts = booked(debit("DEF", "10.00"), credit("ACC", "10.00"))
    assert [(p.role, p.account, p.amount) for p in parts] == [
        (Role.DEFERRED_REVENUE, "REV", usd("-10.00")),
        (Role.ACCRUED_REVENUE, "REV", usd("-10.00")),
    ]
    assert booked(debit("REV", "2.00"), credit("SUB", "2.00")) == ()


def test_an_account_that_the_close_never_posts_to_is_named() -> None:
    paid = (debit("BANK", "500.00"), credit("DEF", "500.00"))
    assert others(paid, ACCOUNTS) == ("BANK",)
    assert others((debit("FX", "1.00"), credit("ACC", "1.00")), ACCOUNTS) == ()


def test_what_is_explained_is_a_reconciling_item_and_posts_nothing() -> None:
    for_another_reason = {Role.DEFERRED_REVENUE: usd("500.00")}
    calculated = calculate(book(SOLD, explained=for_another_reason), POLICY, SEPTEMBER)
    assert calculated.reconciling == {Role.DEFERRED_REVENUE: usd("-500.00")}
    assert posted(calculated) == posted(calculate(book(SOLD), POLICY, SEPTEMBER))
