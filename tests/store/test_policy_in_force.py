"""The policy's clauses on a real close: what the calculation asks for, posting insists on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import Doors, PostActivities, ReviewActivities
from controls.approval import Decision, Verdict
from controls.audit import Actor
from controls.authenticity import Signer, Verifier, new_key_pair
from controls.delegation import Delegation
from controls.messages import Answer, Calculated, CloseRef, RecordDecision
from tests.store.database import Database
from tests.store.month_end import MonthEnd, configured, invoice, line, over

POLICY = {
    "clauses": [
        {"id": "A1", "role": "reviewer"},
        {"id": "A2", "role": "controller", "when": {"fact": "journal", "at_least": "1000.00"}},
        {"id": "A3", "role": "controller", "when": {"fact": "movement", "at_least": "99999"}},
        {"id": "A4", "role": "reviewer", "when": {"fact": "override"}},
    ],
    "may_coincide": [{"id": "C1", "jobs": ["approve", "close"]}],
}
CORA = Actor("user", "cora")


class Review:
    """A month-end whose decisions are signed and recorded as the workflow would."""

    def __init__(self, database: Database) -> None:
        private, public = new_key_pair()
        self.database = database
        self.month_end = MonthEnd(database, configured(approval=POLICY))
        self.signer = Signer(private)
        doors = self.month_end.doors
        self.doors = Doors(doors.store, doors.ledger, doors.crm, Verifier(public))

    def calculated(self, amount: str) -> tuple[CloseRef, Calculated]:
        year = over("2026-09-01", "2027-08-31")
        self.month_end.paper.write(invoice("INV-1", "2026-09-01", line(amount, **year)))
        close = self.month_end.open("2026-09")
        self.month_end.sync(close)
        return close, self.month_end.calculate(close)

    def decide(
        self, close: CloseRef, found: Calculated, actor: str, role: str, level: int, **given: Any
    ) -> Answer:
        made = Decision(
            **{
                "entity": "uk", "period": "2026-09", "step": "review",
                "verdict": Verdict.SUBMIT if level < 0 else Verdict.APPROVE, "actor": actor,
                "roles": (role,), "reason": "looked", "proposal_hash": found.proposal_hash,
                "nonce": f"nonce-{actor}", **given,
            }
        )  # fmt: skip
        signed = replace(made, tag=self.signer.tag(made))
        message = RecordDecision(
            close, found.round, signed.step, signed.verdict, actor, signed.roles, signed.reason,
            signed.proposal_hash, signed.nonce, signed.tag, level, clause=f"A{level + 1}",
            delegation=signed.delegations[0].id if signed.delegations else 0,
            delegations=signed.delegations,
        )  # fmt: skip
        answer: Answer = ActivityEnvironment().run(
            ReviewActivities(self.doors).record_decision, message
        )
        return answer

    def delegated_to_dora(self) -> tuple[Delegation, ...]:
        """The role of a reviewer, for long."""
        with psycopg.connect(self.database.owner) as work:
            work.execute(
                "insert into delegation (entity_id, delegate, reason, role, granted_by, starts_at, "
                "ends_at) values ('uk', 'dora', 'r', 'reviewer', 'carl', '2026-01-01Z', "
                "'2099-01-01Z')"
            )
        with self.month_end.store.unit_of_work(CORA) as work:
            return work.delegations.of_person("uk", "dora")

    def approved(self, close: CloseRef) -> int:
        """How many journals posting lets through. Raises ApplicationError."""
        posting = PostActivities(self.doors)
        return len(ActivityEnvironment().run(posting.approve_journals, close).journal_ids)


@pytest.fixture
def review(altered: Database) -> Iterator[Review]:
    made = Review(altered)
    yield made
    made.month_end.leave()


def asked(found: Calculated) -> list[tuple[str, str]]:
    return [(level.clause, level.role) for level in found.levels]


def test_a_small_proposal_asks_for_the_clause_that_always_holds(review: Review) -> None:
    close, found = review.calculated("365.00")
    assert asked(found) == [("A1", "reviewer")]
    assert [(each.clause, each.jobs) for each in found.may_coincide] == [
        ("C1", ("approve", "close"))
    ]
    review.decide(close, found, "priya", "preparer", -1)
    review.decide(close, found, "ruth", "reviewer", 0)
    assert review.approved(close) == 1


def test_a_large_one_is_not_posted_without_the_level_that_its_amount_adds(review: Review) -> None:
    close, found = review.calculated("12000.00")
    assert asked(found) == [("A1", "reviewer"), ("A2", "controller")]
    assert found.levels[1].because.startswith("the largest journal is 11013.70, from 1000.00")
    review.decide(close, found, "priya", "preparer", -1)
    review.decide(close, found, "ruth", "reviewer", 0)
    with pytest.raises(ApplicationError, match=r"do not complete the review. \(F7\)"):
        review.approved(close)
    review.decide(close, found, "carl", "controller", 1)
    assert review.approved(close) == 1


def test_facts_that_were_made_smaller_afterwards_are_found_out(review: Review) -> None:
    close, found = review.calculated("12000.00")
    review.decide(close, found, "priya", "preparer", -1)
    review.decide(close, found, "ruth", "reviewer", 0)
    with psycopg.connect(review.database.superuser) as work:
        path = "{approved,approval,facts,journal}"
        work.execute("update proposal set summary = jsonb_set(summary, %s, '\"1.00\"')", [path])
    with pytest.raises(ApplicationError, match="does not have the hash that was approved"):
        review.approved(close)


def test_a_delegation_that_is_gone_when_the_decision_is_written_refuses_it(review: Review) -> None:
    close, found = review.calculated("365.00")
    delegations = review.delegated_to_dora()
    review.decide(close, found, "priya", "preparer", -1)
    with review.month_end.api.unit_of_work(CORA) as work:
        work.delegations.revoke(delegations[0].id)
    late = review.decide(close, found, "dora", "auditor", 0, delegations=delegations)
    assert (late.accepted, late.reason, late.clause) == (False, "delegation_ended", "F9")
    with pytest.raises(ApplicationError, match="do not complete"):
        review.approved(close)


def test_what_a_delegate_approved_in_time_is_posted_after_its_end(review: Review) -> None:
    close, found = review.calculated("365.00")
    delegations = review.delegated_to_dora()
    review.decide(close, found, "priya", "preparer", -1)
    assert review.decide(close, found, "dora", "auditor", 0, delegations=delegations).accepted
    with review.month_end.api.unit_of_work(CORA) as work:
        work.delegations.revoke(delegations[0].id)
    assert review.approved(close) == 1


def test_who_prepared_is_told_so_by_the_record_itself(review: Review) -> None:
    close, found = review.calculated("365.00")
    review.decide(close, found, "priya", "preparer", -1)
    refused = review.decide(close, found, "priya", "reviewer", 0, nonce="another")
    assert (refused.reason, refused.clause) == ("own_proposal", "F4")


def test_nobody_approves_what_was_sent_back_a_moment_before(review: Review) -> None:
    """The workflow has heard of both; the record says which was first."""
    close, found = review.calculated("12000.00")
    review.decide(close, found, "priya", "preparer", -1)
    back = {"verdict": Verdict.REJECT, "nonce": "back"}
    assert review.decide(close, found, "ruth", "reviewer", 0, **back).accepted
    assert review.decide(close, found, "ruth", "reviewer", 0, **back).accepted  # clicked twice
    late = review.decide(close, found, "rita", "reviewer", 0)
    assert (late.accepted, late.reason, late.clause) == (False, "stale", "F3")
    assert "sent the proposal back" in late.message


def test_nobody_approves_what_an_exception_was_answered_of_a_moment_before(
    review: Review,
) -> None:
    close, found = review.calculated("12000.00")
    review.decide(close, found, "priya", "preparer", -1)
    with psycopg.connect(review.database.worker) as work:
        work.execute(
            "insert into resolution (close_id, entity_id, code, subject, remedy, reason, actor, "
            "nonce) values (%s, 'uk', 'c', 's', 'exclude', 'r', 'paul', 'n')",
            [close.close_id],
        )
    late = review.decide(close, found, "ruth", "reviewer", 0)
    assert (late.accepted, late.reason, late.clause) == (False, "stale", "F3")


def test_the_event_of_a_proposal_says_who_must_approve_by_which_clause(review: Review) -> None:
    review.calculated("12000.00")
    with review.month_end.store.unit_of_work(CORA) as work:
        made = next(e for e in work.audit.latest("uk", 9) if e.verb == "proposal.made")
    assert made.after["levels"] == [
        {"clause": "A1", "role": "reviewer", "count": 1},
        {"clause": "A2", "role": "controller", "count": 1},
    ]
