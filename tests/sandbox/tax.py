"""The vendors' tax reports, read by their own clients: net and tax by type, as the reports have them."""

from typing import Any

Taxed = dict[str, tuple[str, str]]


def xero_returns(api: Any, tenant: str) -> dict[str, Taxed]:
    """Every tax return of an organisation by its date."""
    found = {}
    for listed in api.get_reports_list(tenant).reports:
        (report,) = api.get_report_from_id(tenant, listed.report_id).reports
        (section,) = [row for row in report.rows if row.row_type.value == "Section"]
        cells = [[cell.value for cell in row.cells] for row in section.rows]
        found[report.report_date] = {type_: (net, tax) for type_, net, tax in cells}
    return found


def quickbooks_summary(company: Any, start: str, end: str) -> Taxed:
    """A company's tax summary of some days."""
    report = company.get_report("TaxSummary", {"start_date": start, "end_date": end})
    rows = [row["ColData"] for row in report["Rows"]["Row"] if "ColData" in row]
    return {code["id"]: (net["value"], tax["value"]) for code, net, tax in rows}
