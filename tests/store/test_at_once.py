"""Two transactions decide at the same instant, two hundred times: Postgres lets one of them count."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from accounting.periods import Period
from controls.approval import Decision
from controls.audit import Actor
from store import Store
from store.errors import ConflictError, FourEyesError

ROUNDS, FEW = 200, 50
PATIENCE_S = 20
WORKER_ACTOR = Actor("service", "worker")
SEPTEMBER = Period.month("2026-09")
APPROVAL = Decision(
    entity="uk",
    period="2026-09",
    step="review",
    verdict="approve",
    actor="ruth",
    roles=("reviewer",),
    reason="",
    proposal_hash="ab" * 32,
    nonce="",
    tag="seal",
    level=0,
)
Both = Callable[[Decision, Decision], list[str]]


@pytest.fixture
def both(store: Store) -> Iterator[Both]:
    """Two people's transactions begin, and write when both have: what each was told."""
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.open("uk", SEPTEMBER.name, SEPTEMBER, "priya")
    begun = threading.Barrier(2)

    def decide(round_: int, decision: Decision) -> str:
        try:
            with store.unit_of_work(WORKER_ACTOR) as work:
                work.now()
                begun.wait(PATIENCE_S)
                work.approvals.save_decision(close, round_, decision)
        except ConflictError as error:
            return type(error).__name__
        return ""

    rounds = iter(range(1, ROUNDS + 1))
    with ThreadPoolExecutor(2) as pool:

        def at_once(left: Decision, right: Decision) -> list[str]:
            number = next(rounds)
            told = [pool.submit(decide, number, each) for each in (left, right)]
            return [each.result(PATIENCE_S) for each in told]

        yield at_once


def kept(store: Store) -> list[tuple[int, str]]:
    """Rounds and verdicts on record, and as many events."""
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.of("uk", "2026-09")
        found = [(row.round, row.verdict) for row in work.approvals.decision_rows(close.id or 0)]
        told = [e for e in work.audit.events("uk") if e.verb.startswith("decision.")]
        count, breaks = work.audit.verify()
    assert len(told) == len(found)
    assert (count > len(found), breaks) == (True, [])
    return found


@pytest.mark.parametrize(
    ("nonces", "rounds"),
    [(("left", "right"), ROUNDS), (("same", "same"), FEW)],
    ids=["two_forms", "one_form"],
)
def test_of_two_approvals_by_one_person_one_counts(
    nonces: tuple[str, str], rounds: int, store: Store, both: Both
) -> None:
    for number in range(rounds):
        left, right = (replace(APPROVAL, nonce=f"{nonce}-{number}") for nonce in nonces)
        told = both(left, right)
        assert told.count("") == 1 or (left == right and told == ["", ""]), number
    assert kept(store) == [(number, "approve") for number in range(1, rounds + 1)]


def test_who_submits_and_approves_at_the_same_instant_has_prepared(
    store: Store, both: Both
) -> None:
    """Where Postgres saw the submission first it refuses the approval; else posting will."""
    for number in range(FEW):
        submission = replace(
            APPROVAL, actor=f"p-{number}", verdict="submit", level=-1, nonce=f"s-{number}"
        )
        told = both(submission, replace(APPROVAL, actor=f"p-{number}", nonce=f"a-{number}"))
        assert told in (["", FourEyesError.__name__], ["", ""]), number
    assert len([verdict for _round, verdict in kept(store) if verdict == "submit"]) == FEW
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.of("uk", "2026-09")
        assert set(work.approvals.preparers(close.id or 0)) == {f"p-{n}" for n in range(FEW)}
