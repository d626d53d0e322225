"""Tokens of a QuickBooks company. Refresh tokens rotate: the new one is stored before it is used."""

import time

from connectors.log_in import granted
from connectors.vault import Tokens, TokenVault

TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"  # noqa: S105
RENEW_BEFORE_S = 120
LASTS_S = 3600


class QuickBooksTokens:
    """The tokens of one company, from the vault; a stampede of workers refreshes once.

    Stands in for the library's AuthClient, which would refresh by itself and lose the new token.
    """

    environment = "production"
    refresh_token = None

    def __init__(
        self,
        name: str,
        *,
        client_id: str,
        client_secret: str,
        first_refresh_token: str,
        token_url: str,
        vault: TokenVault,
    ) -> None:
        self.client_id = client_id
        self._name = name
        self._secret = client_secret
        self._first = first_refresh_token
        self._url = token_url
        self._vault = vault
        self._rejected = ""

    @property
    def access_token(self) -> str:
        """A token that is good now."""
        return self._vault.refreshed(self._name, self._renewed)["access_token"]

    def forget(self, access_token: str) -> None:
        """The vendor does not accept this token any more: get another one."""
        self._rejected = access_token

    def _renewed(self, stored: Tokens | None) -> Tokens | None:
        if (
            stored
            and stored["access_token"] != self._rejected
            and int(stored["expires_at"]) > time.time() + RENEW_BEFORE_S
        ):
            return None
        refresh_token = stored["refresh_token"] if stored else self._first
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        client = (self.client_id, self._secret)
        token = granted("Intuit", self._name, self._url, form, client)
        return {
            "access_token": str(token["access_token"]),
            "refresh_token": str(token.get("refresh_token") or refresh_token),
            "expires_at": str(int(time.time()) + int(token.get("expires_in", LASTS_S))),
        }
