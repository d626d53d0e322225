"""The only I/O with Salesforce: simple-salesforce on a session of ours.

The library builds its own https addresses and has no time-outs; an adapter on the session sets the
time-outs and, where the connection names a base address, sends the requests there.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceError

from connectors.errors import (
    LedgerRefusedError,
    LedgerThrottledError,
    LedgerUnavailableError,
    PayloadError,
)
from connectors.ledger import SourceDocument
from connectors.log_in import grant_of
from connectors.salesforce.normalise import FieldNames, source_document
from connectors.wire import CONNECT_TIMEOUT_S, RETRY_AFTER_DEFAULT_S, Fields, readable, storable

FIELDS = ("base_url", "client_id", "client_secret", "domain")
API_VERSION = "66.0"
LOG_IN_PATH = "/services/oauth2/token"
IDS_PER_QUERY = 100
_ENTITY = re.compile(r"[a-z][a-z0-9-]*")


class _Adapter(HTTPAdapter):
    """Time-outs on every request; another server where the connection names one."""

    def __init__(self, base: str | None, timeout: tuple[int, int]) -> None:
        self._base = urlsplit(base) if base else None
        self._timeout = timeout
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        """Send with our time-out, to our base."""
        if self._base is not None:
            url = urlsplit(request.url or "")
            request.url = urlunsplit(
                (self._base.scheme, self._base.netloc, str(url.path), str(url.query), "")
            )
        options["timeout"] = options.get("timeout") or self._timeout
        answer = super().send(request, *args, **options)
        if LOG_IN_PATH in (request.url or ""):  # the library takes trouble there for a refusal
            if answer.status_code >= 500 or answer.status_code == 429:
                raise LedgerUnavailableError(
                    f"Salesforce's log-in server answered {answer.status_code}."
                )
            if answer.status_code == 200:
                grant_of("Salesforce", answer)
        return answer


class SalesforceCrm:
    """A Crm over one Salesforce org, by the client credentials flow."""

    vendor = "salesforce"

    def __init__(
        self, name: str, fields: dict[str, str], names: FieldNames, read_timeout_s: int
    ) -> None:
        self._fields = Fields(name, fields, FIELDS)
        for field in ("client_id", "client_secret", "domain"):
            self._fields.required(field)
        self._names = names
        self._session = requests.Session()
        self._session.mount(
            "https://", _Adapter(fields.get("base_url"), (CONNECT_TIMEOUT_S, read_timeout_s))
        )
        self._client: Any = None

    def check(self) -> str:
        """The org's address."""
        self._query("SELECT Id FROM Opportunity LIMIT 1")
        return str(self._fields.required("domain"))

    def contracts(
        self, entity: str, currency: str, since: datetime | None
    ) -> Iterator[SourceDocument]:
        """Opportunities of the entity that changed, or one of whose lines did."""
        if not _ENTITY.fullmatch(entity):
            raise PayloadError(f"{entity!r} is not the id of an entity.")
        fields = (
            "Id, Name, AccountId, CloseDate, IsWon, IsDeleted, CurrencyIsoCode, "
            f"SystemModstamp, {self._names.entity}"
        )
        select = f"SELECT {fields} FROM Opportunity WHERE {self._names.entity} = '{entity}'"  # noqa: S608
        opportunities = {row["Id"]: row for row in self._query(select, deleted=True)}
        accounts = {row["Id"]: row["Name"] for row in self._query("SELECT Id, Name FROM Account")}
        lines: dict[str, list[dict[str, Any]]] = {key: [] for key in opportunities}
        ids = sorted(opportunities)
        for first in range(0, len(ids), IDS_PER_QUERY):
            for line in self._lines(ids[first : first + IDS_PER_QUERY]):
                lines[line["OpportunityId"]].append(line)
        found = [
            source_document(
                opportunity,
                lines[key],
                accounts.get(opportunity["AccountId"], opportunity["AccountId"]),
                self._names,
                currency,
            )
            for key, opportunity in opportunities.items()
            if since is not None or (opportunity["IsWon"] and not opportunity["IsDeleted"])
        ]
        changed = (each for each in found if since is None or each.modified >= since)
        yield from sorted(changed, key=lambda each: (each.modified, each.document.id))

    def _lines(self, ids: list[str]) -> list[dict[str, Any]]:
        wanted = ", ".join(f"'{each}'" for each in ids)
        return self._query(
            "SELECT Id, OpportunityId, ProductCode, Name, Description, Quantity, UnitPrice, "  # noqa: S608
            f"TotalPrice, ServiceDate, {self._names.service_start}, {self._names.service_end}, "
            f"SortOrder, SystemModstamp FROM OpportunityLineItem WHERE OpportunityId IN ({wanted})"
        )

    def _query(self, soql: str, *, deleted: bool = False) -> list[dict[str, Any]]:
        with _vendor_errors(self._fields.name), readable("Salesforce's answer"):
            rows = self._salesforce().query_all(soql, include_deleted=deleted)["records"]
            return [_without_attributes(storable(row)) for row in rows]

    def _salesforce(self) -> Any:
        if self._client is None:
            self._client = Salesforce(
                consumer_key=self._fields.required("client_id"),
                consumer_secret=self._fields.required("client_secret"),
                domain=self._fields.required("domain"),
                session=self._session,
                version=API_VERSION,
                parse_float=Decimal,
            )
        return self._client


def _without_attributes(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_attributes(value) if isinstance(value, dict) else value
        for key, value in row.items()
        if key != "attributes"
    }


@contextmanager
def _vendor_errors(connection: str) -> Iterator[None]:
    """Every way in which a call can fail, as ours."""
    try:
        yield
    except SalesforceAuthenticationFailed as error:
        raise LedgerRefusedError(
            f"Salesforce refuses the log-in of {connection}. Check client id, secret and domain in "
            "the connections file."
        ) from error
    except SalesforceError as error:
        if "REQUEST_LIMIT_EXCEEDED" in str(error.content):
            raise LedgerThrottledError(
                "Salesforce's request limit is reached.", RETRY_AFTER_DEFAULT_S
            ) from error
        if error.status >= 500 or error.status == 429:
            raise LedgerUnavailableError(
                f"Salesforce had an internal error ({error.status})."
            ) from error
        raise LedgerRefusedError(f"Salesforce refuses the query: {error.content!r}") from error
    except requests.RequestException as error:
        raise LedgerUnavailableError(
            f"Salesforce did not answer ({type(error).__name__})."
        ) from error
