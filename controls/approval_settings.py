"""The part of the configuration file that says who must approve: levels, or numbered clauses."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from controls.approval_policy import (
    AMOUNTS,
    ApprovalPolicy,
    Clause,
    Coincidence,
    Condition,
    Fact,
    Job,
)
from controls.recognition_settings import Amount, Part
from controls.steps import UserRole

ClauseId = Annotated[str, Field(pattern=r"^[A-EG-Z][A-Za-z0-9.-]{0,9}$")]
"""Begins with any capital letter but F: those are the program's own (controls/approval.py)."""

NEVER_TOGETHER = frozenset({Job.REVIEW, Job.APPROVE})


class ApprovalLevel(Part):
    """One level: how many people of the role must approve."""

    role: Literal["reviewer", "controller"]
    count: int = Field(default=1, ge=1, le=9)


class ApprovalCondition(Part):
    """When a clause asks for its level. Amounts are absolute, in functional currency."""

    fact: Literal["journal", "movement", "catch_up", "override", "earlier_period"]
    at_least: Amount | None = None

    @model_validator(mode="after")
    def _amount_where_one_belongs(self) -> Self:
        if Fact(self.fact) in AMOUNTS and self.at_least is None:
            raise ValueError(f"{self.fact} needs at_least: from which amount on")
        if Fact(self.fact) not in AMOUNTS and self.at_least is not None:
            raise ValueError(f"{self.fact} is there or not; leave at_least out")
        return self


class ApprovalClause(ApprovalLevel):
    """A level with its number, always asked for or only where its condition holds."""

    id: ClauseId
    when: ApprovalCondition | None = None


class CoincidenceClause(Part):
    """Which jobs one person may do in the same close; preparing goes with none."""

    id: ClauseId
    jobs: list[Literal["review", "approve", "retry", "close"]] = Field(min_length=2)

    @model_validator(mode="after")
    def _two_eyes_stay_four(self) -> Self:
        if {*self.jobs} >= NEVER_TOGETHER:
            raise ValueError("whoever reviewed can't approve the same close as well")
        return self


class ApprovalClauses(Part):
    """The policy in numbered clauses. Jobs that no `may_coincide` names are kept apart."""

    clauses: list[ApprovalClause] = Field(min_length=1)
    may_coincide: list[CoincidenceClause] = Field(default_factory=list)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        ids = [clause.id for clause in self.clauses] + [each.id for each in self.may_coincide]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ValueError(f"two clauses are called {', '.join(twice)}")
        if all(clause.when for clause in self.clauses):
            raise ValueError("one clause at least must hold always: nothing is posted unapproved")
        return self


def _form(value: Any) -> str:
    return "(levels)" if isinstance(value, list) else "(clauses)"


Approval = Annotated[
    Annotated[list[ApprovalLevel], Field(min_length=1), Tag("(levels)")]
    | Annotated[ApprovalClauses, Tag("(clauses)")],
    Discriminator(_form),
]


def policy_of(approval: list[ApprovalLevel] | ApprovalClauses, version: str) -> ApprovalPolicy:
    """The policy as the judge takes it. Bare levels are clauses A1, A2 … in their order."""
    if isinstance(approval, list):
        return ApprovalPolicy(
            version,
            tuple(
                Clause(f"A{number}", UserRole(level.role), level.count)
                for number, level in enumerate(approval, start=1)
            ),
        )
    return ApprovalPolicy(
        version,
        tuple(
            Clause(clause.id, UserRole(clause.role), clause.count, _condition(clause.when))
            for clause in approval.clauses
        ),
        tuple(
            Coincidence(clause.id, tuple(Job(job) for job in clause.jobs))
            for clause in approval.may_coincide
        ),
    )


def _condition(given: ApprovalCondition | None) -> Condition | None:
    return Condition(Fact(given.fact), Decimal(given.at_least or 0)) if given else None
