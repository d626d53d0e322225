"""`tieout delegate`: who holds a reviewer's or controller's role for an entity for some days."""

import json
import sys
from datetime import date
from typing import Annotated

import typer

from tieout.errors import TieoutError

commands = typer.Typer(help="Delegated roles.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@commands.command("add")
def add(
    entity: str,
    delegate: str,
    role: Annotated[str, typer.Option(help="reviewer or controller.")],
    first: Annotated[str, typer.Option("--from", help="First day, such as 2026-10-01.")],
    last: Annotated[str, typer.Option("--to", help="Last day, included.")],
    reason: Annotated[str, typer.Option()],
) -> None:
    """Let somebody hold a role for an entity, from one day to another."""
    from tieout.administration import administrator

    with administrator() as work:
        number = work.delegations.grant(entity, role, delegate, _day(first), _day(last), reason)
    sys.stdout.write(
        f"Delegation {number}: {delegate} is {role} of {entity} from {first} to {last}.\n"
    )


@commands.command("revoke")
def revoke(number: int, reason: Annotated[str, typer.Option()] = "") -> None:
    """Take a delegation back, from now on."""
    from tieout.administration import administrator

    with administrator() as work:
        work.delegations.revoke(number, reason)
    sys.stdout.write(f"Delegation {number} is revoked.\n")


@commands.command("list")
def show(entity: str, as_json: AsJson = False) -> None:
    """An entity's delegations, newest first, and whether each holds now."""
    from dataclasses import asdict

    from api.delegations import delegation_views
    from tieout.administration import administrator

    with administrator() as work:
        found = delegation_views(work, entity)
    if as_json:
        sys.stdout.write(json.dumps([asdict(each) for each in found]) + "\n")
        return
    for each in found:
        sys.stdout.write(
            f"{each.id} {each.delegate} {each.role} {each.first_day} to {each.last_day}, "
            f"by {each.granted_by}: {each.state}\n"
        )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise TieoutError(f"{written!r} is not a day; write it like 2026-10-31.") from error
