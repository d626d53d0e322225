"""QuickBooks Online as a ledger: one company (realm)."""

from connectors.quickbooks.client import QuickBooksLedger
from connectors.vault import TokenVault

__all__ = ["QuickBooksLedger", "open_ledger"]


def open_ledger(
    name: str, fields: dict[str, str], vault: TokenVault, currency: str, read_timeout_s: int = 30
) -> QuickBooksLedger:
    """The company behind a connection. Raises ConnectionConfigError for a bad one."""
    return QuickBooksLedger(name, fields, vault, currency, read_timeout_s)
