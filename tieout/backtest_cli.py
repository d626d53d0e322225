"""`tieout backtest`: what the old process got wrong before adoption, through the JSON API."""

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from tieout.terminal import AsJson, connected, say, show

PATIENCE_S = 600
"""A book of ten thousand lines takes most of a minute."""


def backtest(
    entity: str,
    first: Annotated[str, typer.Option("--from", help="The first month: 2025-09.")] = "",
    last: Annotated[str, typer.Option("--to", help="The last month, up to adoption.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say where the ledger of the months before adoption was wrong, and why; nothing is stored."""
    asked = urlencode({"from": first, "to": last})
    with connected() as client:
        path = f"/entities/{quote(entity)}/backtest?{asked}"
        found = client.call("GET", path, timeout_s=PATIENCE_S)
    if as_json:
        show(found, as_json=True)
        return
    for sentence in _told(found):
        say(sentence)


def _told(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['entity']}, amounts in {found['currency']}, ledger less what is right."
    yield found["summary"]
    for each in found["carried"]:
        yield f"Before {found['first']} {_account(each)} differed by {each['difference']}."
    if found["totals"]:
        yield ""
        yield f"{'Cause':18} {'Account':26} {'Mistakes':>8} {'At most':>14} {'Still stands':>14}"
    for total in found["totals"]:
        name = f"{_words(total['cause']):18} {_account(total):26} {total['mistakes']:>8}"
        yield f"{name} {total['largest']:>14} {total['standing']:>14}"
    for cause, rows in groupby(found["differences"], key=lambda row: row["cause"]):
        yield ""
        yield _words(cause).capitalize()
        for row in rows:
            customer = row["customer"] or "nobody named"
            yield f"  {row['period']}  {_account(row):26} {customer:30} {row['amount']:>14}"
            yield f"           {row['sentence']}"
    yield from found["notes"]


def _account(row: dict[str, Any]) -> str:
    return f"{row['account']} {_words(row['role'])}"


def _words(name: str) -> str:
    return name.replace("_", " ")
