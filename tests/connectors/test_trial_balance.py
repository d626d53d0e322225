"""The labels of Xero's trial balance name the accounts, or the chart of accounts must."""

import pytest

from connectors.xero.trial_balance import accounts_of, codes_in


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        (["Sales (400)", "Deferred (old) (850)"], ["400", "850"]),
        (["Sales (400)", "Business Bank Account"], []),
        (["Deferred revenue (850)", "Was kept at (850)"], []),
        ([], []),
    ],
)
def test_each_label_ends_in_a_code_of_its_own_or_none_is_believed(
    labels: list[str], codes: list[str]
) -> None:
    assert codes_in(labels) == codes


def test_only_rows_of_accounts_are_read_with_their_year_to_date_columns() -> None:
    mark = [{"Value": "a-1", "Id": "account"}]
    cells = [{"Value": v, "Attributes": mark} for v in ("Sales (400)", "1.00", "", "12.00", "")]
    total = {"RowType": "SummaryRow", "Cells": [{"Value": "Total"}] * 5}
    section = {"RowType": "Section", "Rows": [{"RowType": "Row", "Cells": cells}, total]}
    assert accounts_of([{"RowType": "Header"}, section]) == [
        ("a-1", "Sales (400)", ("12.00", "")),
    ]
