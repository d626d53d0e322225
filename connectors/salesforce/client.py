"""The only I/O with Salesforce: simple-salesforce on a session of ours.

The library builds its own https addresses and has no time-outs; an adapter on the session sets the
time-outs and, where the connection names a base address, sends the requests there.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceError

from connectors.crm import SourceReport
from connectors.errors import (
    LedgerRefusedError,
    LedgerThrottledError,
    LedgerUnavailableError,
    PayloadError,
)
from connectors.ledger import SourceDocument
from connectors.log_in import grant_of
from connectors.salesforce.fields import DeliveryObject, FieldNames, UsageObject
from connectors.salesforce.normalise import source_document
from connectors.salesforce.reports import line_named, source_report
from connectors.wire import CONNECT_TIMEOUT_S, RETRY_AFTER_DEFAULT_S, Fields, readable, storable

FIELDS = ("base_url", "client_id", "client_secret", "domain")
API_VERSION = "66.0"
LOG_IN_PATH = "/services/oauth2/token"
IDS_PER_QUERY = 400
"""As many as an address of 16,384 characters holds, the most that Salesforce takes."""
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
        opportunities = self._opportunities(entity)
        accounts = {row["Id"]: row["Name"] for row in self._query("SELECT Id, Name FROM Account")}
        lines: dict[str, list[dict[str, Any]]] = {key: [] for key in opportunities}
        for line in self._lines("OpportunityId", opportunities, self._line_fields()):
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

    def reports(self, entity: str, since: datetime | None) -> Iterator[SourceReport]:
        """Usage and deliveries of the entity's lines that changed, oldest change first.

        A report on a line that no opportunity of the org has is refused: it would be missed.
        """
        found: list[SourceReport] = []
        opportunities = self._opportunities(entity)
        for names in (self._names.usage, self._names.deliveries):
            if names is None:
                continue
            rows = [(line_named(row, names), row) for row in self._reported(names, since)]
            named = sorted({line for line, _row in rows})
            homes = {
                line["Id"]: line["OpportunityId"]
                for line in self._lines("Id", named, ("Id", "OpportunityId"), deleted=True)
            }
            for line, row in rows:
                home = homes.get(line)
                if home is None and not row["IsDeleted"]:
                    raise PayloadError(
                        f"{names.object} {row['Id']} reports on line {line}, which no opportunity "
                        "has. Correct the record."
                    )
                if home in opportunities:
                    currency = opportunities[home]["CurrencyIsoCode"]
                    found.append(source_report(row, names, f"{home}/{line}", currency))
        yield from sorted(found, key=lambda each: (each.modified, each.report.id))

    def _reported(
        self, names: UsageObject | DeliveryObject, since: datetime | None
    ) -> list[dict[str, Any]]:
        fields = ", ".join(("Id", "IsDeleted", "SystemModstamp", *names.fields))
        select = f"SELECT {fields} FROM {names.object}"  # noqa: S608
        if since is None:
            return self._query(select)
        moment = since.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
        return self._query(f"{select} WHERE SystemModstamp >= {moment}Z", deleted=True)

    def _opportunities(self, entity: str) -> dict[str, dict[str, Any]]:
        """The entity's opportunities by id, deleted ones included."""
        if not _ENTITY.fullmatch(entity):
            raise PayloadError(f"{entity!r} is not the id of an entity.")
        standard = (
            "Id",
            "Name",
            "AccountId",
            "CloseDate",
            "Type",
            "IsWon",
            "IsDeleted",
            "CurrencyIsoCode",
            "SystemModstamp",
        )
        fields = ", ".join(dict.fromkeys((*standard, *self._names.of_opportunity)))
        select = f"SELECT {fields} FROM Opportunity WHERE {self._names.entity} = '{entity}'"  # noqa: S608
        return {row["Id"]: row for row in self._query(select, deleted=True)}

    def _line_fields(self) -> tuple[str, ...]:
        standard = (
            "Id",
            "OpportunityId",
            "ProductCode",
            "Name",
            "Description",
            "Quantity",
            "UnitPrice",
            "TotalPrice",
            "ServiceDate",
            "SortOrder",
            "SystemModstamp",
        )
        return tuple(dict.fromkeys((*standard, *self._names.of_line)))

    def _lines(
        self, by: str, values: Iterable[str], fields: tuple[str, ...], *, deleted: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Opportunity lines whose field `by` is one of the ids, some hundreds of ids a query."""
        ids = sorted(values)
        for first in range(0, len(ids), IDS_PER_QUERY):
            wanted = ", ".join(f"'{each}'" for each in ids[first : first + IDS_PER_QUERY])
            select = f"SELECT {', '.join(fields)} FROM OpportunityLineItem"  # noqa: S608
            yield from self._query(f"{select} WHERE {by} IN ({wanted})", deleted=deleted)

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
