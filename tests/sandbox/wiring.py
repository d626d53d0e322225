"""The three vendors' real client libraries, pointed at a running sandbox, and its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

ROOT = Path(__file__).parents[2]


@dataclass
class Sandbox:
    """A running sandbox process."""

    process: subprocess.Popen[str]
    urls: dict[str, str]
    data: Path

    @classmethod
    def start(cls, data: Path, *arguments: str) -> Sandbox:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--data", str(data), "--no-crowd", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready.pop("ready") is True
        return cls(process, ready, data)

    @property
    def connections(self) -> dict[str, dict[str, Any]]:
        return json.loads((self.data / "connections.json").read_text())

    def get(self, path: str, /, **query: str) -> Any:
        answer = requests.get(self.urls["control"] + path, params=query, timeout=5)
        answer.raise_for_status()
        return answer.json(parse_float=Decimal)

    def post(self, path: str, /, **body: Any) -> Any:
        answer = requests.post(self.urls["control"] + path, json=body, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def clear(self) -> None:
        requests.delete(self.urls["control"] + "/faults", timeout=5).raise_for_status()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(10)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


def xero(sandbox: Sandbox, name: str = "xero-uk") -> tuple[Any, str]:
    """(AccountingApi, tenant id) of xero-python, with its hidden retries off."""
    from xero_python.accounting import AccountingApi
    from xero_python.api_client import ApiClient
    from xero_python.api_client.configuration import Configuration
    from xero_python.api_client.oauth2 import OAuth2Token, TokenApi

    known = sandbox.connections[name]
    base = known["base_url"]
    for attribute in ("client_credentials_token_url", "refresh_token_url"):
        setattr(TokenApi, attribute, base + "/connect/token")
    configuration = Configuration()
    configuration.oauth2_token = OAuth2Token(
        client_id=known["client_id"], client_secret=known["client_secret"]
    )
    tokens: dict[str, Any] = {}
    client = ApiClient(
        configuration,
        oauth2_token_getter=lambda: tokens,
        oauth2_token_saver=tokens.update,
    )
    client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(
        total=0, redirect=0, status=0, respect_retry_after_header=False
    )
    client.get_client_credentials_token()
    return AccountingApi(client, base_url=base + "/api.xro/2.0"), known["tenant_id"]


def quickbooks(sandbox: Sandbox) -> Any:
    """QuickBooks of python-quickbooks, reading Decimals."""
    from intuitlib.client import AuthClient
    from quickbooks import QuickBooks

    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    known = sandbox.connections["quickbooks-us"]

    class Local(QuickBooks):
        api_url_v3 = sandbox_api_url_v3 = known["base_url"] + "/v3"

    auth = AuthClient(
        known["client_id"],
        known["client_secret"],
        "http://localhost/callback",
        environment=known["discovery_url"],
    )
    return Local(
        auth_client=auth,
        refresh_token=known["refresh_token"],
        company_id=known["realm_id"],
        minorversion=75,
        use_decimal=True,
    )


class Rebased(HTTPAdapter):
    """Sends https requests of any host to a plain http base."""

    def __init__(self, base: str) -> None:
        self.base = urlsplit(base)
        super().__init__()

    def send(self, request, **more):  # type: ignore[no-untyped-def]
        given = urlsplit(request.url)
        request.url = urlunsplit((self.base.scheme, self.base.netloc, given.path, given.query, ""))
        more["timeout"] = more.get("timeout") or (3, 10)
        return super().send(request, **more)


def salesforce(sandbox: Sandbox) -> Any:
    """Salesforce of simple-salesforce, reading Decimals."""
    from simple_salesforce import Salesforce

    known = sandbox.connections["salesforce"]
    session = requests.Session()
    session.mount("https://", Rebased(known["base_url"]))
    return Salesforce(
        consumer_key=known["client_id"],
        consumer_secret=known["client_secret"],
        domain=known["domain"],
        session=session,
        version="59.0",
        parse_float=Decimal,
    )
