"""What the control port can do to a caller."""

import threading
import time

import pytest
import requests
from quickbooks.exceptions import AuthorizationException, QuickbooksException
from quickbooks.objects import CompanyInfo
from simple_salesforce.exceptions import SalesforceRefusedRequest
from xero_python.exceptions import HTTPStatusException, RateLimitException

from tests.sandbox.test_quickbooks import post
from tests.sandbox.test_quickbooks import release as us_release
from tests.sandbox.test_xero import release
from tests.sandbox.wiring import xero


def fired(sandbox):
    return [fault["fired"] for fault in sandbox.get("/faults")]


def journals_named(sandbox, reference, entity="uk"):
    return len(sandbox.get("/journals", entity=entity, reference=reference))


def test_a_throttle_tells_how_long_and_then_lets_pass(sandbox, uk):
    api, tenant = uk
    sandbox.post("/faults", target="xero", kind="throttle", retry_after_s=7)
    with pytest.raises(RateLimitException) as error:
        api.get_organisations(tenant)
    assert error.value.http_resp.getheaders()["Retry-After"] == "7"
    assert api.get_organisations(tenant).organisations
    assert fired(sandbox) == [1]


def test_a_throttle_in_the_other_vendors_words(sandbox, us, crm):
    sandbox.post("/faults", target="quickbooks", kind="throttle")
    with pytest.raises(QuickbooksException) as error:
        CompanyInfo.get(1, qb=us)
    assert error.value.error_code == 3001
    sandbox.post("/faults", target="salesforce", kind="throttle")
    with pytest.raises(SalesforceRefusedRequest) as refusal:
        crm.query("SELECT Id FROM Account")
    assert refusal.value.content[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


@pytest.mark.parametrize("status", [500, 503])
def test_a_broken_server_has_saved_nothing(sandbox, uk, status):
    api, tenant = uk
    sandbox.post("/faults", target="xero", kind=f"error_{status}", method="PUT")
    with pytest.raises(HTTPStatusException) as error:
        api.create_manual_journals(tenant, release(f"T2609-0{status}-eeeeeeee"))
    assert error.value.http_resp.status == status
    assert journals_named(sandbox, f"T2609-0{status}") == 0


@pytest.mark.parametrize(("kind", "saved"), [("reset_before_commit", 0), ("reset_after_commit", 1)])
def test_a_cut_connection_leaves_the_journal_unsaved_or_saved(sandbox, uk, kind, saved):
    api, tenant = uk
    body = release(f"T2609-0010-{kind}")
    sandbox.post("/faults", target="xero", kind=kind, method="PUT", path="manualjournals")
    with pytest.raises(Exception, match=r"(?i)connection|reset|aborted"):
        api.create_manual_journals(tenant, body, idempotency_key=kind)
    assert journals_named(sandbox, kind) == saved
    api.create_manual_journals(tenant, body, idempotency_key=kind)
    assert journals_named(sandbox, kind) == 1


def test_quickbooks_cut_after_the_commit_answers_the_repeat_with_the_first_entry(sandbox, us):
    body = us_release("T2609-0011-ffffffff")
    sandbox.post(
        "/faults",
        target="quickbooks",
        kind="reset_after_commit",
        method="POST",
        path="journalentry",
    )
    with pytest.raises(requests.ConnectionError):
        post(us, body, "r-11")
    (known,) = sandbox.get("/journals", entity="us", reference="T2609-0011-ffffffff")
    assert post(us, body, "r-11")["Id"] == known["id"]


def test_a_held_answer_is_committed_and_comes_when_it_is_released(sandbox, uk):
    api, tenant = uk
    sandbox.post("/faults", target="xero", kind="hold_after_commit", method="PUT")
    answers = []
    caller = threading.Thread(
        target=lambda: answers.append(
            api.create_manual_journals(tenant, release("T2609-0012-hold"))
        )
    )
    caller.start()
    while not journals_named(sandbox, "T2609-0012-hold"):
        time.sleep(0.01)
    assert fired(sandbox) == [1]
    assert answers == []
    sandbox.clear()
    caller.join(5)
    assert answers[0].manual_journals[0].narration == "T2609-0012-hold"


def test_a_held_caller_may_go_away(sandbox, uk):
    api, tenant = uk
    sandbox.post("/faults", target="xero", kind="hold_after_commit", method="PUT")
    with pytest.raises(Exception, match=r"(?i)timed out"):
        api.create_manual_journals(tenant, release("T2609-0013-gone"), _request_timeout=(1, 1))
    assert journals_named(sandbox, "T2609-0013-gone") == 1
    assert api.get_organisations(tenant).organisations


def test_skip_and_times_choose_the_requests(sandbox, uk):
    api, tenant = uk
    sandbox.post("/faults", target="xero", kind="error_500", path="/accounts", skip=1, times=2)
    outcomes = []
    for _ in range(4):
        try:
            api.get_accounts(tenant)
            outcomes.append("ok")
        except HTTPStatusException:
            outcomes.append("broken")
    assert outcomes == ["ok", "broken", "broken", "ok"]


def test_latency_delays_the_answer(sandbox):
    sandbox.post("/faults", target="quickbooks", kind="latency", seconds=0.3, path="openid")
    started = time.monotonic()
    requests.get(sandbox.urls["quickbooks"] + "/.well-known/openid_configuration", timeout=5)
    assert time.monotonic() - started >= 0.3


def test_expired_tokens_are_told_in_each_vendors_way_and_can_be_renewed(sandbox, us, crm):
    api, tenant = xero(sandbox)
    sandbox.post("/faults", target="xero", kind="expire_tokens")
    with pytest.raises(HTTPStatusException) as error:
        api.get_organisations(tenant)
    assert error.value.http_resp.status == 401
    assert b"TokenExpired" in error.value.http_resp.data
    api.api_client.get_client_credentials_token()
    assert api.get_organisations(tenant).organisations

    sandbox.post("/faults", target="quickbooks", kind="expire_tokens")
    with pytest.raises(AuthorizationException):
        CompanyInfo.get(1, qb=us)
    us.auth_client.refresh()
    us._start_session()
    assert CompanyInfo.get(1, qb=us).CompanyName

    sandbox.post("/faults", target="salesforce", kind="expire_tokens")
    assert crm.query("SELECT Id FROM Account")["records"]  # it logs in again by itself


def test_the_control_port_refuses_what_it_does_not_know(sandbox):
    for body in ({"target": "sage", "kind": "throttle"}, {"target": "xero", "kind": "magic"}):
        answer = requests.post(sandbox.urls["control"] + "/faults", json=body, timeout=5)
        assert answer.status_code == 400
