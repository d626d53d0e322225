"""Tokens of a Xero custom connection: client credentials, renewed before they end."""

import time
from typing import Any

from connectors.log_in import granted
from connectors.vault import Tokens, TokenVault

SCOPES = (
    "accounting.invoices.read accounting.manualjournals accounting.settings.read "
    "accounting.payments.read accounting.reports.trialbalance.read"
)
RENEW_BEFORE_S = 120


class XeroTokens:
    """The access token of one connection, from the vault; asked for anew when it is near its end.

    The grant carries no expiry time of its own and no refresh token, so the time is added here.
    """

    def __init__(
        self, name: str, *, client_id: str, client_secret: str, token_url: str, vault: TokenVault
    ) -> None:
        self._name = name
        self._client = (client_id, client_secret)
        self._url = token_url
        self._vault = vault
        self._rejected = ""

    def current(self) -> dict[str, Any]:
        """A token that is good now, in the shape xero-python takes."""
        tokens = self._vault.refreshed(self._name, self._renewed)
        return {
            "access_token": tokens["access_token"],
            "expires_in": 1800,
            "expires_at": int(tokens["expires_at"]),
            "token_type": "Bearer",
            "scope": SCOPES.split(),
        }

    def forget(self) -> None:
        """The vendor does not accept the current token: ask for another."""
        self._rejected = self._vault.refreshed(self._name, lambda _tokens: None).get(
            "access_token", ""
        )

    def _renewed(self, stored: Tokens | None) -> Tokens | None:
        if (
            stored
            and stored["access_token"] != self._rejected
            and int(stored["expires_at"]) > time.time() + RENEW_BEFORE_S
        ):
            return None
        form = {"grant_type": "client_credentials", "scope": SCOPES}
        token = granted("Xero", self._name, self._url, form, self._client)
        return {
            "access_token": str(token["access_token"]),
            "expires_at": str(int(time.time()) + int(token.get("expires_in", 1800))),
        }
