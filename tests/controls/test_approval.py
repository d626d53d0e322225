"""The judge: who may decide what, and the name and clause of every refusal."""

from dataclasses import replace

import pytest

from controls.approval import (
    Accepted,
    Decision,
    Fixed,
    Level,
    Reason,
    Refused,
    Standing,
    Verdict,
    at_level,
    covered,
    judge,
    open_kinds,
)
from controls.approval_policy import Coincidence, Job
from controls.authenticity import Signer, Verifier, new_key_pair
from controls.delegation import Delegation
from controls.steps import Step, UserRole

LEVELS = (Level(UserRole.REVIEWER, clause="A1"), Level(UserRole.CONTROLLER, clause="A2"))
NOW = "2026-10-05T08:00:00+00:00"


def decision(actor: str, role: str, verdict: str = Verdict.APPROVE, **given) -> Decision:
    return Decision(
        **{
            "entity": "uk", "period": "2026-09", "step": Step.REVIEW, "verdict": verdict,
            "actor": actor, "roles": (role,), "reason": "", "proposal_hash": "h1",
            "nonce": f"{actor}-{verdict}", **given,
        }
    )  # fmt: skip


SUBMITTED = at_level(decision("priya", "preparer", Verdict.SUBMIT), -1)
REVIEWED = at_level(decision("ruth", "reviewer"), 0)
APPROVED = at_level(decision("carl", "controller"), 1)
STANDING = Standing(
    "uk", "2026-09", Step.REVIEW, "h1", LEVELS, taken=(SUBMITTED,), preparers=("priya",), now=NOW
)
RUTHS_TURN_IS_OVER = replace(STANDING, taken=(SUBMITTED, REVIEWED))
CLOSING = replace(STANDING, step=Step.SIGN_OFF, taken=(SUBMITTED, REVIEWED, APPROVED))


def refusal(asked: Decision, standing: Standing = STANDING) -> tuple[Reason, str]:
    refused = judge(asked, standing)
    assert isinstance(refused, Refused)
    assert refused.message.endswith(".")
    return refused.reason, refused.clause


def test_reviewer_and_then_controller_complete_the_review_each_by_the_clause_that_asked():
    first = judge(decision("ruth", "reviewer"), STANDING)
    assert first == Accepted(level=0, completes=False, clause="A1")
    second = judge(decision("carl", "controller"), RUTHS_TURN_IS_OVER)
    assert second == Accepted(1, completes=True, clause="A2")


@pytest.mark.parametrize(
    ("asked", "reason", "clause"),
    [
        (decision("ruth", "reviewer", proposal_hash="h0"), Reason.STALE, Fixed.CURRENT),
        (decision("carl", "controller"), Reason.WRONG_ROLE, "A1"),
        (decision("priya", "reviewer"), Reason.OWN_PROPOSAL, Fixed.FOUR_EYES),
        (decision("ruth", "reviewer", step=Step.SIGN_OFF), Reason.WRONG_STEP, Fixed.PLACE),
        (decision("ruth", "reviewer", Verdict.REJECT), Reason.REASON_MISSING, Fixed.REASON),
        (decision("ruth", "reviewer", period="2026-08"), Reason.WRONG_CLOSE, Fixed.PLACE),
        (decision("ruth", "reviewer", entity="us"), Reason.WRONG_CLOSE, Fixed.PLACE),
        (decision("ruth", "reviewer", "maybe"), Reason.UNKNOWN_VERDICT, Fixed.PLACE),
        (decision("mona", "preparer", "submit"), Reason.ALREADY_DECIDED, Fixed.ONCE),
    ],
)
def test_a_decision_that_does_not_count_is_refused_by_name_and_clause(asked, reason, clause):
    assert refusal(asked) == (reason, clause)


def test_a_decision_without_our_seal_is_refused_before_anything_else():
    refused = judge(decision("ruth", "reviewer"), STANDING, tag_valid=False)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.clause) == (Reason.BAD_TAG, Fixed.SEAL)


def test_the_same_person_cannot_approve_at_two_levels():
    asked = decision("ruth", "controller")
    assert refusal(asked, RUTHS_TURN_IS_OVER) == (Reason.ALREADY_DECIDED, Fixed.ONCE)


def test_a_level_of_two_needs_two_people():
    two = replace(STANDING, levels=(Level(UserRole.REVIEWER, 2, "A1"),))
    assert judge(decision("ruth", "reviewer"), two) == Accepted(0, completes=False, clause="A1")
    half = replace(two, taken=(SUBMITTED, REVIEWED))
    assert refusal(decision("ruth", "reviewer"), half)[0] is Reason.ALREADY_DECIDED
    assert judge(decision("rosa", "reviewer"), half) == Accepted(0, completes=True, clause="A1")


@pytest.mark.parametrize(
    "standing",
    [replace(STANDING, overridden=True), replace(STANDING, suspended=("ruth",))],
    ids=["an exception answered by hand", "an approval again"],
)
def test_an_approval_needs_a_reason_where_something_was_overruled(standing):
    assert refusal(decision("ruth", "reviewer"), standing) == (Reason.REASON_MISSING, Fixed.REASON)
    asked = decision("ruth", "reviewer", reason="The credit is gone")
    assert judge(asked, standing) == Accepted(0, completes=False, clause="A1")


