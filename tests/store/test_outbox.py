"""The outbox: who is told what and when, written with the change, sent once, and no figure in it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from temporalio.testing import ActivityEnvironment

from accounting.periods import Period
from activities import Doors, NotifyActivities
from connectors.notifier import FileNotifier, Message, NotifierError
from controls.audit import Actor
from controls.authenticity import Verifier, new_key_pair
from controls.steps import Awaiting, Step
from store import Store
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, configured

WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALWAYS = {"from_hour": 0, "to_hour": 24, "week": WEEK}
PAGE = "https://close.example"


class Broken:
    """A target that takes nothing."""

    def send(self, message: Message) -> None:
        raise NotifierError(f"{message.role} can't be reached.")


class Office:
    """A database with one running close, and the sender."""

    def __init__(self, database: Database, file: Path, **changes: Any) -> None:
        self.database, self.file = database, file
        self.store = Store(database.worker)
        api = Store(database.api)
        with api.unit_of_work(WORKER_ACTOR) as work:
            work.config.apply(configured("uk", working_time=ALWAYS, **changes))
        api.close()
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            self.close = work.closes.open("uk", "2026-09", Period.month("2026-09"), "priya").id or 0

    def stands(self, step: Step, awaiting: Awaiting = Awaiting.NOTHING, *roles: str) -> None:
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            work.closes.move(self.close, step, awaiting, "12.34 GBP differ", roles)

    def notify(self, notifier: Any = None) -> int:
        doors = Doors(
            self.store,
            nobody,
            nobody,
            Verifier(new_key_pair()[1]),
            notifier=notifier or FileNotifier(self.file),
            page_url=PAGE,
        )
        return ActivityEnvironment().run(NotifyActivities(doors).notify)

    def messages(self) -> list[dict[str, str]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def later(self, hours: int) -> None:
        """As if everything had happened so much earlier."""
        with psycopg.connect(self.database.owner) as work:
            work.execute(
                "update notification set made_at = made_at - make_interval(hours => %(h)s), "
                "sent_at = sent_at - make_interval(hours => %(h)s)", {"h": hours},
            )  # fmt: skip

    def rows(self, what: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.owner) as work:
            return work.execute(f"select {what} from notification order by id").fetchall()


def nobody(_config: object) -> NoReturn:
    raise AssertionError("nobody outside is asked")


@pytest.fixture
def office(altered: Database, tmp_path: Path) -> Iterator[Office]:
    opened = Office(altered, tmp_path / "notifications.jsonl")
    yield opened
    opened.store.close()


def test_whoever_is_waited_for_is_told_once_with_a_link_and_without_a_figure(
    office: Office,
) -> None:
    office.stands(Step.RESOLVE, Awaiting.RESOLUTION)
    assert office.notify() == 1
    assert office.notify() == 0
    (message,) = office.messages()
    assert message["role"] == "preparer"
    assert "uk 2026-09, Resolve: exceptions wait for an answer." in message["body"]
    assert f"{PAGE}/closes/uk/2026-09" in message["body"]
    assert "12.34" not in json.dumps(message)


def test_what_came_meanwhile_goes_out_together_once_the_interval_is_over(office: Office) -> None:
    office.stands(Step.RESOLVE, Awaiting.RESOLUTION)
    office.notify()
    office.stands(Step.REVIEW, Awaiting.SUBMISSION)
    assert office.notify() == 0  # the preparer has just been told something
    office.stands(Step.REVIEW, Awaiting.APPROVAL, "reviewer")
    assert office.notify() == 1
    assert [m["role"] for m in office.messages()] == ["preparer", "reviewer"]
    # What the preparer was waited for is done: nobody tells it any more.
    assert office.rows("role, sent_at is not null, dropped_at is not null") == [
        ("preparer", True, False), ("preparer", False, True), ("reviewer", True, False),
    ]  # fmt: skip


def test_a_close_that_only_looks_again_tells_nobody_twice(office: Office) -> None:
    for _look in range(3):
        office.stands(Step.LOCK_CHECK)
        office.stands(Step.LOCK_CHECK, Awaiting.LOCKED)
    assert [role for (role,) in office.rows("role")] == ["preparer", "controller", "operator"]
    office.stands(Step.LOCK_CHECK)  # looking just now: what is unsent is still of interest
    assert office.notify() == 3
    office.stands(Step.VERIFY, Awaiting.DIFFERENCE)
    office.stands(Step.LOCK_CHECK, Awaiting.LOCKED)
    assert len(office.rows("role")) == 9


def test_somebody_who_does_not_act_is_reminded_and_then_the_controller_hears(
    office: Office,
) -> None:
    office.stands(Step.REVIEW, Awaiting.SUBMISSION)
    office.notify()
    office.later(7)
    assert office.notify() == 0
    office.later(1)
    assert office.notify() == 1
    assert office.notify() == 0
    office.later(16)
    assert office.notify() == 1
    office.later(100)
    assert office.notify() == 0
    assert [m["role"] for m in office.messages()] == ["preparer", "preparer", "controller"]
    assert "still: the proposal waits to be submitted" in office.messages()[1]["body"]
    assert "nobody has acted" in office.messages()[2]["body"]
    with office.store.unit_of_work(WORKER_ACTOR) as work:
        assert work.closes.get(office.close).awaiting == Awaiting.SUBMISSION  # no time-out decides
        verbs = [event.verb for event in work.audit.latest("uk", 10)]
    assert (verbs.count("close.reminder"), verbs.count("close.escalation")) == (1, 1)


def test_nobody_is_told_outside_working_hours(altered: Database, tmp_path: Path) -> None:
    office = Office(altered, tmp_path / "out.jsonl")
    api = Store(altered.api)
    with api.unit_of_work(WORKER_ACTOR) as work:
        another_day = WEEK[(work.now().weekday() + 3) % 7]
        work.config.apply(configured("uk", working_time={**ALWAYS, "week": [another_day]}))
    office.stands(Step.RESOLVE, Awaiting.RESOLUTION)
    assert office.notify() == 0
    with api.unit_of_work(WORKER_ACTOR) as work:
        work.config.apply(configured("uk", working_time={**ALWAYS, "holidays": ["2020-01-01"]}))
    assert office.notify() == 1
    api.close()
    office.store.close()


def test_a_message_that_was_not_taken_is_sent_again_under_its_name(office: Office) -> None:
    office.stands(Step.RESOLVE, Awaiting.RESOLUTION)
    with pytest.raises(Exception, match="preparer can't be reached"):
        office.notify(Broken())
    office.stands(Step.REVIEW, Awaiting.SUBMISSION)
    with pytest.raises(Exception, match="preparer can't be reached"):
        office.notify(Broken())
    assert len({name for (name,) in office.rows("message") if name}) == 1
    assert office.notify() == 1
    # A worker that died after the target took it, and before it wrote so down: the name is known.
    with psycopg.connect(office.database.owner) as work:
        work.execute("update notification set sent_at = null")
    assert office.notify() == 1
    assert len(office.messages()) == 1


def person(office: Office, name: str, role: str, email: str | None) -> None:
    api = Store(office.database.api)
    with api.unit_of_work(Actor("terminal", "root")) as work:
        work.users.add(name, name, (role,), f"link-{name}", email)
    api.close()


def told(office: Office) -> list[tuple[str, list[str], bool]]:
    return [(m["role"], m["to"], m["channel"]) for m in office.messages()]  # type: ignore[misc]


def test_a_message_goes_to_those_who_hold_the_role_and_have_an_address(office: Office) -> None:
    person(office, "priya", "preparer", "priya@example.com")
    person(office, "peter", "preparer", None)
    person(office, "carl", "controller", "carl@example.com")
    person(office, "dora", "auditor", "dora@example.com")
    person(office, "gone", "controller", "gone@example.com")
    api = Store(office.database.api)
    with api.unit_of_work(Actor("user", "carl")) as work:
        work.users.disable("gone")
        today, day = work.now().date(), timedelta(days=1)
        work.delegations.grant("uk", "controller", "dora", today - day, today + day, "Carl is away")
        work.delegations.grant(
            "us", "controller", "peter", today - day, today + day, "another entity's"
        )
    api.close()
    office.stands(Step.LOCK_CHECK, Awaiting.LOCKED)
    assert office.notify() == 3
    assert sorted(told(office)) == [
        ("controller", ["carl@example.com", "dora@example.com"], False),
        ("operator", [], True),
        ("preparer", ["priya@example.com"], True),  # Peter has no address: the channel reaches him
    ]


def test_what_is_rolled_back_tells_nobody(office: Office) -> None:
    with pytest.raises(RuntimeError), office.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.move(office.close, Step.SIGN_OFF, Awaiting.SIGN_OFF, "")
        raise RuntimeError("the transaction ends")
    assert office.rows("role") == []


def test_a_line_that_a_crash_cut_off_keeps_no_message_from_going_out(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text('{"id": "preparer-1", "ro\n[]\n')
    message = Message("preparer-1", "preparer", "title", "body")
    FileNotifier(file).send(message)
    FileNotifier(file).send(message)
    assert len(file.read_text().splitlines()) == 3
    with pytest.raises(NotifierError, match="can't be written"):
        FileNotifier(tmp_path).send(message)
