"""Delegations: granted for days of the entity, revoked at once, each with its event."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner

from controls.audit import Actor
from controls.delegation import Delegation
from store import Store
from store.errors import ConflictError, NotFoundError
from tests.store.database import Database
from tieout.cli import app

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
CARL = Actor("user", "carl")


@pytest.fixture
def api(database: Database) -> Iterator[Store]:
    """The page's door, with dora and carl as people."""
    opened = Store(database.api)
    with opened.unit_of_work(Actor("terminal", "ada")) as work:
        for name in ("dora", "carl"):
            work.users.add(name, name.title(), ("auditor",), f"link-{name}")
    yield opened
    opened.close()


def granted(api: Store, **terms: Any) -> int:
    given = {
        "entity": "de", "role": "reviewer", "delegate": "dora", "first": FIRST, "last": LAST,
        "reason": "Ruth is away", **terms,
    }  # fmt: skip
    with api.unit_of_work(CARL) as work:
        return work.delegations.grant(**given)


def of_dora(store: Store) -> tuple[Delegation, ...]:
    with store.unit_of_work(CARL) as work:
        return work.delegations.of_person("de", "dora")


def test_a_delegation_holds_for_whole_days_of_the_entity(api: Store, store: Store) -> None:
    number = granted(api)
    (terms,) = of_dora(store)  # the worker reads it too
    assert terms == Delegation(
        number,
        "reviewer",
        "carl",
        "2026-09-30T22:00:00+00:00",  # Berlin's summer
        "2026-10-31T23:00:00+00:00",  # and winter
    )
    assert terms.in_force("2026-10-31T22:59:59+00:00")
    assert not terms.in_force("2026-10-31T23:00:00+00:00")
    with store.unit_of_work(CARL) as work:
        event = work.audit.latest("de", 1)[0]
        assert work.delegations.of_person("uk", "dora") == ()
    assert (event.verb, event.actor, event.reason) == ("delegation.granted", CARL, "Ruth is away")
    assert event.after == {
        "role": "reviewer", "delegate": "dora", "first": "2026-10-01", "last": "2026-10-31",
    }  # fmt: skip


def test_a_revoked_one_holds_no_more_and_is_revoked_once(api: Store, store: Store) -> None:
    number = granted(api)
    with api.unit_of_work(Actor("user", "cora")) as work:
        work.delegations.revoke(number, "Ruth is back")
    (terms,) = of_dora(store)
    with store.unit_of_work(CARL) as work:
        assert not terms.in_force(work.now().isoformat(timespec="seconds"))
        event = work.audit.latest("de", 1)[0]
    assert (event.verb, event.actor.name, event.reason) == (
        "delegation.revoked", "cora", "Ruth is back",
    )  # fmt: skip
    with pytest.raises(ConflictError, match="revoked already"), api.unit_of_work(CARL) as work:
        work.delegations.revoke(number)
    with pytest.raises(NotFoundError), api.unit_of_work(CARL) as work:
        work.delegations.revoke(number + 1)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"entity": "fr"}, "no entity 'fr'"),
        ({"delegate": "nobody"}, "no user 'nobody'"),
        ({"role": "preparer"}, "Only reviewer and controller are delegated"),
        ({"delegate": "carl"}, "Nobody delegates to themselves"),
        ({"last": date(2026, 9, 30)}, "in this order"),
        ({"first": date.max, "last": date.max}, "in this order"),
        ({"first": date.min, "last": date.min}, "in this order"),
        ({"last": date(2027, 10, 2)}, "a year at most"),
        ({"reason": " "}, "needs a reason"),
    ],
)
def test_what_can_not_be_granted_is_refused_in_words(
    terms: dict[str, Any], words: str, api: Store
) -> None:
    with pytest.raises((ConflictError, NotFoundError), match=words):
        granted(api, **terms)
    assert of_dora(api) == ()


def test_the_command_line_grants_lists_and_revokes(
    api: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_DATABASE_URL", database.api)

    def said(*words: str) -> str:
        found = CliRunner().invoke(app, ["delegate", *words], catch_exceptions=False)
        assert found.exit_code == 0, found.output
        return found.output

    terms = ["--role", "controller", "--from", "2026-10-01", "--to", "2026-10-31", "--reason", "x"]
    assert "dora is controller of uk from 2026-10-01 to 2026-10-31" in said(
        "add", "uk", "dora", *terms
    )
    (listed,) = json.loads(said("list", "uk", "--json"))
    assert (listed["delegate"], listed["first_day"], listed["last_day"]) == (
        "dora", "2026-10-01", "2026-10-31",
    )  # fmt: skip
    assert "is revoked" in said("revoke", str(listed["id"]))
    assert "was revoked on" in said("list", "uk")
