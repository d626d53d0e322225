"""Decisions and resolutions: written once, each with its event, whoever sends them again."""

from dataclasses import replace
from typing import Any

import pytest

from accounting.periods import Period
from controls.approval import Decision
from controls.audit import Actor
from controls.delegation import Delegation
from models import ResolutionRow
from store import Store
from store.errors import ConflictError, FourEyesError

WORKER_ACTOR = Actor("service", "worker")
SEPTEMBER = Period.month("2026-09")
APPROVAL = Decision(
    entity="uk",
    period="2026-09",
    step="review",
    verdict="approve",
    actor="ruth",
    roles=("reviewer", "auditor"),
    reason="Checked against the contracts",
    proposal_hash="ab" * 32,
    nonce="form-1",
    tag="seal",
    level=0,
)


def decide(store: Store, *decisions: Decision, round_: int = 1) -> None:
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.open("uk", SEPTEMBER.name, SEPTEMBER, "priya")
        for decision in decisions:
            work.approvals.save_decision(close, round_, decision)


def kept(store: Store, round_: int | None = None) -> tuple[Decision, ...]:
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.of("uk", "2026-09")
        return work.approvals.decisions(close.id or 0, round_)


def verbs(store: Store) -> list[str]:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return [event.verb for event in work.audit.events("uk")]


def test_a_decision_reads_back_with_its_seal_and_its_event_names_the_person(store: Store) -> None:
    decide(store, APPROVAL)
    assert kept(store) == (APPROVAL,)
    with store.unit_of_work(WORKER_ACTOR) as work:
        event = work.audit.latest("uk", 1)[0]
    assert (event.verb, event.actor) == ("decision.approve", Actor("user", "ruth"))
    assert event.hashes == {"proposal": APPROVAL.proposal_hash}
    assert event.reason == APPROVAL.reason


def test_the_event_names_clause_delegation_and_what_was_seen(store: Store) -> None:
    terms = Delegation(
        7, "reviewer", "carl", "2026-10-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"
    )
    delegated = replace(APPROVAL, delegations=(terms,), seen="ef" * 32)
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.open("uk", SEPTEMBER.name, SEPTEMBER, "priya")
        work.approvals.save_decision(close, 1, delegated, "A3", 7)
    assert kept(store) == (delegated,)
    with store.unit_of_work(WORKER_ACTOR) as work:
        event = work.audit.latest("uk", 1)[0]
    assert (event.after["clause"], event.after["delegation"]) == ("A3", 7)
    assert event.hashes == {"proposal": APPROVAL.proposal_hash, "seen": "ef" * 32}


def test_a_preparer_s_approval_is_a_conflict_in_words(store: Store) -> None:
    decide(store, replace(APPROVAL, verdict="submit", level=-1))
    with pytest.raises(FourEyesError, match="You prepared this proposal"):
        decide(store, replace(APPROVAL, nonce="form-2"))
    assert verbs(store) == ["close.started", "decision.submit"]


def test_a_decision_that_is_sent_twice_is_kept_once(store: Store) -> None:
    decide(store, APPROVAL)
    decide(store, APPROVAL)
    decide(store, APPROVAL, APPROVAL)
    assert kept(store) == (APPROVAL,)
    assert verbs(store) == ["close.started", "decision.approve"]


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_a_second_decision_of_a_person_on_a_proposal_is_a_conflict(
    verdict: str, store: Store
) -> None:
    decide(store, APPROVAL)
    second = replace(APPROVAL, verdict=verdict, nonce="form-2")
    with pytest.raises(ConflictError, match="decided on this proposal already"):
        decide(store, second)
    assert kept(store) == (APPROVAL,)
    assert verbs(store) == ["close.started", "decision.approve"]


def test_after_a_conflict_the_rest_of_the_transaction_still_counts(store: Store) -> None:
    decide(store, APPROVAL)
    carls = replace(APPROVAL, actor="carl", nonce="form-3", level=1)
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.of("uk", "2026-09")
        with pytest.raises(ConflictError):
            work.approvals.save_decision(close, 1, replace(APPROVAL, nonce="form-2"))
        work.approvals.save_decision(close, 1, carls)
    assert kept(store) == (APPROVAL, carls)
    assert verbs(store) == ["close.started", "decision.approve", "decision.approve"]


@pytest.mark.parametrize(
    "other",
    [
        {"actor": "carl"},
        {"verdict": "reject"},
        {"proposal_hash": "cd" * 32},
        {"step": "sign_off"},
        {"kinds": ("accrual",)},
    ],
)
def test_a_form_can_not_be_used_for_another_decision(other: dict[str, Any], store: Store) -> None:
    decide(store, APPROVAL)
    with pytest.raises(ConflictError, match="used for another decision"):
        decide(store, replace(APPROVAL, **other))
    assert kept(store) == (APPROVAL,)


def test_a_new_round_or_proposal_is_decided_anew(store: Store) -> None:
    again = replace(APPROVAL, nonce="form-2", proposal_hash="cd" * 32)
    decide(store, APPROVAL)
    decide(store, again, round_=2)
    assert kept(store) == (APPROVAL, again)
    assert kept(store, 2) == (again,)


def test_an_answer_to_an_exception_is_kept_once_and_counts_for_later_periods(store: Store) -> None:
    def resolve(nonce: str, reason: str) -> None:
        with store.unit_of_work(WORKER_ACTOR) as work:
            close = work.closes.open("uk", SEPTEMBER.name, SEPTEMBER, "priya")
            work.approvals.save_resolution(
                close,
                ResolutionRow(
                    close_id=close.id or 0,
                    entity_id="uk",
                    code="no_service_period",
                    subject="inv-7/1",
                    remedy="exclude",
                    reason=reason,
                    actor="priya",
                    nonce=nonce,
                ),
            )

    resolve("form-1", "not ours")
    resolve("form-1", "not ours")
    resolve("form-2", "still not ours")
    with store.unit_of_work(WORKER_ACTOR) as work:
        found = work.approvals.overrides("uk")
        assert [(each.line, each.excluded, each.reason) for each in found] == [
            ("inv-7/1", True, "not ours"),
            ("inv-7/1", True, "still not ours"),
        ]
        assert work.approvals.overrides("de") == ()
        close = work.closes.of("uk", "2026-09")
        assert work.approvals.preparers(close.id or 0) == ("priya",)
    assert verbs(store) == ["close.started", "exception.resolved", "exception.resolved"]
