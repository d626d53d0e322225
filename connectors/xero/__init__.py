"""Xero as a ledger: one organisation, reached by a custom connection (client credentials)."""

from connectors.vault import TokenVault
from connectors.xero.client import XeroLedger

__all__ = ["XeroLedger", "open_ledger"]


def open_ledger(
    name: str, fields: dict[str, str], vault: TokenVault, currency: str, read_timeout_s: int = 30
) -> XeroLedger:
    """The organisation behind a connection. Raises ConnectionConfigError for a bad one."""
    return XeroLedger(name, fields, vault, currency, read_timeout_s)
