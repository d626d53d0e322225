"""The only I/O with Xero: xero-python with its retries off, time-outs set, answers read as text.

Bodies are taken undecoded and parsed here: the client's own models turn an account type that is
new to them into an error for the whole list. Retries belong to Temporal, tokens to the vault.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import urllib3
from xero_python.accounting import (
    AccountingApi,
    ManualJournal,
    ManualJournalLine,
    ManualJournals,
    TrackingCategory,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions import HTTPStatusException

from accounting.documents import DocumentKind
from accounting.money import Money
from connectors.errors import (
    ConnectorError,
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
from connectors.vault import TokenVault
from connectors.wire import (
    CONNECT_TIMEOUT_S,
    RETRY_AFTER_DEFAULT_S,
    Fields,
    decimal_of,
    read_json,
    readable,
    rows_of,
)
from connectors.xero import journal as journals
from connectors.xero.auth import XeroTokens
from connectors.xero.normalise import day_of, source_document, source_payment
from connectors.xero.orders import expenses_of, with_orders
from connectors.xero.trial_balance import accounts_of, codes_in

API_URL = "https://api.xero.com"
TOKEN_URL = "https://identity.xero.com/connect/token"  # noqa: S105
FIELDS = ("base_url", "client_id", "client_secret", "tenant_id")
PAGE_SIZE = 1000
PAGES_MAX = 10_000
KEY_WINDOW_S = 300
"""Xero keeps an Idempotency-Key for 6 minutes from the first call; we trust it for 5."""

ORDERS, INVOICES, CREDIT_NOTES = "PurchaseOrders", "Invoices", "CreditNotes"
LISTS = (ORDERS, INVOICES, CREDIT_NOTES)
"""Sales and purchases stand in the same lists. Orders come first: the bills name them."""


class XeroLedger:
    """A Ledger over one Xero organisation."""

    vendor = "xero"
    key_window_s = KEY_WINDOW_S

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
        self._tenant = given.required("tenant_id")
        self._timeout = (CONNECT_TIMEOUT_S, read_timeout_s)
        self._tokens = XeroTokens(
            name,
            client_id=given.required("client_id"),
            client_secret=given.required("client_secret"),
            token_url=f"{base}/connect/token" if base else TOKEN_URL,
            vault=vault,
        )
        self._api = _accounting_api(f"{base or API_URL}/api.xro/2.0", self._tokens.current)
        self._account_codes: dict[str, str] = {}
        self._order_ids: dict[str, str] | None = None

    def check(self) -> str:
        """The organisation's name."""
        organisation = self._organisation()
        if organisation.get("BaseCurrency") != self.currency:
            raise LedgerRefusedError(
                f"{organisation.get('Name')} keeps its books in {organisation.get('BaseCurrency')},"
                f" the configuration says {self.currency}. Mend the configuration."
            )
        return str(organisation["Name"])

    def lists(self) -> tuple[str, ...]:
        """Purchase orders; invoices and bills; credit notes of both sides."""
        return LISTS

    def documents(self, name: str, since: datetime | None) -> Iterator[SourceDocument]:
        """Pages with their lines, oldest change first; drafts are left out.

        Bills come with the purchase orders that they are for: all of those are read once, if any
        bill is.
        """
        if name == ORDERS:
            for payload in self._orders(since):
                yield from expenses_of(payload, self.currency)
            return
        read = self._api.get_invoices if name == INVOICES else self._api.get_credit_notes
        for payload in self._pages(read, name, since):
            found = source_document(name, payload, self.currency)
            if found is None:
                continue
            if found.document.kind is DocumentKind.BILL:
                found = with_orders(found, self._every_order())
            yield found

    def payments(self, since: datetime | None) -> Iterator[SourcePayment]:
        """Payments of invoices and bills; refunds of credit notes and what was paid too much."""
        for payload in self._pages(self._api.get_payments, "Payments", since):
            found = source_payment(payload, self.currency)
            if found is not None:
                yield found

    def _orders(self, since: datetime | None) -> Iterator[dict[str, Any]]:
        """Purchase orders; the ids by number are kept of a reading of them all."""
        ids: dict[str, str] = {}
        for order in self._pages(self._api.get_purchase_orders, ORDERS, since):
            if order.get("PurchaseOrderNumber"):
                ids[order["PurchaseOrderNumber"]] = order["PurchaseOrderID"]
            yield order
        if since is None:
            self._order_ids = ids

    def _every_order(self) -> dict[str, str]:
        """The ids of all purchase orders by their number."""
        if self._order_ids is None:
            deque(self._orders(None), maxlen=0)
        assert self._order_ids is not None
        return self._order_ids

    def _pages(
        self, read: Callable[..., Any], plural: str, since: datetime | None, **options: Any
    ) -> Iterator[dict[str, Any]]:
        """The rows of every page, oldest change first."""
        options["order"] = "UpdatedDateUTC ASC"
        if since is not None:
            options["if_modified_since"] = since.replace(microsecond=0)
        for page in range(1, PAGES_MAX + 1):
            body = self._read(read, page=page, page_size=PAGE_SIZE, **options)
            payloads = rows_of(body, plural)
            yield from payloads
            if len(payloads) < PAGE_SIZE:
                return
        raise PayloadError(f"Xero has more than {PAGES_MAX} pages of {plural}.")

    def lock_dates(self) -> LockDates:
        """Period lock (advisers are exempt) and end-of-year lock; shown only if set."""
        organisation = self._organisation()
        period, year_end = (
            day_of(organisation[key]) if organisation.get(key) else None
            for key in ("PeriodLockDate", "EndOfYearLockDate")
        )
        return LockDates(period, year_end)

    def balances(self, at: date) -> tuple[AccountBalance, ...]:
        """The trial balance report's year-to-date columns, by account code, debit positive.

        The chart of accounts is asked for only where the report's labels don't name each code.
        """
        body = self._read(self._api.get_report_trial_balance, date=at)
        with readable("Xero's trial balance"):
            rows = accounts_of(body["Reports"][0]["Rows"])
            labels = [label for _id, label, _cells in rows]
            codes = codes_in(labels) or [self._codes().get(id_, id_) for id_, _, _ in rows]
            return tuple(
                AccountBalance(code, self._cell(debit) - self._cell(credit))
                for code, (_id, _label, (debit, credit)) in zip(codes, rows, strict=True)
            )

    def post(self, journal: JournalToPost, key: str) -> Answer:
        """PUT one journal. A 200 counts only with an id, posted, without warnings."""
        try:
            model = _model(journals.payload(journal))
        except PayloadError as error:
            return Refused(str(error), "")  # it was never sent
        try:
            body = self._read(
                self._api.create_manual_journals,
                manual_journals=model,
                summarize_errors=True,
                idempotency_key=key,
            )
        except LedgerThrottledError as error:
            return Throttled(error.retry_after_s)
        except LedgerRefusedError as error:
            return Refused(str(error), str(error))
        except (LedgerUnavailableError, PayloadError) as error:
            return NoAnswer(str(error))
        try:
            created = rows_of(body, "ManualJournals")
            if not created or not created[0].get("ManualJournalID"):
                return NoAnswer("Xero answered without the journal.")
            return Posted(journals.ledger_journal(created[0], self.currency))
        except PayloadError as error:
            return NoAnswer(str(error))

    def find(self, journal: JournalToPost) -> LedgerJournal | None:
        """The journal with exactly this narration: the one filter that is cheap in Xero."""
        body = self._read(
            self._api.get_manual_journals,
            where=f'Narration=="{journal.narration}"',
            page=1,
            page_size=PAGE_SIZE,
        )
        found = rows_of(body, "ManualJournals")
        alive = [each for each in found if each.get("Status") != "DELETED"]
        return journals.ledger_journal(alive[0], self.currency) if alive else None

    def journals(self, since: datetime) -> Iterator[LedgerJournal]:
        """Pages with their lines, oldest change first; deleted ones are left out."""
        for payload in self._pages(self._api.get_manual_journals, "ManualJournals", since):
            if payload.get("Status") != "DELETED":
                yield journals.ledger_journal(payload, self.currency)

    def read_journal(self, ledger_id: str) -> LedgerJournal | None:
        """One journal by its id."""
        try:
            body = self._read(self._api.get_manual_journal, manual_journal_id=ledger_id)
        except LedgerRefusedError as error:
            if isinstance(error.__cause__, HTTPStatusException) and _status(error.__cause__) == 404:
                return None
            raise
        found = rows_of(body, "ManualJournals")
        return journals.ledger_journal(found[0], self.currency) if found else None

    def gone(self, ledger_ids: Sequence[str]) -> frozenset[str]:
        """None: a posted journal is voided, never deleted, and that shows as a change."""
        del ledger_ids
        return frozenset()

    def link(self, ledger_id: str) -> str:
        """The address that the pages themselves use; no document of Xero's promises it."""
        return f"https://go.xero.com/Journal/View.aspx?invoiceID={ledger_id}"

    def _organisation(self) -> dict[str, Any]:
        found = rows_of(self._read(self._api.get_organisations), "Organisations")
        if len(found) != 1:
            raise PayloadError(f"Xero answered with {len(found)} organisations instead of one.")
        return found[0]

    def _codes(self) -> dict[str, str]:
        if not self._account_codes:
            accounts = rows_of(self._read(self._api.get_accounts), "Accounts")
            self._account_codes = {a["AccountID"]: a["Code"] for a in accounts if a.get("Code")}
        return self._account_codes

    def _cell(self, text: str) -> int:
        return Money.parse(decimal_of(text or "0", "balance"), self.currency).minor

    def _read(self, call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        """One call, with the token renewed once where the vendor says it has expired."""
        for renewed in (False, True):
            try:
                with _vendor_errors():
                    answer = call(
                        self._tenant,
                        **arguments,
                        _preload_content=False,
                        _request_timeout=self._timeout,
                    )
                    body: dict[str, Any] = read_json(answer.data)
                    return body
            except _UnauthorisedError as error:
                if renewed:
                    raise LedgerRefusedError(str(error)) from error.__cause__
                self._tokens.forget()
        raise AssertionError("unreachable")


class _UnauthorisedError(ConnectorError):
    """The token is not accepted."""


def _status(error: Any) -> int:
    return int(error.http_resp.status)


@contextmanager
def _vendor_errors() -> Iterator[None]:
    """Every way in which a call can fail, as ours. Only `http_resp` of an error is looked at:
    the client's own texts fail on a body that is not JSON.
    """
    try:
        yield
    except HTTPStatusException as error:
        status = _status(error)
        headers = {k.lower(): v for k, v in dict(error.http_resp.getheaders()).items()}
        if status in (401, 403):
            raise _UnauthorisedError(f"Xero refuses the connection ({status}).") from error
        if status == 429:
            wait = headers.get("retry-after", "")
            seconds = int(wait) if wait.isdigit() else RETRY_AFTER_DEFAULT_S
            raise LedgerThrottledError(f"Xero asks us to wait {seconds} s.", seconds) from error
        if status >= 500:
            raise LedgerUnavailableError(f"Xero had an internal error ({status}).") from error
        raise LedgerRefusedError(_words(error.http_resp.data, status)) from error
    except urllib3.exceptions.HTTPError as error:
        raise LedgerUnavailableError(f"Xero did not answer ({type(error).__name__}).") from error


def _words(body: bytes, status: int) -> str:
    """The vendor's own words of a refusal: the validation messages, else the message."""
    try:
        data = read_json(body)
        said = [
            each["Message"]
            for element in data.get("Elements", ())
            for each in element.get("ValidationErrors", ())
        ]
        return " ".join(said) or str(data.get("Message") or data.get("Detail") or status)
    except (PayloadError, AttributeError, KeyError, TypeError):
        return f"Xero refused the request ({status})."


def _accounting_api(url: str, token: Callable[[], dict[str, Any]]) -> Any:
    """A client of its own for each organisation. Configuration is a singleton in the library, so
    its token is set on the instance, and each ApiClient gets a configuration object of its own.
    """
    configuration = object.__new__(Configuration)
    Configuration.__init__(configuration)
    configuration.oauth2_token = OAuth2Token(client_id="by-vault", client_secret="by-vault")  # noqa: S106
    client = ApiClient(
        configuration, oauth2_token_getter=token, oauth2_token_saver=lambda _token: None
    )
    client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(
        total=0, redirect=0, status=0, respect_retry_after_header=False
    )
    return AccountingApi(client, base_url=url)


def _model(payload: dict[str, Any]) -> Any:
    """The payload as the client's own model: it writes it to the wire."""
    return ManualJournals(
        manual_journals=[
            ManualJournal(
                narration=payload["Narration"],
                date=date.fromisoformat(payload["Date"]),
                status=payload["Status"],
                line_amount_types=_no_tax(),
                show_on_cash_basis_reports=payload["ShowOnCashBasisReports"],
                journal_lines=[
                    ManualJournalLine(
                        line_amount=line["LineAmount"],
                        account_code=line["AccountCode"],
                        tax_type=line["TaxType"],
                        tracking=[
                            TrackingCategory(name=each["Name"], option=each["Option"])
                            for each in line.get("Tracking", ())
                        ]
                        or None,
                    )
                    for line in payload["JournalLines"]
                ],
            )
        ]
    )


def _no_tax() -> Any:
    from xero_python.accounting import LineAmountTypes

    return LineAmountTypes.NOTAX
