"""Versions of documents: kept once, read back as they came; cursors and readings of the ledger."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.money import Money
from controls.audit import Actor
from store import Store
from store.documents import Told
from tests.store.database import Database

WORKER_ACTOR = Actor("service", "worker")
AT = datetime(2026, 10, 5, 8, 0, 0, 123456, tzinfo=UTC)
RAW = '{"Total": 33.80}'
INVOICE = Document(
    kind=DocumentKind.INVOICE,
    id="inv-7",
    number="INV-7",
    counterparty="Zoë & Söhne 😀",
    date=date(2026, 9, 10),
    currency="GBP",
    rate=Decimal("0.78125"),
    contract="006Qy000000000AIAQ",
    lines=(
        DocumentLine(
            id="2",
            amount=Money(9_999_999_999_999_999, "GBP"),
            account="200",
            product="PLAT",
            text="12 months\nfrom 10/09/26",
            service_start=date(2026, 9, 10),
            service_end=date(2027, 9, 9),
            dimensions=(("Region", "North"), ("Line of business", "Größe")),
        ),
        DocumentLine(id="1", amount=Money(-1, "GBP")),
    ),
)
CONTRACT = replace(INVOICE, kind=DocumentKind.CONTRACT, id="006X", rate=None, contract=None)


def keep(store: Store, document: Document, *, entity: str = "uk", raw: str = RAW) -> bool:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return work.documents.store(entity, "xero", document, raw, AT)


def known(store: Store, entity: str = "uk") -> tuple[Document, ...]:
    """What is known, as it was told: without the number of the version and its day."""
    with store.unit_of_work(WORKER_ACTOR) as work:
        return tuple(replace(d, version=1, known_on=None) for d in work.documents.known(entity))


def test_versions_that_come_together_are_kept_as_if_each_had_come_alone(store: Store) -> None:
    changed, other = replace(INVOICE, number="INV-7a"), replace(INVOICE, id="inv-8")
    never_won = replace(CONTRACT, voided=True)
    told = [
        Told("xero", document, RAW, AT)
        for document in (INVOICE, INVOICE, other, changed, never_won, INVOICE)
    ]
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.documents.store_all("uk", told) == 4
        assert work.documents.store_all("uk", told[-1:]) == 0
        assert work.documents.store_all("uk", []) == 0
    with store.unit_of_work(WORKER_ACTOR) as work:
        kept = [(row.version, row.number) for row in work.documents.versions("uk", "inv-7")]
        assert sorted(kept) == [(1, "INV-7"), (2, "INV-7a"), (3, "INV-7")]
    assert known(store) == (INVOICE, other)


def test_a_document_reads_back_as_it_was_stored(store: Store) -> None:
    assert keep(store, INVOICE)
    assert known(store) == (INVOICE,)
    assert known(store)[0].content_hash() == INVOICE.content_hash()


def test_the_same_version_is_kept_once_even_when_the_vendor_writes_it_otherwise(
    store: Store,
) -> None:
    assert keep(store, INVOICE)
    assert not keep(store, INVOICE)
    assert not keep(store, INVOICE, raw='{"Total": 33.8, "HasAttachments": true}')
    with store.unit_of_work(WORKER_ACTOR) as work:
        (version,) = work.documents.versions("uk", "inv-7")
        assert (version.version, version.raw) == (1, RAW)
        assert version.raw_hash == hashlib.sha256(RAW.encode()).hexdigest()
        assert version.modified_at == AT


def test_changed_content_is_a_new_version_and_the_newest_is_what_is_known(store: Store) -> None:
    changed = replace(INVOICE, lines=INVOICE.lines[:1])
    voided = replace(changed, voided=True)
    assert [keep(store, each) for each in (INVOICE, changed, voided)] == [True] * 3
    assert known(store) == (voided,)
    assert keep(store, INVOICE)  # back to what it was: a version of its own
    assert known(store) == (INVOICE,)
    with store.unit_of_work(WORKER_ACTOR) as work:
        versions = work.documents.versions("uk", "inv-7")
        assert [row.version for row in versions] == [4, 3, 2, 1]
        assert [len(work.documents.lines(row.id or 0)) for row in versions] == [2, 1, 1, 2]
        assert [row.voided for row in versions] == [False, True, False, False]


def test_a_kind_and_an_entity_are_part_of_a_documents_name(store: Store) -> None:
    bill = replace(INVOICE, kind=DocumentKind.BILL)
    assert keep(store, INVOICE)
    assert keep(store, bill)
    assert keep(store, INVOICE, entity="de")
    assert known(store) == (bill, INVOICE)
    assert known(store, "de") == (INVOICE,)
    assert known(store, "us") == ()


def test_a_contract_that_was_never_won_is_not_kept_and_one_lost_later_is(store: Store) -> None:
    lost = replace(CONTRACT, voided=True)
    assert not keep(store, lost)
    assert known(store) == ()
    assert keep(store, CONTRACT)
    assert keep(store, lost)
    assert known(store) == (lost,)


def test_a_cursor_moves_forward_only(store: Store) -> None:
    later = AT + timedelta(seconds=1)
    for moment, wanted in ((AT, AT), (later, later), (AT, later)):
        with store.unit_of_work(WORKER_ACTOR) as work:
            work.documents.move_cursor("uk", DocumentKind.INVOICE, moment)
        with store.unit_of_work(WORKER_ACTOR) as work:
            assert work.documents.cursor("uk", DocumentKind.INVOICE) == wanted
            assert work.documents.cursor("uk", DocumentKind.BILL) is None
            assert work.documents.cursor("de", DocumentKind.INVOICE) is None


def test_the_newest_reading_of_a_balance_counts(store: Store) -> None:
    at = date(2026, 9, 30)
    for balance in (-100_10, -200_20):
        with store.unit_of_work(WORKER_ACTOR) as work:
            work.documents.save_reading("uk", "verify", at, [("850", balance), ("630", 7)])
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.documents.reading("uk", "verify", at) == {"850": -200_20, "630": 7}
        assert work.documents.reading("uk", "adoption", at) is None
        assert work.documents.reading("de", "verify", at) is None


def test_a_document_and_its_lines_are_stored_together_or_not_at_all(altered: Database) -> None:
    with psycopg.connect(altered.owner) as work:
        work.execute("alter table document_line add check (line_id <> 'broken')")
    store = Store(altered.worker)
    broken = replace(INVOICE, lines=(INVOICE.lines[0], replace(INVOICE.lines[1], id="broken")))
    with pytest.raises(psycopg.errors.CheckViolation, match="document_line"):
        keep(store, broken)
    assert known(store) == ()
    assert keep(store, INVOICE)
    assert known(store) == (INVOICE,)
    store.close()
