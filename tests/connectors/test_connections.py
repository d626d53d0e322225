"""Logging in, tokens that end or rotate, servers that are gone, organisations side by side."""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from accounting.documents import DocumentKind
from connectors.errors import (
    ConnectionConfigError,
    LedgerRefusedError,
    LedgerUnavailableError,
)
from connectors.ledger import Ledger, NoAnswer, Posted, Refused
from tests.connectors.doors import (
    BOOKS,
    DAY,
    OPEN,
    MemoryVault,
    calls,
    fields_of,
    held,
    nobody_listens,
    of_kind,
    open_ledger,
    release,
)
from tests.sandbox.wiring import Sandbox

every_ledger = pytest.mark.parametrize("entity", BOOKS)
every_vendor = pytest.mark.parametrize("entity", ["uk", "us"])
NAMES = {
    "uk": "Northwind Analytics Ltd",
    "de": "Northwind Analytics GmbH",
    "us": "Northwind Analytics Inc",
}
READS: dict[str, Callable[[Ledger], Any]] = {
    "check": lambda ledger: ledger.check(),
    "documents": lambda ledger: of_kind(ledger, DocumentKind.INVOICE),
    "lock_dates": lambda ledger: ledger.lock_dates(),
    "balances": lambda ledger: ledger.balances(DAY),
    "find": lambda ledger: ledger.find(release("uk", "T2609-0001-0a1b2c3d")),
    "journals": lambda ledger: list(ledger.journals(datetime(2026, 1, 1, tzinfo=UTC))),
    "read_journal": lambda ledger: ledger.read_journal("1"),
}


@every_ledger
def test_the_organisation_tells_its_name(entity: str, ledger: Ledger) -> None:
    assert ledger.check() == NAMES[entity]


@pytest.mark.parametrize("entity", ["uk", "de"])
def test_books_in_another_currency_are_not_the_ones_meant(
    entity: str, sandbox: Sandbox, vault: MemoryVault
) -> None:
    ledger = open_ledger(sandbox, entity, vault, currency="CHF")
    with pytest.raises(LedgerRefusedError, match=f"{BOOKS[entity].currency}.*CHF"):
        ledger.check()


@every_ledger
def test_a_fresh_ledger_logs_in_once_for_many_calls(entity: str, sandbox: Sandbox) -> None:
    books = BOOKS[entity]
    before = calls(sandbox, books.vendor, books.token_path)
    ledger = open_ledger(sandbox, entity, MemoryVault())
    for read in (READS["check"], READS["lock_dates"], READS["balances"]):
        read(ledger)
    assert calls(sandbox, books.vendor, books.token_path) == before + 1