def test_only_who_approved_before_says_why_again():
    again = replace(STANDING, suspended=("carl",))
    assert isinstance(judge(decision("ruth", "reviewer"), again), Accepted)


# -- approval by kinds of journal ---------------------------------------------------------------

KINDS = ("accrual", "deferral", "release")
BY_KIND = replace(STANDING, kinds=KINDS)


def approval(actor: str, role: str, *kinds: str) -> Decision:
    return decision(actor, role, kinds=kinds)


def with_given(standing: Standing, level: int, *given: Decision) -> Standing:
    return replace(standing, taken=(*standing.taken, *(at_level(d, level) for d in given)))


def test_what_is_left_out_of_an_approval_stays_open_and_the_level_waits_for_it():
    all_but_accrual = approval("ruth", "reviewer", "deferral", "release")
    assert judge(all_but_accrual, BY_KIND) == Accepted(0, completes=False, clause="A1")
    partly = with_given(BY_KIND, 0, all_but_accrual)
    assert open_kinds(partly, 0) == ("accrual",)
    assert refusal(approval("carl", "controller"), partly) == (Reason.WRONG_ROLE, "A1")
    rest = approval("ruth", "reviewer", "accrual")
    assert isinstance(judge(rest, partly), Accepted)
    whole = with_given(partly, 0, rest)
    assert judge(approval("carl", "controller"), whole) == Accepted(1, completes=True, clause="A2")


def test_the_last_level_completes_with_its_last_kind():
    reviewed = with_given(BY_KIND, 0, approval("ruth", "reviewer"))
    partly = approval("carl", "controller", "accrual", "release")
    assert judge(partly, reviewed) == Accepted(1, completes=False, clause="A2")
    others = judge(approval("cora", "controller", "deferral"), with_given(reviewed, 1, partly))
    assert others == Accepted(1, completes=True, clause="A2")


def test_a_person_decides_once_on_each_kind_and_may_send_the_rest_back():
    partly = with_given(BY_KIND, 0, approval("ruth", "reviewer", "deferral", "release"))
    for again in (approval("ruth", "reviewer", "accrual", "release"), approval("ruth", "reviewer")):
        assert refusal(again, partly) == (Reason.ALREADY_DECIDED, Fixed.ONCE)
    back = decision("ruth", "reviewer", Verdict.REQUEST_CHANGE, reason="Whose accrual?")
    assert judge(back, partly) == Accepted(0, completes=False, clause="A1")


def test_two_of_two_are_needed_for_each_kind():
    two = replace(BY_KIND, levels=(Level(UserRole.REVIEWER, 2, "A1"),))
    half = with_given(two, 0, approval("ruth", "reviewer"), approval("rosa", "reviewer", "accrual"))
    assert open_kinds(half, 0) == ("deferral", "release")
    assert judge(approval("rosa", "reviewer", "deferral", "release"), half) == Accepted(
        0, completes=True, clause="A1"
    )


@pytest.mark.parametrize("kinds", [("adoption",), ("accrual", "adoption"), ("",)])
def test_kinds_that_the_proposal_has_not_are_refused(kinds):
    assert refusal(approval("ruth", "reviewer", *kinds), BY_KIND) == (
        Reason.UNKNOWN_KIND,
        Fixed.PLACE,
    )


@pytest.mark.parametrize("verdict", [Verdict.SUBMIT, Verdict.REJECT, Verdict.REQUEST_CHANGE])
def test_only_an_approval_is_for_some_kinds(verdict):
    asked = decision("ruth", "reviewer", verdict, kinds=("accrual",), reason="r")
    assert refusal(asked, BY_KIND)[0] is Reason.UNKNOWN_KIND


def test_approvals_by_kind_cover_a_posting_only_together():
    given = (
        SUBMITTED,
        approval("ruth", "reviewer", "accrual"),
        approval("ruth", "reviewer", "deferral", "release"),
        approval("carl", "controller", "deferral", "release"),
    )
    assert covered(given, BY_KIND) is not None
    assert covered((*given, approval("carl", "controller", "accrual")), BY_KIND) is None


# -- which jobs one person may do in the same close ---------------------------------------------

APART = replace(CLOSING, may_coincide=())


def test_who_approved_signs_off_only_by_a_clause_that_says_so():
    asked = decision("carl", "controller", step=Step.SIGN_OFF)
    assert judge(asked, CLOSING) == Accepted(0, completes=True, clause="C2")
    assert refusal(asked, APART) == (Reason.OWN_PROPOSAL, Fixed.FOUR_EYES)
    named = replace(APART, may_coincide=(Coincidence("B7", (Job.APPROVE, Job.CLOSE)),))
    assert judge(asked, named) == Accepted(0, completes=True, clause="B7")
    other = decision("cora", "controller", step=Step.SIGN_OFF)
    assert judge(other, APART) == Accepted(0, completes=True, clause=Fixed.ROLE)


