"""The judge: who may decide what, and the name of every refusal."""

from dataclasses import replace

import pytest

from controls.approval import (
    Accepted,
    ApprovalPolicy,
    Decision,
    Level,
    Reason,
    Refused,
    Standing,
    Verdict,
    at_level,
    covered,
    judge,
)
from controls.authenticity import Signer, Verifier, new_key_pair
from controls.steps import Step, UserRole

POLICY = ApprovalPolicy("v1", (Level(UserRole.REVIEWER), Level(UserRole.CONTROLLER)))


def decision(actor: str, role: str, verdict: str = Verdict.APPROVE, **given) -> Decision:
    return Decision(
        **{
            "entity": "uk", "period": "2026-09", "step": Step.REVIEW, "verdict": verdict,
            "actor": actor, "roles": (role,), "reason": "", "proposal_hash": "h1",
            "nonce": f"{actor}-{verdict}", **given,
        }
    )  # fmt: skip


SUBMITTED = at_level(decision("priya", "preparer", Verdict.SUBMIT), -1)
STANDING = Standing("uk", "2026-09", Step.REVIEW, "h1", POLICY, (SUBMITTED,), ("priya",))


def test_reviewer_and_then_controller_complete_the_review():
    first = judge(decision("ruth", "reviewer"), STANDING)
    assert first == Accepted(level=0, completes=False)
    taken = (SUBMITTED, at_level(decision("ruth", "reviewer"), 0))
    assert judge(decision("carl", "controller"), replace(STANDING, taken=taken)) == Accepted(
        1, completes=True
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (decision("ruth", "reviewer", proposal_hash="h0"), Reason.STALE),
        (decision("carl", "controller"), Reason.WRONG_ROLE),
        (decision("priya", "reviewer"), Reason.OWN_PROPOSAL),
        (decision("ruth", "reviewer", step=Step.SIGN_OFF), Reason.WRONG_STEP),
        (decision("ruth", "reviewer", Verdict.REJECT), Reason.REASON_MISSING),
        (decision("ruth", "reviewer", period="2026-08"), Reason.WRONG_CLOSE),
        (decision("ruth", "reviewer", "maybe"), Reason.UNKNOWN_VERDICT),
    ],
)
def test_a_decision_that_does_not_count_is_refused_by_name(asked, reason):
    refused = judge(asked, STANDING)
    assert isinstance(refused, Refused)
    assert refused.reason is reason


def test_a_decision_without_our_seal_is_refused_before_anything_else():
    refused = judge(decision("ruth", "reviewer"), STANDING, tag_valid=False)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.BAD_TAG


def test_the_same_person_cannot_approve_at_two_levels():
    taken = (SUBMITTED, at_level(decision("ruth", "reviewer"), 0))
    refused = judge(decision("ruth", "controller"), replace(STANDING, taken=taken))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.ALREADY_DECIDED


def test_only_the_whole_chain_of_approvals_covers_a_posting():
    whole = (SUBMITTED, decision("ruth", "reviewer"), decision("carl", "controller"))
    assert covered(whole, STANDING) is None
    assert covered(whole[:2], STANDING) is not None
    assert covered(
        (SUBMITTED, decision("ruth", "reviewer"), decision("priya", "controller")), STANDING
    )


def test_a_tag_holds_for_exactly_the_decision_it_was_made_for():
    private, public = new_key_pair()
    signed = decision("ruth", "reviewer")
    signed = replace(signed, tag=Signer(private).tag(signed))
    assert Verifier(public).valid(signed)
    assert not Verifier(public).valid(replace(signed, actor="carl"))
    assert not Verifier(new_key_pair()[1]).valid(signed)