@every_ledger
def test_an_expired_token_is_renewed_once_and_nobody_notices(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    books = BOOKS[entity]
    ledger.check()
    before = calls(sandbox, books.vendor, books.token_path)
    sandbox.post("/faults", target=books.vendor, kind="expire_tokens")
    assert ledger.check() == NAMES[entity]
    assert calls(sandbox, books.vendor, books.token_path) == before + 1

    sandbox.post("/faults", target=books.vendor, kind="expire_tokens", path=books.post_path)
    answer = ledger.post(release(entity, reference), f"key-{reference}")
    assert isinstance(answer, Posted)
    assert calls(sandbox, books.vendor, books.token_path) == before + 2
    assert len(held(sandbox, entity, reference)) == 1


@every_ledger
def test_a_token_near_its_end_is_renewed_before_it_is_used(
    entity: str, sandbox: Sandbox, vault: MemoryVault, ledger: Ledger
) -> None:
    ledger.check()
    books = BOOKS[entity]
    ending = MemoryVault()
    ending.stored[books.connection] = {**vault.stored[books.connection], "expires_at": "1"}
    before = calls(sandbox, books.vendor, books.token_path)
    assert open_ledger(sandbox, entity, ending).check() == NAMES[entity]
    assert calls(sandbox, books.vendor, books.token_path) == before + 1
    assert int(ending.stored[books.connection]["expires_at"]) > 1


@every_ledger
def test_a_wrong_secret_is_refused_by_the_connections_name_and_never_shown(
    entity: str, sandbox: Sandbox, reference: str
) -> None:
    books = BOOKS[entity]
    secret = "s3cret-of-somebody-else"
    ledger = open_ledger(sandbox, entity, MemoryVault(), client_secret=secret)
    for read in READS.values():
        with pytest.raises(LedgerRefusedError, match=books.connection) as error:
            read(ledger)
        assert secret not in "".join(traceback.format_exception(error.value))
    answer = ledger.post(release(entity, reference), "key")
    assert isinstance(answer, Refused)
    assert books.connection in answer.message
    assert secret not in answer.message + answer.raw


@pytest.mark.parametrize("entity", ["uk"])
def test_the_wrong_organisation_is_refused(entity: str, sandbox: Sandbox) -> None:
    elsewhere = fields_of(sandbox, "xero-de")["tenant_id"]
    ledger = open_ledger(sandbox, entity, MemoryVault(), tenant_id=elsewhere)
    with pytest.raises(LedgerRefusedError, match="403"):
        ledger.check()


@pytest.mark.parametrize("entity", ["us"])
def test_the_wrong_company_is_refused(entity: str, sandbox: Sandbox) -> None:
    ledger = open_ledger(sandbox, entity, MemoryVault(), realm_id="1")
    with pytest.raises(LedgerRefusedError, match="403"):
        ledger.check()


@every_vendor
@pytest.mark.parametrize("logged_in", [True, False])
def test_a_server_that_is_gone_is_unavailable_and_no_answer(
    entity: str, logged_in: bool, sandbox: Sandbox, vault: MemoryVault, ledger: Ledger
) -> None:
    ledger.check()
    gone = open_ledger(
        sandbox, entity, vault if logged_in else MemoryVault(), base_url=nobody_listens()
    )
    for read in READS.values():
        with pytest.raises(LedgerUnavailableError, match="did not answer"):
            read(gone)
    assert isinstance(gone.post(release(entity, "T2609-0001-0a1b2c3d"), "key"), NoAnswer)


@every_vendor
def test_a_cut_while_reading_is_unavailable_and_a_second_read_is_whole(
    entity: str, ledger: Ledger, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"connectors.{ledger.vendor}.client.PAGE_SIZE", 10)
    sandbox.post("/faults", target=ledger.vendor, kind="reset_before_commit", skip=2)
    with pytest.raises(LedgerUnavailableError):
        of_kind(ledger, DocumentKind.INVOICE)
    known = sandbox.get("/documents", entity=entity, kind="invoice")
    whole = of_kind(ledger, DocumentKind.INVOICE)
    assert len(whole) == len([each for each in known if each["status"] != "draft"])


@every_vendor
@pytest.mark.parametrize("kind", ["error_500", "throttle"])
def test_a_log_in_server_in_trouble_is_unavailable_not_refused(
    entity: str, kind: str, sandbox: Sandbox
) -> None:
    books = BOOKS[entity]
    sandbox.post("/faults", target=books.vendor, kind=kind, path=books.token_path)
    ledger = open_ledger(sandbox, entity, MemoryVault())
    with pytest.raises(LedgerUnavailableError, match="log-in server"):
        ledger.check()
    assert ledger.check() == NAMES[entity]


@pytest.mark.parametrize("entity", ["us"])
@pytest.mark.parametrize("why", ["ends soon", "is not accepted"])
def test_two_ledgers_that_share_a_vault_refresh_a_rotating_token_once(
    entity: str, why: str, sandbox: Sandbox
) -> None:
    """Intuit takes the newest refresh token only: two refreshes at once would lose one of them."""
    books, vault = BOOKS[entity], MemoryVault()
    open_ledger(sandbox, entity, vault).check()
    first = vault.stored[books.connection]
    if why == "ends soon":
        vault.stored[books.connection] = {**first, "expires_at": "1"}
    else:
        sandbox.post("/faults", target="quickbooks", kind="expire_tokens")
    before = calls(sandbox, "quickbooks", books.token_path)
    together = threading.Barrier(2)

    def check() -> str:
        ledger = open_ledger(sandbox, entity, vault)
        together.wait(5)
        return ledger.check()

    with ThreadPoolExecutor(2) as pool:
        assert [each.result() for each in [pool.submit(check) for _ in range(2)]] == [
            NAMES["us"],
            NAMES["us"],
        ]
    assert calls(sandbox, "quickbooks", books.token_path) == before + 1
    for token in ("access_token", "refresh_token"):
        assert vault.stored[books.connection][token] != first[token]


def test_two_organisations_in_parallel_never_see_each_others_books(
    sandbox: Sandbox, vault: MemoryVault
) -> None:
    """Each client must keep to its own token and tenant, though the library shares defaults."""
    wanted = {
        entity: {
            each["id"]
            for each in sandbox.get("/documents", entity=entity, kind="invoice")
            if each["status"] != "draft"
        }
        for entity in ("uk", "de")
    }
    together = threading.Barrier(4)

    def read(entity: str) -> tuple[str, list[set[str]], list[str]]:
        ledger = open_ledger(sandbox, entity, vault)
        together.wait(5)
        found = [
            {each.document.id for each in of_kind(ledger, DocumentKind.INVOICE)} for _ in range(3)
        ]
        return entity, found, [ledger.check() for _ in range(3)]

    with ThreadPoolExecutor(4) as pool:
        for entity, found, names in pool.map(read, ["uk", "de", "uk", "de"]):
            assert found == [wanted[entity]] * 3
            assert names == [NAMES[entity]] * 3
    assert not wanted["uk"] & wanted["de"]


@every_vendor
def test_a_connection_that_lacks_a_field_or_has_a_strange_one_names_it(
    entity: str, sandbox: Sandbox
) -> None:
    books = BOOKS[entity]
    fields = fields_of(sandbox, books.connection)
    lacking = {name: value for name, value in fields.items() if name != "client_id"}
    for given, words in (
        (lacking, f"{books.connection}: client_id is missing"),
        ({**fields, "clientsecret": "hidden"}, "clientsecret is not a field"),
    ):
        with pytest.raises(ConnectionConfigError, match=words) as error:
            OPEN[books.vendor](books.connection, given, MemoryVault(), books.currency)
        assert "hidden" not in str(error.value)
