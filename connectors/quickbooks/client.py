"""The only I/O with QuickBooks Online: python-quickbooks with time-outs, its status kept.

The library hides the HTTP status and raises bare texts; a small subclass looks at each answer
before the library does. It refreshes no token by itself: the vault does.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import requests
from quickbooks import QuickBooks
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
)

from accounting.money import Money
from connectors.errors import (
    LedgerRefusedError,
    LedgerThrottledError,
    LedgerUnavailableError,
    PayloadError,
)
from connectors.ledger import (
    AccountBalance,
    Answer,
    JournalToPost,
    LedgerJournal,
    LockDates,
    NoAnswer,
    Posted,
    Refused,
    SourceDocument,
    SourcePayment,
    Throttled,
)
from connectors.quickbooks import journal as journals
from connectors.quickbooks.auth import TOKEN_URL, QuickBooksTokens
from connectors.quickbooks.normalise import ENTITIES, source_documents, source_payments
from connectors.vault import TokenVault
from connectors.wire import (
    CONNECT_TIMEOUT_S,
    RETRY_AFTER_DEFAULT_S,
    Fields,
    decimal_of,
    readable,
    rows_of,
    storable,
)

FIELDS = (
    "base_url",
    "client_id",
    "client_secret",
    "realm_id",
    "refresh_token",
    "discovery_url",
)
MINOR_VERSION = 75
PAGE_SIZE = 1000
IDS_IN_A_QUERY = 100
PAGES_MAX = 10_000
KINDS = {name: kind for kind, name in ENTITIES.items()}
THROTTLED_CODE = 3001


class _Answered(Exception):  # noqa: N818
    """An HTTP status that the library would hide."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(str(response.status_code))
        self.response = response


class _Client(QuickBooks):  # type: ignore[misc]
    """The library's client with a time-out on each request and its status looked at first."""

    timeout = (CONNECT_TIMEOUT_S, 30)

    def process_request(
        self, request_type: str, url: str, headers: Any = "", params: Any = "", data: Any = ""
    ) -> requests.Response:
        """One request; raises _Answered for a status that is neither success nor a fault of 400."""
        headers = {**headers, "Authorization": f"Bearer {self.auth_client.access_token}"}
        response: requests.Response = requests.request(
            request_type, url, headers=headers, params=params, data=data, timeout=self.timeout
        )
        if response.status_code in (401, 403, 404, 429) or response.status_code >= 500:
            raise _Answered(response)
        return response


