"""Four eyes in Postgres itself: whoever writes the row, by whatever program, is refused."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from accounting.periods import Period
from controls.audit import Actor
from store import Store
from tests.store.database import Database
from tieout.embedded.postgres import OWNER, SUPERUSER, WORKER

SEPTEMBER = Period.month("2026-09")
ROLES = [WORKER, OWNER, SUPERUSER]
INSERT = """
insert into decision (close_id, round, step, level, verdict, actor, roles, reason, proposal_hash,
    nonce, tag, clause, delegations, seen, kinds)
values ((select id from close), %(round)s, %(step)s, %(level)s, %(verdict)s, %(actor)s, 'reviewer',
    '', 'h', gen_random_uuid(), 'forged', 'A1', '[]', '', %(kinds)s)
"""
APPROVAL = {
    "round": 1,
    "step": "review",
    "level": 0,
    "verdict": "approve",
    "actor": "ruth",
    "kinds": "",
}
SUBMISSION = {**APPROVAL, "verdict": "submit", "level": -1, "actor": "priya"}


@pytest.fixture
def close(database: Database) -> Iterator[Database]:
    """A close of uk's first period: priya submitted it, paul answered an exception in it."""
    store = Store(database.worker)
    with store.unit_of_work(Actor("service", "worker")) as work:
        work.closes.open("uk", SEPTEMBER.name, SEPTEMBER, "priya")
    store.close()
    with psycopg.connect(database.worker) as work:
        work.execute(INSERT, SUBMISSION)
        work.execute(
            "insert into resolution (close_id, entity_id, code, subject, remedy, reason, actor, "
            "nonce) values ((select id from close), 'uk', 'c', 's', 'exclude', 'r', 'paul', 'n')"
        )
    with psycopg.connect(database.api) as work:
        work.execute(
            "insert into adoption_import (entity_id, file_hash, imported_by) "
            "values ('uk', 'f', 'ian')"
        )
    yield database


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("actor", ["priya", "paul", "ian"])
@pytest.mark.parametrize("step", ["review", "sign_off"])
def test_whoever_prepared_approves_nothing(
    step: str, actor: str, role: str, close: Database
) -> None:
    with (
        psycopg.connect(close.of(role)) as work,
        pytest.raises(errors.CheckViolation, match=f"Four eyes: {actor} prepared this close"),
    ):
        work.execute(INSERT, {**APPROVAL, "actor": actor, "step": step})


@pytest.mark.parametrize("role", ROLES)
def test_nobody_approves_a_proposal_twice_at_whatever_level(role: str, close: Database) -> None:
    with psycopg.connect(close.of(role)) as work:
        work.execute(INSERT, APPROVAL)
        with pytest.raises(errors.UniqueViolation):
            work.execute(INSERT, {**APPROVAL, "level": 1})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"kinds": "accrual,release"}, {"kinds": "release"}),
        ({"kinds": "release"}, {"kinds": ""}),
        ({}, {"kinds": "release"}),
        ({"kinds": "release"}, {"kinds": "accrual", "level": 1}),
    ],
)
@pytest.mark.parametrize("role", ROLES)
def test_nobody_approves_a_kind_of_journal_twice_or_at_two_levels(
    role: str, first: dict[str, object], second: dict[str, object], close: Database
) -> None:
    with psycopg.connect(close.of(role)) as work:
        work.execute(INSERT, {**APPROVAL, **first})
        work.execute(INSERT, {**APPROVAL, "kinds": "deferral"}) if first.get("kinds") else None
        with pytest.raises(errors.UniqueViolation):
            work.execute(INSERT, {**APPROVAL, **second})


def test_not_even_with_triggers_switched_off_for_the_session(close: Database) -> None:
    """As a replica Postgres fires only what is said to fire always."""
    with psycopg.connect(close.superuser) as work:
        work.execute("set session_replication_role = replica")
        with pytest.raises(errors.CheckViolation):
            work.execute(INSERT, {**APPROVAL, "actor": "priya"})


def test_an_approval_does_not_become_a_preparer_s_by_an_update(close: Database) -> None:
    with psycopg.connect(close.superuser) as work:
        work.execute(INSERT, APPROVAL)
        with pytest.raises(errors.CheckViolation):
            work.execute("update decision set actor = 'priya' where verdict = 'approve'")


def test_others_approve_and_a_new_round_is_decided_anew(close: Database) -> None:
    with psycopg.connect(close.worker) as work:
        work.execute(INSERT, APPROVAL)
        work.execute(INSERT, {**APPROVAL, "actor": "carl", "level": 1})
        work.execute(INSERT, {**APPROVAL, "actor": "carl", "step": "sign_off"})
        work.execute(INSERT, {**APPROVAL, "round": 2})
        work.execute(INSERT, {**SUBMISSION, "round": 2, "actor": "ruth"})
        count = work.execute("select count(*) from decision where verdict = 'approve'")
        assert count.fetchone() == (4,)


def test_an_import_binds_the_first_close_alone(close: Database) -> None:
    """Who imported the start of the first period did not prepare the second one."""
    store = Store(close.worker)
    october = Period.month("2026-10")
    with store.unit_of_work(Actor("service", "worker")) as work:
        second = work.closes.open("uk", october.name, october, "priya").id
    store.close()
    with psycopg.connect(close.worker) as work:
        work.execute(INSERT.replace("(select id from close)", str(second)),
                     {**APPROVAL, "actor": "ian"})  # fmt: skip


def test_an_answer_and_an_approval_by_one_person_can_not_pass_each_other(close: Database) -> None:
    """Whoever holds the close's row is waited for: the approval sees what was written meanwhile."""
    with psycopg.connect(close.worker) as answering, psycopg.connect(close.worker) as approving:
        answering.execute("select from close for update")
        approving.execute("set lock_timeout = '200ms'")
        with pytest.raises(errors.LockNotAvailable):
            approving.execute(INSERT, APPROVAL)
