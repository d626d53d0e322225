"""Every (role, relation to the close, step, state of the close) has exactly one answer.

The tables below are what was meant; every cell is asked, for an approval and for a submission. A
word is a refusal's reason, `level 0` an approval that counts there, `ends` one that ends its step.
"""

from dataclasses import replace
from itertools import product

import pytest

from controls.approval import Accepted, Decision, Level, Standing, Verdict, at_level, judge
from controls.steps import Step, UserRole

LEVELS = (Level(UserRole.REVIEWER, clause="A1"), Level(UserRole.CONTROLLER, clause="A2"))
HASH = "ab" * 32
ROLES = [*UserRole, "nobody"]


def decision(actor: str, role: str, step: str, verdict: str) -> Decision:
    roles = (role,) if role != "nobody" else ()
    return Decision("uk", "2026-09", step, verdict, actor, roles, "because", HASH, "nonce")


def taken(*actors: str) -> tuple[Decision, ...]:
    """Somebody submitted, then these approved, level by level."""
    made = [decision("priya", "preparer", Step.REVIEW, Verdict.SUBMIT)]
    made += [
        at_level(decision(actor, "reviewer", Step.REVIEW, Verdict.APPROVE), level)
        for level, actor in enumerate(actors)
    ]
    return tuple(made)


STATES = {"new": (), "submitted": taken(), "reviewed": taken("ruth"), "done": taken("ruth", "carl")}
RELATIONS = {
    "a stranger": "sam",
    "prepared it": "priya",
    "reviewed it": "ruth",
    "approved it": "carl",
    "sent it again": "otto",
}

# Columns: preparer, reviewer, controller, operator, auditor, nobody.
APPROVALS = {
    (Step.REOPEN, "new", "*"): "wrong_role wrong_role ends wrong_role wrong_role wrong_role",
    (Step.REOPEN, "*", "*"): (
        "wrong_role wrong_role already_decided wrong_role wrong_role wrong_role"
    ),
    (Step.REOPEN, "*", "prepared it"): (
        "wrong_role wrong_role own_proposal wrong_role wrong_role wrong_role"
    ),
    (Step.REVIEW, "new", "*"): "not_submitted " * 6,
    (
        Step.REVIEW,
        "submitted",
        "*",
    ): "wrong_role level0 wrong_role wrong_role wrong_role wrong_role",
    (Step.REVIEW, "submitted", "prepared it"): (
        "wrong_role own_proposal wrong_role wrong_role wrong_role wrong_role"
    ),
    (Step.REVIEW, "reviewed", "*"): "wrong_role wrong_role ends wrong_role wrong_role wrong_role",
    (Step.REVIEW, "reviewed", "prepared it"): (
        "wrong_role wrong_role own_proposal wrong_role wrong_role wrong_role"
    ),
    (Step.REVIEW, "reviewed", "reviewed it"): (
        "wrong_role wrong_role already_decided wrong_role wrong_role wrong_role"
    ),
    (Step.REVIEW, "done", "*"): "already_decided " * 6,
    (Step.VERIFY, "*", "*"): "wrong_role wrong_role ends wrong_role wrong_role wrong_role",
    (Step.VERIFY, "*", "prepared it"): (
        "wrong_role wrong_role own_proposal wrong_role wrong_role wrong_role"
    ),
    (Step.SIGN_OFF, "*", "*"): "wrong_role wrong_role ends wrong_role wrong_role wrong_role",
    (Step.SIGN_OFF, "*", "prepared it"): (
        "wrong_role wrong_role own_proposal wrong_role wrong_role wrong_role"
    ),
}
SUBMISSIONS = {
    (Step.REVIEW, "new", "*"): "counts wrong_role wrong_role wrong_role wrong_role wrong_role",
    (Step.REVIEW, "*", "*"): (
        "already_decided wrong_role wrong_role wrong_role wrong_role wrong_role"
    ),
    (Step.REOPEN, "*", "*"): "unknown_verdict " * 6,
    (Step.VERIFY, "*", "*"): "unknown_verdict " * 6,
    (Step.SIGN_OFF, "*", "*"): "unknown_verdict " * 6,
}
NOWHERE_ELSE = "wrong_step " * 6
# Where no clause joins two jobs, whoever did one of them for this proposal does not close it.
APART = "wrong_role wrong_role own_proposal wrong_role wrong_role wrong_role"


def meant(
    table: dict[tuple[Step, str, str], str], step: Step, state: str, relation: str, role: str
) -> str:
    """The cell: the row that says most of the case."""
    cases = product((relation, "*"), (state, "*"))
    rows = [table[step, s, r] for r, s in cases if (step, s, r) in table]
    return (rows or [NOWHERE_ELSE])[0].split()[ROLES.index(role)]


def answered(asked: Decision, standing: Standing) -> str:
    match judge(asked, standing):
        case Accepted(completes=True):
            return "ends"
        case Accepted(level=-1):
            return "counts"
        case Accepted(level=level):
            return f"level{level}"
        case refused:
            return str(refused.reason)


def standing(step: Step, state: str) -> Standing:
    preparers, retriers = ("priya",), ("otto",)
    return Standing(
        "uk", "2026-09", step, HASH, LEVELS,
        taken=STATES[state], preparers=preparers, retriers=retriers,
    )  # fmt: skip


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize(
    ("verdict", "table"), [(Verdict.APPROVE, APPROVALS), (Verdict.SUBMIT, SUBMISSIONS)]
)
def test_every_case_has_the_answer_of_the_table(
    step: Step, verdict: Verdict, table: dict[tuple[Step, str, str], str]
) -> None:
    cases = list(product(STATES, RELATIONS, ROLES))
    assert len(cases) == 4 * 5 * 6
    wrong = [
        (state, relation, role, found, wanted)
        for state, relation, role in cases
        for found in [
            answered(decision(RELATIONS[relation], role, step, verdict), standing(step, state))
        ]
        for wanted in [meant(table, step, state, relation, role)]
        if found != wanted
    ]
    assert not wrong


@pytest.mark.parametrize("relation", ["reviewed it", "approved it", "sent it again"])
@pytest.mark.parametrize("step", [Step.VERIFY, Step.SIGN_OFF])
def test_without_a_clause_nobody_closes_what_they_decided(step: Step, relation: str) -> None:
    apart = replace(standing(step, "done"), may_coincide=())
    found = [
        answered(decision(RELATIONS[relation], role, step, Verdict.APPROVE), apart)
        for role in ROLES
    ]
    assert found == APART.split()


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.REQUEST_CHANGE])
def test_whoever_may_approve_may_send_it_back_and_nobody_else(verdict: Verdict) -> None:
    for state, relation, role in product(STATES, RELATIONS, ROLES):
        actor = RELATIONS[relation]
        approving = answered(
            decision(actor, role, Step.REVIEW, Verdict.APPROVE), standing(Step.REVIEW, state)
        )
        sent_back = answered(
            decision(actor, role, Step.REVIEW, verdict), standing(Step.REVIEW, state)
        )
        counts = "level1" if approving == "ends" else approving
        assert sent_back == counts, (state, relation, role)
