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
    email: Annotated[str, typer.Option(help="Where messages reach the person.")] = "",
) -> None:
    """Add a person; prints the path of a one-time link that sets the password."""
    from tieout.administration import address_of, administrator, new_link, roles_of

    link, address = new_link(), address_of(email)
    with administrator() as work:
        work.users.add(name, display_name or name, roles_of(role), link, address)
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


@commands.command("address")
def user_address(
    name: str, email: Annotated[str, typer.Argument(help="Without one: none any more.")] = ""
) -> None:
    """Say where messages reach a person."""
    from tieout.administration import address_of, administrator

    address = address_of(email)
    with administrator() as work:
        work.users.write_to(name, address)
    where = f"at {address}" if address else "by the office's channel of their roles"
    sys.stdout.write(f"{name} gets messages {where}.\n")
