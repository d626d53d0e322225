"""The approval policy: numbered clauses, and which levels they ask of one proposal.

A clause adds a level of approval, always or only where its condition holds of the proposal. The
order of the levels is that of the clauses. Which jobs one person may do in the same close is a
clause too; whatever no clause allows is kept apart (four eyes).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from controls.steps import UserRole


class Fact(StrEnum):
    """What a clause's condition looks at. Amounts are absolute, in functional currency."""

    JOURNAL = "journal"
    """The largest journal's total."""
    MOVEMENT = "movement"
    """The largest change of a balance account since the last close."""
    CATCH_UP = "catch_up"
    """What belongs to closed periods, summed over the lines without regard to sign."""
    OVERRIDE = "override"
    """Somebody answered an exception in this close."""
    EARLIER_PERIOD = "earlier_period"
    """A journal is dated before the period, or the period is closed anew."""


AMOUNTS = frozenset({Fact.JOURNAL, Fact.MOVEMENT, Fact.CATCH_UP})
"""The facts that are amounts: a condition on one says from which amount on it holds."""


class Job(StrEnum):
    """What a person does in a close, as far as four eyes go. `close` explains and signs off."""

    PREPARE = "prepare"
    REVIEW = "review"
    APPROVE = "approve"
    RETRY = "retry"
    CLOSE = "close"


JOB_OF = {UserRole.REVIEWER: Job.REVIEW, UserRole.CONTROLLER: Job.APPROVE}
"""The job of who approves at a level of the role."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where the fact is there; of an amount, where it is `at_least` or more."""

    fact: Fact
    at_least: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Clause:
    """One level: how many people of the role must approve, always or where `when` holds."""

    id: str
    role: UserRole
    count: int = 1
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Coincidence:
    """A clause that lets one person do these jobs in the same close."""

    id: str
    jobs: tuple[Job, ...]


BY_DEFAULT = (
    Coincidence("C1", (Job.REVIEW, Job.CLOSE)),
    Coincidence("C2", (Job.APPROVE, Job.CLOSE)),
    Coincidence("C3", (Job.RETRY, Job.CLOSE)),
)
"""What goes with a bare list of levels: whoever did anything but prepare may sign off."""


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """An entity's clauses in their order. `version` is the hash of the configuration."""

    version: str
    clauses: tuple[Clause, ...]
    may_coincide: tuple[Coincidence, ...] = BY_DEFAULT


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy's conditions are asked of: one proposal's, in functional currency."""

    journal: Decimal = Decimal(0)
    movement: Decimal = Decimal(0)
    catch_up: Decimal = Decimal(0)
    override: bool = False
    earlier_period: bool = False

    def data(self) -> dict[str, object]:
        """As canonical data, to be kept with the proposal."""
        return {
            "journal": str(self.journal),
            "movement": str(self.movement),
            "catch_up": str(self.catch_up),
            "override": self.override,
            "earlier_period": self.earlier_period,
        }


def facts_from(approved: Mapping[str, Any]) -> Facts:
    """The facts in what approvals bind to; of a proposal older than conditions, none."""
    kept = approved.get("approval", {}).get("facts", {})
    return Facts(
        journal=Decimal(kept.get("journal", "0")),
        movement=Decimal(kept.get("movement", "0")),
        catch_up=Decimal(kept.get("catch_up", "0")),
        override=kept.get("override", False),
        earlier_period=kept.get("earlier_period", False),
    )


@dataclass(frozen=True, slots=True)
class Level:
    """A level that one proposal needs: how many of the role, asked by which clause, and why."""

    role: UserRole
    count: int = 1
    clause: str = ""
    because: str = ""


def required(policy: ApprovalPolicy, facts: Facts) -> tuple[Level, ...]:
    """The levels that the policy asks of a proposal with these facts, in the clauses' order."""
    return tuple(
        Level(clause.role, clause.count, clause.id, _because(clause.when, facts))
        for clause in policy.clauses
        if clause.when is None or _holds(clause.when, facts)
    )


def approval_data(facts: Facts, levels: tuple[Level, ...]) -> dict[str, object]:
    """Who must approve and why, as canonical data: approvals bind to it with the rest."""
    return {
        "facts": facts.data(),
        "levels": [
            {"clause": level.clause, "role": level.role.value, "count": level.count}
            for level in levels
        ],
    }


def _holds(condition: Condition, facts: Facts) -> bool:
    match condition.fact:
        case Fact.JOURNAL:
            return facts.journal >= condition.at_least
        case Fact.MOVEMENT:
            return facts.movement >= condition.at_least
        case Fact.CATCH_UP:
            return bool(facts.catch_up) and facts.catch_up >= condition.at_least
        case Fact.OVERRIDE:
            return facts.override
        case Fact.EARLIER_PERIOD:
            return facts.earlier_period


def _because(condition: Condition | None, facts: Facts) -> str:
    if condition is None:
        return ""
    match condition.fact:
        case Fact.JOURNAL:
            return f"the largest journal is {facts.journal}, from {condition.at_least} on"
        case Fact.MOVEMENT:
            return f"a balance moved by {facts.movement}, from {condition.at_least} on"
        case Fact.CATCH_UP:
            return f"the catch-up is {facts.catch_up}, from {condition.at_least} on"
        case Fact.OVERRIDE:
            return "an exception was answered by hand"
        case Fact.EARLIER_PERIOD:
            return "an earlier period is posted into"


def coincidence(clauses: tuple[Coincidence, ...], one: Job, other: Job) -> Coincidence | None:
    """The clause that lets one person do both jobs, or None: then two people do them."""
    return next((c for c in clauses if one in c.jobs and other in c.jobs), None)
