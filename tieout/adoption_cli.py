"""`tieout adoption`: the schedule that a controller imports at adoption, through the JSON API."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tieout.errors import TieoutError
from tieout.settings import read_settings, required

commands = typer.Typer(help="Adoption schedules, through the JSON API.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@commands.callback()
def adoption() -> None:
    """Adoption schedules."""


@commands.command("import")
def import_file(
    entity: str,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be; import nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a schedule, whole or not at all; exit code 1 when a row is refused."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise TieoutError(f"{file} can't be read: {error.strerror}.") from error
    told = _ask(entity, content, dry_run=dry_run)
    _show(told, as_json=as_json)
    if told["refused"]:
        raise typer.Exit(1)


@commands.command("show")
def show(entity: str, as_json: AsJson = False) -> None:
    """The schedule in force, against what the policy computes."""
    _show(_ask(entity, None, dry_run=False), as_json=as_json)


def _ask(entity: str, content: bytes | None, *, dry_run: bool) -> dict[str, Any]:
    from tieout.client import ApiClient

    settings = read_settings()
    url = required(settings.url, "url", "the address of the page, such as http://127.0.0.1:8000")
    token = required(settings.token, "token", "a token from POST /api/v1/login")
    path = f"/entities/{entity}/adoption"
    with ApiClient(url, token) as client:
        told: dict[str, Any] = (
            client.call("GET", path)
            if content is None
            else client.upload(path, content, dry_run=str(dry_run).lower())
        )
        return told


def _show(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _say(json.dumps(told, ensure_ascii=False))
        return
    for row in told["rows"]:
        name = row["line"] or " ".join(filter(None, (row["document"], row["line_written"])))
        if row["refused"]:
            _say(f"row {row['row']:>5}  {name}  refused ({row['refused']}): {row['message']}")
        else:
            _say(
                f"row {row['row']:>5}  {name}  {row['recognised']} {row['currency']}, computed "
                f"{row['computed']}, difference {row['difference']}"
            )
    for line in told["computed"]:
        _say(f"no row     {line['line']}  computed {line['recognised']} {line['currency']}")
    for line in told["held"]:
        _say(f"held       {line['line']}  {line['message']}")
    for total in told["totals"]:
        ledger = total["ledger"] or "not read yet"
        _say(
            f"{total['account']} {total['role'].replace('_', ' ')}: positions "
            f"{total['positions']}, ledger {ledger}, difference {total['difference'] or 'unknown'}"
        )
    _say(f"{told['settled_lines']} lines without a row are earned and billed in full.")
    _say(" ".join(filter(None, (told["message"], told["next_step"]))))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
