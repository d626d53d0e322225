"""Xero's trial balance report, account by account. Pure. (Xero API: Reports, TrialBalance.)"""

import re
from typing import Any

LABELLED = re.compile(r"\(([^()]+)\)$")


def accounts_of(sections: list[dict[str, Any]]) -> list[tuple[str, str, tuple[str, str]]]:
    """The accounts of a trial balance: id, label, year-to-date debit and credit as text."""
    found = []
    for row in (row for section in sections for row in section.get("Rows", ())):
        if row["RowType"] != "Row":
            continue
        label, _debit, _credit, debit, credit = row["Cells"]
        ids = [a["Value"] for a in label.get("Attributes", ()) if a["Id"] == "account"]
        if ids:
            found.append((ids[0], label["Value"], (debit["Value"], credit["Value"])))
    return found


def codes_in(labels: list[str]) -> list[str]:
    """The code that ends each label, as in "Sales (400)"; none at all where one lacks it, or two
    have the same.
    """
    codes = [match[1] for label in labels if (match := LABELLED.search(label))]
    return codes if len(codes) == len(labels) == len({*codes}) else []
