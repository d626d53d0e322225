"""Journals that changed in the ledger, whoever changed them, are told; what is gone is known as gone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.ledger import Ledger, Posted
from connectors.quickbooks.journal import ledger_journal
from tests.connectors.doors import BOOKS, release
from tests.sandbox.wiring import Sandbox

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
every_ledger = pytest.mark.parametrize("entity", BOOKS)


def posted(ledger: Ledger, entity: str, reference: str) -> str:
    answer = ledger.post(release(entity, reference), f"key-{reference}")
    assert isinstance(answer, Posted)
    return answer.journal.id


@every_ledger
def test_what_a_person_writes_changes_or_takes_away_is_told(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    ours = posted(ledger, entity, reference)
    books = BOOKS[entity]
    lines = [
        {"account": books.deferred, "amount": "5.00"},
        {"account": books.revenue, "amount": "-5.00"},
    ]
    theirs = sandbox.post(
        "/journals/add", entity=entity, date="2026-09-20", narration="By-hand", lines=lines
    )
    sandbox.post("/journals/edit", entity=entity, id=ours, line=0, amount="1.00")
    told = {journal.id: journal for journal in ledger.journals(BEGINNING)}
    assert [line.debit_minor for line in told[ours].lines] == [100, 0]
    assert told[theirs["id"]].reference == "By-hand"
    assert ledger.gone([ours, theirs["id"]]) == frozenset()
    assert ours in ledger.link(ours)

    sandbox.post("/journals/remove", entity=entity, id=ours)
    told = {journal.id: journal for journal in ledger.journals(BEGINNING)}
    if books.vendor == "xero":
        assert not told[ours].posted
        assert ledger.gone([ours]) == frozenset()
    else:
        assert ours not in told
        assert ledger.gone([ours, theirs["id"]]) == {ours}
    sandbox.post("/journals/remove", entity=entity, id=theirs["id"])


@every_ledger
def test_what_did_not_change_since_is_not_told(entity: str, ledger: Ledger) -> None:
    assert list(ledger.journals(datetime(2100, 1, 1, tzinfo=UTC))) == []


@every_ledger
def test_what_a_line_says_is_read_and_is_no_part_of_what_is_compared(
    entity: str, ledger: Ledger
) -> None:
    """The spreadsheet wrote the account's name on each of its lines."""
    lines = [line for each in ledger.journals(BEGINNING) for line in each.lines if line.text]
    said = {line.text for line in lines if line.account == BOOKS[entity].deferred}
    assert "Deferred revenue" in said
    assert lines[0] == replace(lines[0], text="")


def test_quickbooks_names_a_customer_beside_the_words() -> None:
    detail = {
        "PostingType": "Credit",
        "AccountRef": {"value": "92"},
        "Entity": {"Type": "Customer", "EntityRef": {"value": "7", "name": "Aspen Freight"}},
    }
    kind = "JournalEntryLineDetail"
    line = {"Amount": 5, "Description": "Release", "DetailType": kind, kind: detail}
    found = ledger_journal({"Id": "1", "TxnDate": "2026-08-31", "Line": [line]}, "USD")
    assert found.lines[0].text == "Release Aspen Freight"