def test_who_sent_failed_journals_again_signs_off_only_by_a_clause_that_says_so():
    asked = decision("otto", "controller", step=Step.SIGN_OFF)
    assert isinstance(judge(asked, replace(CLOSING, retriers=("otto",))), Accepted)
    assert refusal(asked, replace(APART, retriers=("otto",)))[0] is Reason.OWN_PROPOSAL


def test_no_clause_lets_a_preparer_sign_off():
    every = Coincidence("C9", tuple(Job))
    asked = decision("priya", "controller", step=Step.SIGN_OFF)
    found = refusal(asked, replace(CLOSING, may_coincide=(every,)))
    assert found == (Reason.OWN_PROPOSAL, Fixed.FOUR_EYES)


def test_an_explanation_is_a_reason():
    verify = replace(CLOSING, step=Step.VERIFY)
    asked = decision("cora", "controller", step=Step.VERIFY)
    assert refusal(asked, verify) == (Reason.REASON_MISSING, Fixed.REASON)
    assert isinstance(judge(replace(asked, reason="A bank fee"), verify), Accepted)


# -- delegation ----------------------------------------------------------------------------------

OCTOBER = Delegation(
    7, "reviewer", "carl", "2026-10-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"
)


def delegated(*delegations: Delegation, **given) -> Decision:
    return decision("dora", "auditor", delegations=delegations, **given)


def test_a_delegate_decides_as_the_role_and_the_answer_names_the_delegation():
    assert judge(delegated(OCTOBER), STANDING) == Accepted(
        0, completes=False, clause="A1", delegation=7
    )


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"ends_at": NOW}, "ended on 2026-10-05"),
        ({"starts_at": "2026-10-05T08:00:01+00:00"}, "starts on 2026-10-05"),
        ({"revoked_at": NOW}, "was revoked on 2026-10-05"),
    ],
)
def test_a_delegation_that_does_not_hold_now_is_named_with_its_day(terms, words):
    refused = judge(delegated(replace(OCTOBER, **terms)), STANDING)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.clause) == (Reason.DELEGATION_ENDED, Fixed.DELEGATION)
    assert refused.message == f"What carl delegated to you as reviewer {words}."


def test_a_delegation_that_is_revoked_later_still_holds_now():
    later = replace(OCTOBER, revoked_at="2026-10-05T08:00:01+00:00")
    assert isinstance(judge(delegated(later), STANDING), Accepted)


def test_another_role_s_delegation_is_none_and_a_newer_one_replaces_an_old_one():
    assert refusal(delegated(replace(OCTOBER, role="controller")))[0] is Reason.WRONG_ROLE
    ended = replace(OCTOBER, id=6, ends_at="2026-10-02T00:00:00+00:00")
    assert isinstance(judge(delegated(ended, OCTOBER), STANDING), Accepted)


def test_a_delegate_who_prepared_decides_nothing():
    asked = decision("priya", "preparer", delegations=(OCTOBER,))
    assert refusal(asked) == (Reason.OWN_PROPOSAL, Fixed.FOUR_EYES)


# -- what posting asks --------------------------------------------------------------------------


def test_only_the_whole_chain_of_approvals_covers_a_posting():
    whole = (SUBMITTED, decision("ruth", "reviewer"), decision("carl", "controller"))
    assert covered(whole, STANDING) is None
    assert covered(whole[:2], STANDING) is not None
    assert covered(
        (SUBMITTED, decision("ruth", "reviewer"), decision("priya", "controller")), STANDING
    )


def test_each_approval_is_judged_at_the_instant_of_its_record():
    much_later = replace(STANDING, now="2027-01-01T00:00:00+00:00")
    carl = decision("carl", "controller")
    assert covered((SUBMITTED, delegated(OCTOBER, at=NOW), carl), much_later) is None
    late = covered((SUBMITTED, delegated(OCTOBER, at="2026-11-01T00:00:00+00:00"), carl), STANDING)
    assert late is not None
    assert late.reason is Reason.DELEGATION_ENDED


# -- the tag ------------------------------------------------------------------------------------


def test_a_tag_holds_for_exactly_the_decision_it_was_made_for():
    private, public = new_key_pair()
    signed = decision("ruth", "reviewer", delegations=(OCTOBER,), seen="ab" * 32)
    signed = replace(signed, tag=Signer(private).tag(signed))
    assert Verifier(public).valid(signed)
    assert not Verifier(new_key_pair()[1]).valid(signed)
    longer = replace(OCTOBER, ends_at="2027-01-01T00:00:00+00:00")
    for changed in (
        {"actor": "carl"},
        {"kinds": ("accrual",)},
        {"seen": ""},
        {"delegations": ()},
        {"delegations": (longer,)},
    ):
        assert not Verifier(public).valid(replace(signed, **changed))


def test_decisions_from_before_delegations_and_what_was_seen_sign_the_same_bytes():
    assert decision("ruth", "reviewer").signed_bytes() == (
        b'{"actor":"ruth","entity":"uk","nonce":"ruth-approve","period":"2026-09",'
        b'"proposal_hash":"h1","reason":"","roles":["reviewer"],"step":"review",'
        b'"verdict":"approve"}'
    )