class QuickBooksLedger:
    """A Ledger over one QuickBooks company."""

    vendor = "quickbooks"
    key_window_s = 0
    """How long a requestid is kept is nowhere promised, so none is trusted."""

    def __init__(
        self,
        name: str,
        fields: dict[str, str],
        vault: TokenVault,
        currency: str,
        read_timeout_s: int,
    ) -> None:
        given = Fields(name, fields, FIELDS)
        base = fields.get("base_url")
        self.currency = currency
        self._tokens = QuickBooksTokens(
            name,
            client_id=given.required("client_id"),
            client_secret=given.required("client_secret"),
            first_refresh_token=given.required("refresh_token"),
            token_url=f"{base}/oauth2/v1/tokens/bearer" if base else TOKEN_URL,
            vault=vault,
        )
        self._realm = given.required("realm_id")
        self._items: dict[str, dict[str, Any]] | None = None
        self._api = _Client(company_id=self._realm, minorversion=MINOR_VERSION, use_decimal=True)
        self._api.auth_client = self._tokens
        self._api.session = requests.Session()
        self._api.timeout = (CONNECT_TIMEOUT_S, read_timeout_s)
        if base:
            self._api.api_url_v3 = self._api.sandbox_api_url_v3 = f"{base}/v3"
        self._api.sandbox = False

    def check(self) -> str:
        """The company's name."""
        rows = self._query("CompanyInfo", "SELECT * FROM CompanyInfo")
        with readable("QuickBooks' company"):
            name = str(rows[0]["CompanyName"])
            home = self._preferences()["CurrencyPrefs"]["HomeCurrency"]["value"]
        if home != self.currency:
            raise LedgerRefusedError(
                f"{name} keeps its books in {home}, the configuration says {self.currency}. "
                "Mend the configuration."
            )
        return name

    def lists(self) -> tuple[str, ...]:
        """Invoices, credit memos, purchase orders, bills, vendor credits. Deleted ones are not seen."""
        return tuple(KINDS)

    def documents(self, name: str, since: datetime | None) -> Iterator[SourceDocument]:
        """Pages in the order of Id. Yielded oldest change first once the sweep is complete."""
        payloads = self._sweep(name, _changed(since))
        if not payloads:
            return
        if self._items is None:
            self._items = {item["Id"]: item for item in self._sweep("Item", "")}
        found = [
            each
            for payload in payloads
            for each in source_documents(KINDS[name], payload, self.currency, self._items)
        ]
        yield from sorted(found, key=lambda each: (each.modified, each.document.id))

    def payments(self, since: datetime | None) -> Iterator[SourcePayment]:
        """Payments, once for each invoice that they pay. Refunds are not seen: a RefundReceipt is
        linked to no invoice.
        """
        payloads = self._sweep("Payment", _changed(since))
        found = [each for p in payloads for each in source_payments(p, self.currency)]
        yield from sorted(found, key=lambda each: (each.modified, each.payment.id))

    def lock_dates(self) -> LockDates:
        """The books' closing date, which is inclusive and holds for everybody."""
        with readable("QuickBooks' preferences"):
            day = self._preferences().get("AccountingInfoPrefs", {}).get("BookCloseDate")
            return LockDates(None, date.fromisoformat(day) if day else None)

    def _preferences(self) -> dict[str, Any]:
        found: dict[str, Any] = self._call("GET", "preferences")["Preferences"]
        return found

    def balances(self, at: date) -> tuple[AccountBalance, ...]:
        """The trial balance report as of a day: columns by their titles, accounts by Id."""
        body = self._call(
            "GET",
            "reports/TrialBalance",
            params={
                "start_date": at.replace(month=1, day=1).isoformat(),
                "end_date": at.isoformat(),
                "accounting_method": "Accrual",
            },
        )
        found = []
        with readable("QuickBooks' trial balance"):
            titles = [column["ColTitle"] for column in body["Columns"]["Column"]]
            debit, credit = titles.index("Debit"), titles.index("Credit")
            for row in body["Rows"].get("Row", ()):
                cells = row.get("ColData")
                if not cells or not cells[0].get("id"):
                    continue
                amount = self._cell(cells[debit]["value"]) - self._cell(cells[credit]["value"])
                found.append(AccountBalance(cells[0]["id"], amount))
        return tuple(found)

    def post(self, journal: JournalToPost, key: str) -> Answer:
        """POST one entry under a requestid; it counts only when it comes back with an Id."""
        try:
            data = journals.payload(journal, self._dimension_ids(journal))
        except LedgerThrottledError as error:
            return Throttled(error.retry_after_s)
        except LedgerUnavailableError as error:
            return NoAnswer(str(error))
        except (LedgerRefusedError, PayloadError) as error:
            return Refused(str(error), "")  # it was never sent
        try:
            body = self._call("POST", "journalentry", data=data, params={"requestid": key})
        except LedgerThrottledError as error:
            return Throttled(error.retry_after_s)
        except LedgerRefusedError as error:
            return Refused(str(error), str(error))
        except (LedgerUnavailableError, PayloadError) as error:
            return NoAnswer(str(error))
        created = body.get("JournalEntry")
        if not isinstance(created, dict) or not created.get("Id"):
            return NoAnswer("QuickBooks answered without the journal entry.")
        try:
            return Posted(journals.ledger_journal(created, self.currency))
        except PayloadError as error:
            return NoAnswer(str(error))

    def find(self, journal: JournalToPost) -> LedgerJournal | None:
        """The entry with this DocNumber."""
        rows = self._query(
            "JournalEntry",
            f"SELECT * FROM JournalEntry WHERE DocNumber = '{journal.reference}'",  # noqa: S608
        )
        return journals.ledger_journal(rows[0], self.currency) if rows else None

    def journals(self, since: datetime) -> Iterator[LedgerJournal]:
        """Pages in the order of Id."""
        for payload in self._sweep("JournalEntry", _changed(since)):
            yield journals.ledger_journal(payload, self.currency)

    def read_journal(self, ledger_id: str) -> LedgerJournal | None:
        """One entry by its Id."""
        if not re.fullmatch(r"\d+", ledger_id):
            raise PayloadError(f"{ledger_id!r} is not an Id of QuickBooks.")
        try:
            body = self._call("GET", f"journalentry/{ledger_id}")
        except LedgerRefusedError as error:
            if isinstance(error.__cause__, ObjectNotFoundException):
                return None
            raise
        with readable("QuickBooks' journal entry"):
            return journals.ledger_journal(body["JournalEntry"], self.currency)

    def gone(self, ledger_ids: Sequence[str]) -> frozenset[str]:
        """An entry that was deleted is in no answer any more; each is asked for by its Id."""
        found: set[str] = set()
        for first in range(0, len(ledger_ids), IDS_IN_A_QUERY):
            ids = ", ".join(f"'{each}'" for each in ledger_ids[first : first + IDS_IN_A_QUERY])
            found |= {
                row["Id"]
                for row in self._query(
                    "JournalEntry",
                    f"SELECT * FROM JournalEntry WHERE Id IN ({ids}) "  # noqa: S608
                    f"MAXRESULTS {IDS_IN_A_QUERY}",
                )
            }
        return frozenset(ledger_ids) - found

    def link(self, ledger_id: str) -> str:
        """The address that the pages themselves use; no document of Intuit's promises it."""
        return f"https://app.qbo.intuit.com/app/journal?txnId={ledger_id}"

    def _dimension_ids(self, journal: JournalToPost) -> dict[tuple[str, str], str]:
        names = {name for line in journal.lines for name, _value in line.dimensions}
        return {
            (name, row["Name"]): row["Id"]
            for name in sorted(names)
            for row in self._sweep(name, "")
        }

    def _cell(self, text: str) -> int:
        return Money.parse(decimal_of(text or "0", "balance"), self.currency).minor

    def _sweep(self, entity: str, where: str) -> list[dict[str, Any]]:
        """Every row. Several pages are proved complete by COUNT(*), since paging by offset skips a
        row where another is deleted meanwhile; one page is one answer. Raises
        LedgerUnavailableError when rows are missing.
        """
        rows: list[dict[str, Any]] = []
        for page in range(PAGES_MAX):
            found = self._query(
                entity,
                f"SELECT * FROM {entity}{where} ORDERBY Id "  # noqa: S608
                f"STARTPOSITION {page * PAGE_SIZE + 1} MAXRESULTS {PAGE_SIZE}",
            )
            rows.extend(found)
            if len(found) < PAGE_SIZE:
                break
        if len(rows) < PAGE_SIZE:
            return rows
        body = self._run_query(f"SELECT COUNT(*) FROM {entity}{where}")  # noqa: S608
        with readable("QuickBooks' count"):
            count = body["QueryResponse"].get("totalCount", 0)
        if count != len({row["Id"] for row in rows}):
            raise LedgerUnavailableError(
                f"QuickBooks has {count} of {entity}, {len(rows)} came: rows moved while they were "
                "read. Reading again."
            )
        return rows

    def _query(self, entity: str, select: str) -> list[dict[str, Any]]:
        answered = self._run_query(select).get("QueryResponse")
        if not isinstance(answered, dict):
            raise PayloadError(f"QuickBooks' answer about {entity} can't be read.")
        # Where nothing fits, QuickBooks leaves the list out.
        return rows_of(answered, entity) if entity in answered else []

    def _run_query(self, select: str) -> dict[str, Any]:
        return self._call("POST", "query", data=select, content_type="application/text")

    def _call(
        self,
        method: str,
        path: str,
        *,
        data: str | None = None,
        content_type: str = "application/json",
        params: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """One call, with the token renewed once where it is not accepted."""
        url = f"{self._api.api_url}/company/{self._realm}/{path}"
        for renewed in (False, True):
            token = self._tokens.access_token
            try:
                with readable("QuickBooks' answer"):
                    body = self._api.make_request(
                        method, url, data, content_type, params=dict(params or {})
                    )
                if not isinstance(body, dict):
                    raise PayloadError("QuickBooks' answer is not an object of JSON.")
                found: dict[str, Any] = storable(body)
                return found
            except (_Answered, AuthorizationException) as error:
                status = error.response.status_code if isinstance(error, _Answered) else 401
                if status == 401 and not renewed:
                    self._tokens.forget(token)
                    continue
                raise _error_of(error, status) from error
            except requests.RequestException as error:
                raise LedgerUnavailableError(
                    f"QuickBooks did not answer ({type(error).__name__})."
                ) from error
            except QuickbooksException as error:
                raise _fault(error) from error
        raise AssertionError("unreachable")


def _changed(since: datetime | None) -> str:
    if since is None:
        return ""
    return f" WHERE MetaData.LastUpdatedTime >= '{since.isoformat(timespec='seconds')}'"


def _error_of(error: Exception, status: int) -> Exception:
    if status == 429:
        wait = ""
        if isinstance(error, _Answered):
            wait = error.response.headers.get("Retry-After", "")
        seconds = int(wait) if wait.isdigit() else RETRY_AFTER_DEFAULT_S
        return LedgerThrottledError(f"QuickBooks asks us to wait {seconds} s.", seconds)
    if status >= 500:
        return LedgerUnavailableError(f"QuickBooks had an internal error ({status}).")
    return LedgerRefusedError(
        f"QuickBooks refuses the connection or the request ({status}). Check the connection."
    )


def _fault(error: Any) -> Exception:
    """A fault as the library raises it: a code, a message, a detail."""
    if error.error_code == THROTTLED_CODE:
        return LedgerThrottledError(
            f"QuickBooks asks us to wait {RETRY_AFTER_DEFAULT_S} s.", RETRY_AFTER_DEFAULT_S
        )
    if error.error_code == 10000:
        return LedgerUnavailableError("QuickBooks gave an answer that can't be read.")
    words = " ".join(part for part in (error.message, error.detail) if part)
    return LedgerRefusedError(f"{words} (QuickBooks {error.error_code})")
