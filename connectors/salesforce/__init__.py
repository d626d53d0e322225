"""Salesforce as the CRM: won opportunities as contracts, records of usage and delivery."""

from connectors.salesforce.client import SalesforceCrm
from connectors.salesforce.fields import DeliveryObject, FieldNames, UsageObject
from connectors.vault import TokenVault

__all__ = ["DeliveryObject", "FieldNames", "SalesforceCrm", "UsageObject", "open_crm"]


def open_crm(
    name: str,
    fields: dict[str, str],
    vault: TokenVault,
    names: FieldNames,
    read_timeout_s: int = 30,
) -> SalesforceCrm:
    """The org behind a connection. Raises ConnectionConfigError for a bad one.

    Its log-in needs no refresh token, so nothing is kept in the vault.
    """
    del vault
    return SalesforceCrm(name, fields, names, read_timeout_s)
