"""`tieout close preview`: what would be proposed, against what is; through the JSON API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from tieout.terminal import AsJson, connected, read, say, show


def close_preview(
    entity: str,
    period: str,
    policy: Annotated[
        Path | None,
        typer.Option(help="A configuration file; the entity's section counts."),
    ] = None,
    rates: Annotated[
        Path | None,
        typer.Option(help="The bank's file of rates, on top of those on record."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the period's close would propose now, or with these files; nothing is stored."""
    given = {"policy": policy, "rates": rates}
    files = {name: read(file) for name, file in given.items() if file is not None}
    with connected() as client:
        found = client.send_files(f"/closes/{quote(entity)}/{quote(period)}/preview", files)
    if as_json:
        show(found, as_json=True)
        return
    for sentence in _told(found):
        say(sentence)


def _told(found: dict[str, Any]) -> Iterator[str]:
    yield _headline(found)
    for each in found["supposed"]:
        yield f"With {each}."
    yield from found["notes"]
    for title, rows in (("Balances", found["balances"]), ("Journals", found["journals"])):
        yield ""
        yield f"{title} in {found['currency']}: as proposed, preview, change"
        for row in rows:
            name = f"{row['account']} {row['name'].replace('_', ' ')}".lstrip()
            yield f"  {name:28} {row['before']:>16} {row['now']:>16} {row['change']:>16}"
        if not rows:
            yield "  none"
    yield ""
    lines = found["lines"]
    yield f"Lines that change: {found['lines_changed']}{_which(len(lines), found['lines_changed'])}"
    for line in lines:
        yield f"  {line['line']}: {line['label']}, {line['counterparty']}"
        for change in line["changes"]:
            yield f"    {_from_to(change)}"
    for each in found["exceptions"]:
        yield f"Exception {_from_to(each)}"
    yield ""
    yield f"Would have to approve: {'; '.join(found['levels']) or 'nobody'}."


def _which(shown: int, changed: int) -> str:
    """What is shown of the lines that change."""
    if shown < changed:
        return f", of which the {shown} with the largest change"
    return ", the largest change first" if shown else ""


def _headline(found: dict[str, Any]) -> str:
    name = f"{found['entity']} {found['period']}"
    if found["same"]:
        return f"{name}: nothing would change; proposal {found['proposal_hash'][:12]} again."
    if found["against"]:
        return f"{name}, against {found['against']}:"
    return f"{name}: nothing was proposed yet, so everything is new."


def _from_to(change: dict[str, Any]) -> str:
    return f"{change['figure']}: {change['before'] or 'none'} → {change['now'] or 'none'}"
