"""Requests of the real client and answers of the server, judged by Xero's own OpenAPI."""

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.sandbox.test_xero import release

SPEC = Path(__file__).parents[1] / "specs" / "xero" / "xero_accounting.yaml"
HOST = "https://api.xero.com"


def without_read_only(node):
    if isinstance(node, dict):
        return {k: without_read_only(v) for k, v in node.items() if k != "readOnly"}
    if isinstance(node, list):
        return [without_read_only(each) for each in node]
    return node


@pytest.fixture(scope="session")
def contract():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    spec = without_read_only(yaml.load(SPEC.read_text(), Loader=loader))
    return OpenAPI.from_dict(spec, config=Config(spec_validator_cls=None))


class Request:
    """openapi-core's request protocol over a recorded call."""

    content_type = "application/json"

    def __init__(self, method, url, headers, body):
        parts = urlsplit(url)
        self.host_url, self.path, self.method = HOST, parts.path, method.lower()
        self.full_url_pattern = HOST + parts.path
        self.body = body.encode() if isinstance(body, str) else body
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query)), header=Headers(dict(headers))
        )


class Response:
    content_type = "application/json"

    def __init__(self, answer):
        self.data, self.status_code = answer.data, answer.status
        self.headers = Headers({"Content-Type": "application/json"})


@pytest.fixture
def judged(uk, contract, monkeypatch):
    """The real client, every exchange of which is judged; the list of judged paths."""
    api, tenant = uk
    pool = api.api_client.rest_client.pool_manager
    send, seen = pool.request, []

    def request(method, url, **more):
        answer = send(method, url, **more)
        query = more.get("fields") or []
        full = url + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "")
        if "/api.xro/" in url:
            asked = Request(method, full, more["headers"], more.get("body"))
            contract.validate_request(asked)
            contract.validate_response(asked, Response(answer))
            seen.append((method, urlsplit(url).path.rpartition("2.0/")[2]))
        return answer

    monkeypatch.setattr(pool, "request", request)
    return api, tenant, seen


def test_everything_that_is_served_fits_xeros_own_contract(sandbox, judged):
    api, tenant, seen = judged
    api.get_organisations(tenant)
    sandbox.post("/lock-date", entity="uk", date="2026-08-31")
    api.get_organisations(tenant)
    api.get_accounts(tenant)
    api.get_tracking_categories(tenant)
    invoices = api.get_invoices(tenant, page=1, page_size=1000).invoices
    api.get_invoices(tenant)
    api.get_invoice(tenant, invoices[0].invoice_id)
    notes = api.get_credit_notes(tenant, page=1).credit_notes
    api.get_credit_note(tenant, notes[0].credit_note_id)
    api.get_purchase_orders(tenant, page=1, page_size=1000)
    api.get_payments(tenant, page=1, page_size=1000)
    api.get_manual_journals(tenant, page=1, page_size=1000)
    api.get_report_trial_balance(tenant, date="2026-08-31")
    newest, *_ = api.get_reports_list(tenant).reports
    api.get_report_from_id(tenant, newest.report_id)
    made = api.create_manual_journals(
        tenant, release("T2609-0099-contract"), idempotency_key="contract"
    ).manual_journals[0]
    api.get_manual_journal(tenant, made.manual_journal_id)
    with pytest.raises(Exception, match="period lock date"):
        api.create_manual_journals(tenant, release("T2608", day=invoices[0]._date))
    assert len(seen) == 18


def test_the_judge_sees_a_status_that_xero_does_not_know(contract, judged):
    api, tenant, _ = judged
    pool = api.api_client.rest_client.pool_manager
    send = pool.request

    class Spoilt:
        def __init__(self, answer):
            body = json.loads(answer.data)
            body["Invoices"][0]["Status"] = "BRANDNEW"
            self.data, self.status = json.dumps(body).encode(), answer.status

    answer = send(
        "GET",
        api.base_url + "/Invoices",
        headers={
            "Authorization": "Bearer " + api.api_client.configuration.oauth2_token.access_token,
            "xero-tenant-id": tenant,
        },
        fields=[("page", "1")],
    )
    asked = Request("GET", api.base_url + "/Invoices?page=1", {"xero-tenant-id": tenant}, None)
    with pytest.raises(Exception, match="InvalidData"):
        contract.validate_response(asked, Response(Spoilt(answer)))
