"""`tieout scenario`: close a scenario file and show the figures, or compare them with what it expects."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from scenario.errors import ScenarioError
    from scenario.run import ClosedPeriod

DIFFERS, REFUSED = 1, 2
"""Exit codes: a figure is not as expected; a file can't be used."""

commands = typer.Typer(help="Scenario files: a whole book in one JSON file.", no_args_is_help=True)

REVENUE = ("recognised", "catch_up", "billed", "deferred", "deferred_non_current", "accrued")
COSTS = ("expense", "prepaid", "expense_accrued")


@commands.command("run")
def scenario_run(
    file: Path,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Close the file's periods in turn and print the result."""
    from scenario.errors import ScenarioError
    from scenario.run import closed, shown
    from scenario.schema import read_file

    try:
        scenario = read_file(file)
    except ScenarioError as error:
        refuse(file, error)
        raise typer.Exit(REFUSED) from None
    periods = closed(scenario)
    output = shown(scenario, periods)
    if as_json:
        say(json.dumps(output, indent=2, ensure_ascii=False))
        return
    for period in periods:
        show(period, output[period.name])


@commands.command("export")
def scenario_export(
    entity: Annotated[str, typer.Option("--entity", help="Whose book.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here, not to the terminal.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="A local installation's data directory.")
    ] = None,
) -> None:
    """Write an entity's book as a scenario that closes its periods again to the same figures."""
    from tieout.exports import scenario_of
    from tieout.settings import data_directory

    written = scenario_of(entity, data_directory(data))
    text = json.dumps(written, indent=2, ensure_ascii=False)
    if output is None:
        say(text)
    else:
        output.write_text(text + "\n")


@commands.command("check")
def scenario_check(files: Annotated[list[Path], typer.Argument()]) -> None:
    """Compare with what each file expects; exit code 1 when a figure differs, 2 when one is refused."""
    from scenario.check import differences, expected_figures
    from scenario.errors import ScenarioError
    from scenario.run import run
    from scenario.schema import read_file

    codes = {0}
    for file in files:
        try:
            scenario = read_file(file)
        except ScenarioError as error:
            say(f"{file}: refused")
            refuse(file, error)
            codes.add(REFUSED)
            continue
        found = differences(scenario, run(scenario))
        count = expected_figures(scenario)
        say(f"{file}: {f'{len(found)} of {count} differ' if found else f'{count} as expected'}")
        for difference in found:
            say(
                f"  {difference.path}\n    expected {difference.expected}\n    found    {difference.found}"
            )
        codes.add(DIFFERS if found else 0)
    if code := max(codes):
        raise typer.Exit(code)


@commands.command("schema")
def scenario_schema() -> None:
    """Print the format as JSON Schema."""
    from scenario.parts import schema_text

    sys.stdout.write(schema_text())
    sys.stdout.flush()


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def refuse(file: Path, error: "ScenarioError") -> None:
    """Every fault of the file, a line each, on standard error."""
    sys.stderr.write("".join(f"{file}: {fault}\n" for fault in error.faults))


def show(period: "ClosedPeriod", figures: dict[str, Any]) -> None:
    """One period as tables: a block for each entity, and one for the group."""
    from rich.console import Console

    console = Console(markup=False, highlight=False, emoji=False)
    for name, found in figures.items():
        console.rule(f"{period.name}  {name}", align="left")
        if name not in period.calculations:
            console.print(_pairs(found))
            continue
        for part in _entity(found):
            console.print(part)
        for exception in period.calculations[name].exceptions:
            console.print(f"{exception.code.value}: {exception.subject}", style="bold")
            console.print(f"  {exception.message}")
    console.print()


def _entity(found: dict[str, Any]) -> "list[RenderableType]":
    parts: list[RenderableType] = [
        _pairs({name: found[name] for name in (*REVENUE, *COSTS, "fx")}),
    ]
    if found["lines"]:
        parts.append(_lines(found["lines"]))
    if found["journals"]:
        parts.append(_journals(found["journals"]))
    return parts


def _table(*columns: str, amounts: int) -> "Table":
    """A table whose last columns hold amounts."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        is_amount = index >= len(columns) - amounts
        table.add_column(column, justify="right" if is_amount else "left")
    return table


def _pairs(figures: dict[str, Any]) -> "Table":
    table = _table("", "", amounts=1)
    table.show_header = False
    for name, text in figures.items():
        table.add_row(_words(name), text)
    return table


def _lines(lines: dict[str, dict[str, str]]) -> "Table":
    table = _table(
        "line",
        "service",
        "recognised",
        "to date",
        "billed",
        "deferred or prepaid",
        "accrued",
        amounts=5,
    )
    for key, line in lines.items():
        start, end = line.get("service_start", ""), line.get("service_end", "")
        table.add_row(
            key,
            f"{start} – {end}" if start or end else "",
            line["recognised"],
            line["recognised_to_date"],
            line["billed_to_date"],
            line.get("deferred") or line["prepaid"],
            line.get("accrued") or line["expense_accrued"],
        )
    return table


def _journals(journals: list[dict[str, Any]]) -> "Table":
    table = _table("journal", "date", "account", "debit", "credit", amounts=2)
    for journal in journals:
        head = (_words(journal["kind"]), journal["date"])
        for line in journal["lines"]:
            tags = ", ".join(line.get("dimensions", {}).values())
            account = _words(line["account"]) + (f" ({tags})" if tags else "")
            table.add_row(*head, account, line["debit"], line["credit"])
            head = ("", "")
    return table


def _words(name: str) -> str:
    return name.replace("_", " ")
