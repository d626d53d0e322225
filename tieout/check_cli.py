"""`tieout check`: one line for each invariant of a live installation."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.settings import Settings, read_settings, required

if TYPE_CHECKING:
    from tieout.check import Report


def check(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say whether the installation's invariants hold; exit code 1 when one does not."""
    report = _report(read_settings())
    if as_json:
        told = {
            "holds": report.holds,
            "invariants": [{**asdict(f), "holds": f.holds} for f in report.findings],
            "left_out": report.left_out,
        }
        _say(json.dumps(told, ensure_ascii=False))
    else:
        for finding in report.findings:
            said = ["holds"] if finding.holds else finding.broken
            _say(f"{finding.name:16} {finding.promise}: {said[0]}")
            for sentence in said[1:]:
                _say(f"{'':16} {sentence}")
        for words in report.left_out:
            _say(f"{'left out':16} {words}")
    if not report.holds:
        raise typer.Exit(1)


def _report(settings: Settings) -> "Report":
    from store import Store
    from tieout.check import check as look
    from tieout.compose import Ledgers, PostgresVault, box_of, verifier_of
    from tieout.database import check_schema

    dsn = required(settings.database_url, "database_url", "the worker's own Postgres log-in")
    verifier = verifier_of(settings)
    check_schema(dsn)
    store = Store(dsn, verifier)
    try:
        if settings.connections_file is None or settings.secret_key_file is None:
            return look(store, verifier, None)
        ledgers = Ledgers(settings.connections_file, PostgresVault(store, box_of(settings)))
        return look(store, verifier, ledgers.ledger)
    finally:
        store.close()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
