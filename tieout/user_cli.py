"""`tieout user`: people and their roles."""

import sys
from typing import Annotated

import typer

commands = typer.Typer(help="People and their roles.", no_args_is_help=True)


@commands.command("add")
def user_add(
    name: str,
    role: Annotated[list[str], typer.Option(help="May be given more than once.")],
    display_name: Annotated[str, typer.Option("--display-name")] = "",
) -> None:
    """Add a person; prints the path of a one-time link that sets the password."""
    from tieout.administration import administrator, new_link, roles_of

    link = new_link()
    with administrator() as work:
        work.users.add(name, display_name or name, roles_of(role), link)
    sys.stdout.write(f"/welcome/{link}\n")


@commands.command("reset")
def user_reset(name: str) -> None:
    """End a person's password and log-ins; prints the path of a new one-time link."""
    from tieout.administration import administrator, new_link

    link = new_link()
    with administrator() as work:
        work.users.reset(name, link)
    sys.stdout.write(f"/welcome/{link}\n")


@commands.command("disable")
def user_disable(name: str) -> None:
    """A person can't log in any more; all their log-ins end at once."""
    from tieout.administration import administrator

    with administrator() as work:
        work.users.disable(name)
    sys.stdout.write(f"{name} is disabled.\n")
