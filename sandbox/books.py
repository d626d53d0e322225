"""One entity's ledger: documents, journals, balances, lock date. Neutral; no vendor's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sandbox.state import State
from sandbox.world.charts import PROFIT_AND_LOSS, entity_of
from sandbox.world.postings import Posting, of_document, of_journal
from sandbox.world.records import Account, Contact, Document, Journal, World

OPENING = date(2025, 2, 28)
OPENING_CASH = 250_000_00


class Ledger:
    """Reads and changes one entity's books; every change is committed when the call returns."""

    def __init__(self, state: State, org: str) -> None:
        self.state = state
        self.org = org
        self.entity = entity_of(org)

    def documents(self) -> list[Document]:
        return self.state.all(self.org, "document", Document)

    def document(self, key: str) -> Document | None:
        return self.state.get(self.org, "document", key, Document)

    def journals(self) -> list[Journal]:
        return self.state.all(self.org, "journal", Journal)

    def journal(self, key: str) -> Journal | None:
        return self.state.get(self.org, "journal", key, Journal)

    def accounts(self) -> list[Account]:
        return self.state.all(self.org, "account", Account)

    def account(self, code: str) -> Account | None:
        return self.state.get(self.org, "account", code, Account)

    def contacts(self) -> dict[str, Contact]:
        return {each.id: each for each in self.state.all(self.org, "contact", Contact)}

    def store(self, document: Document) -> None:
        """Write a document and what it does to the accounts."""
        with self.state.transaction():
            self.state.put(self.org, "document", document)
            self._post(document.id, list(of_document(document, self.entity.chart)))

    def store_journal(self, journal: Journal) -> None:
        """Write a journal and what it does to the accounts."""
        with self.state.transaction():
            self.state.put(self.org, "journal", journal)
            self._post(journal.id, list(of_journal(journal)))

    def forget_journal(self, key: str) -> None:
        """A journal that was deleted: nothing of it is left."""
        with self.state.transaction():
            self._post(key, [])
            self.state.remove(self.org, "journal", key)

    def open_books(self) -> None:
        """The cash that the company started with."""
        chart = self.entity.chart
        with self.state.transaction():
            self._post(
                "opening",
                [(OPENING, chart.bank, OPENING_CASH), (OPENING, chart.retained, -OPENING_CASH)],
            )

    def _post(self, source: str, postings: list[Posting]) -> None:
        run = self.state.connection
        run.execute("delete from posting where org = ? and source = ?", (self.org, source))
        run.executemany(
            "insert into posting values (?, ?, ?, ?, ?)",
            [(self.org, source, str(day), account, amount) for day, account, amount in postings],
        )

    def void(self, key: str) -> Document | None:
        """Void a document as a person in the ledger would; its payment goes with it."""
        document = self.document(key)
        if document is None:
            return None
        voided = replace(document, status="voided", paid_on=None, modified=self.state.later_stamp())
        self.store(voided)
        return voided

    def movements(self, since: date | None, until: date) -> dict[str, int]:
        """Sums by account of the postings dated from `since` to `until`, both inclusive."""
        rows = self.state.connection.execute(
            "select account, sum(amount) from posting where org = ? and day >= ? and day <= ?"
            " group by account",
            (self.org, str(since or date.min), str(until)),
        ).fetchall()
        return {str(account): int(amount) for account, amount in rows}

    def balances(self, until: date, since: date) -> dict[str, int]:
        """Trial balance in minor units: revenue and expense from `since` on, earlier years'
        result in retained earnings, everything else from the beginning.
        """
        result = {account.code for account in self.accounts() if account.type in PROFIT_AND_LOSS}
        ever = self.movements(None, until)
        recent = self.movements(since, until)
        balances = {code: amount for code, amount in ever.items() if code not in result}
        retained = self.entity.chart.retained
        for code in result & ever.keys():
            balances[code] = recent.get(code, 0)
            balances[retained] = balances.get(retained, 0) + ever[code] - balances[code]
        return {code: amount for code, amount in balances.items() if amount}

    @property
    def lock_date(self) -> date | None:
        value = self.state.meta(f"lock/{self.org}")
        return date.fromisoformat(value) if value else None

    def set_lock_date(self, day: date | None) -> None:
        self.state.set_meta(f"lock/{self.org}", str(day) if day else None)

    def archive(self, code: str, *, archived: bool) -> bool:
        """Archive an account, or bring it back; False where there is no such account."""
        account = self.account(code)
        if account is None:
            return False
        self.state.put(
            self.org,
            "account",
            replace(account, active=not archived, modified=self.state.later_stamp()),
        )
        return True


def write_world(state: State, world: World) -> None:
    """Write the whole world, once, in one transaction."""
    with state.transaction():
        for key, books in world.books.items():
            ledger = Ledger(state, key)
            for account in books.accounts:
                state.put(key, "account", account)
            for contact in books.contacts:
                state.put(key, "contact", contact)
            for document in books.documents:
                ledger.store(document)
            for journal in books.journals:
                ledger.store_journal(journal)
            ledger.open_books()
        for crm_account in world.crm_accounts:
            state.put("crm", "customer", crm_account)
        for deal in world.opportunities:
            state.put("crm", "opportunity", deal)
        for report in world.usage:
            state.put("crm", "usage", report)
        for delivery in world.deliveries:
            state.put("crm", "delivery", delivery)
