"""One request for tokens at a vendor's log-in server (RFC 6749 §§4.4, 6), its failures told apart."""

from typing import Any

import requests

from connectors.errors import LedgerRefusedError, LedgerUnavailableError
from connectors.wire import CONNECT_TIMEOUT_S, READ_TIMEOUT_S


def granted(
    vendor: str, connection: str, url: str, form: dict[str, str], client: tuple[str, str]
) -> dict[str, Any]:
    """The vendor's grant, which holds an access token.

    `form` is what is asked for, `client` the id and secret. Raises LedgerUnavailableError where
    the server is in trouble, LedgerRefusedError naming the connection where it says no.
    """
    try:
        answer = requests.post(
            url,
            data=form,
            headers={"Accept": "application/json"},
            auth=client,
            timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
        )
    except requests.RequestException as error:
        raise LedgerUnavailableError(f"{vendor}'s log-in server did not answer.") from error
    if answer.status_code >= 500 or answer.status_code == 429:
        raise LedgerUnavailableError(f"{vendor}'s log-in server answered {answer.status_code}.")
    if answer.status_code != 200:
        raise LedgerRefusedError(
            f"{vendor} refuses the credentials of {connection} ({answer.status_code}). "
            "Check them in the connections file, or connect it again."
        )
    return grant_of(vendor, answer)


def grant_of(vendor: str, answer: requests.Response) -> dict[str, Any]:
    """The grant in an answer that says yes. Raises LedgerUnavailableError where it holds none."""
    try:
        grant = answer.json()
    except ValueError:
        grant = None
    if not isinstance(grant, dict) or not grant.get("access_token"):
        raise LedgerUnavailableError(
            f"{vendor}'s log-in server gave an answer that can't be read; a proxy may stand between."
        )
    return grant
