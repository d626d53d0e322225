"""`tieout explain`: how a line's figures came about, through the JSON API."""

from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tieout.terminal import AsJson, ask, say, show


def explain(
    entity: str,
    period: str,
    line: Annotated[str, typer.Argument(help="As the close's list of lines names it: INV-1/1.")],
    as_json: AsJson = False,
) -> None:
    """Say how each figure of a line of a close came about."""
    told = ask("GET", f"/closes/{quote(entity)}/{quote(period)}/lines/{quote(line)}")
    if as_json:
        show(told, as_json=True)
        return
    for sentence in _told(told):
        say(sentence)


def _told(line: dict[str, Any]) -> Iterator[str]:
    position, how = line["position"], line["explanation"]
    yield f"{position['line']}: {position['label']}, {position['counterparty']}".rstrip(", ")
    if how["why_not"]:
        yield how["why_not"]
    if how["note"]:
        yield how["note"]
    if how["rule"]:
        yield f"Method by {how['rule']}."
    for name, value in line["facts"]:
        if name in ("Service period", "These days come from", "Policy version", "Engine version"):
            yield f"{name}: {value}"
    if how["dates"]:
        yield f"Read from {how['dates']}."
    yield f"Frozen before {line['frozen_by']}." if line["frozen_by"] else "New in this close."
    for figure in how["sums"]:
        yield ""
        yield f"{figure['title']}: {figure['amount']} {figure['currency']}"
        for term in figure["terms"]:
            yield f"  {term['amount']:>14}  {term['words']}"
    yield from _beneath(line)


def _beneath(line: dict[str, Any]) -> Iterator[str]:
    """What the figures rest on: why there is catch-up, the rates, the documents."""
    how = line["explanation"]
    if line["causes"]:
        yield ""
        yield "Catch-up, because of:"
        for cause in line["causes"]:
            yield f"  {cause['number']} {cause['text']}".rstrip()
    if how["rates"]:
        yield ""
        yield "Rates:"
        for each in how["rates"]:
            yield f"  {each['pair']} {each['rate']}, {each['what']}, for {each['used_for']}"
            yield f"    from {each['source']}"
    if line["documents"]:
        yield ""
        yield "Documents:"
        for each in line["documents"]:
            yield (
                f"  {each['kind'].replace('_', ' ')} {each['number']} of {each['date']} "
                f"{each['what']}: version {each['version']}, known to closes from "
                f"{each['known_from']}, hash {each['sha256'][:12]}"
            )
