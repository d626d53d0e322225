"""`tieout rates`: exchange rates from the European Central Bank's file."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tieout.errors import TieoutError
from tieout.terminal import read

commands = typer.Typer(help="Exchange rates.", no_args_is_help=True)


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
    """Keep the European Central Bank's reference rates; what is known already is left alone.

    Closes whose rates changed calculate anew.
    """
    from controls.messages import RATES
    from tieout.administration import administrator, load_rates, shipped_history
    from tieout.outdated import calculate_anew

    first = _day(since)
    content = read(file) if file else shipped_history()
    with administrator() as work:
        said = load_rates(work, content, first)
    sys.stdout.write("\n".join([said, *calculate_anew(RATES)]) + "\n")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise TieoutError(f"--since {text}: write a day like 2024-01-31.") from error
