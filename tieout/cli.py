"""The command line. Every error is one clear sentence on standard error and an exit code ≠ 0."""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from tieout.adoption_cli import commands as adoption
from tieout.backtest_cli import backtest
from tieout.check_cli import check
from tieout.close_cli import commands as closes
from tieout.delegate_cli import commands as delegate
from tieout.errors import TieoutError
from tieout.explain_cli import explain
from tieout.rates_cli import commands as rates
from tieout.scenario_cli import commands as scenario
from tieout.settings import data_directory, read_settings, required
from tieout.terminal import AsJson, say
from tieout.user_cli import commands as users

app = typer.Typer(
    name="tieout",
    help="The month-end revenue close that ties out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
database = typer.Typer(help="The schema of the database.", no_args_is_help=True)
config = typer.Typer(help="The versioned configuration file.", no_args_is_help=True)
audit = typer.Typer(help="The audit trail.", no_args_is_help=True)
keys = typer.Typer(help="Keys of an installation.", no_args_is_help=True)
app.add_typer(database, name="db")
app.add_typer(users, name="user")
app.add_typer(config, name="config")
app.add_typer(closes, name="close")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(scenario, name="scenario")
app.add_typer(rates, name="rates")
app.add_typer(adoption, name="adoption")
app.command()(check)
app.command()(explain)
app.command()(backtest)
app.add_typer(delegate, name="delegate")

DataDirectory = Annotated[
    Path | None, typer.Option("--data", help="Data directory of the embedded stack.")
]


@app.command()
def demo(
    approve: Annotated[
        bool, typer.Option("--approve", help="The demo's people decide by themselves; then end.")
    ] = False,
    as_json: AsJson = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget the demo: everything it made is removed.")
    ] = False,
    data: DataDirectory = None,
) -> None:
    """Run the demo group: three companies close September 2026."""
    from tieout.demo import forget, run_demo

    directory = data_directory(data)
    if reset:
        forget(directory)
        say(f"The demo in {directory} is forgotten.")
        return
    code = run_demo(directory, approve=approve, as_json=as_json, say=say)
    if code:
        raise typer.Exit(code)


@app.command()
def up(
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="With the sandbox's ledgers and CRM.")
    ] = False,
    data: DataDirectory = None,
) -> None:
    """Run a whole installation on this machine, on your own connections."""
    from tieout.installation import run_up

    run_up(data_directory(data), sandbox=sandbox, say=say)


@app.command()
def worker() -> None:
    """Run the worker that carries closes."""
    import asyncio

    from tieout.worker import run_worker

    asyncio.run(run_worker())


@app.command()
def api() -> None:
    """Serve the page and the JSON API."""
    import uvicorn

    from tieout.compose import web_application
    from tieout.embedded.ports import is_free

    settings = read_settings()
    application = web_application(settings)
    if not is_free(settings.api_port, settings.api_host):
        raise TieoutError(
            f"Port {settings.api_port} of {settings.api_host} is in use by another program, or not "
            "ours to take. Choose another: TIEOUT_API_PORT."
        )
    uvicorn.run(
        application,
        host=settings.api_host,
        port=settings.api_port,
        forwarded_allow_ips=settings.trusted_proxies,
        log_level="warning",
        access_log=False,
    )


@database.command("migrate")
def db_migrate() -> None:
    """Bring the database to this program's version, as the schema's owner."""
    from tieout.migrate import migrate

    dsn = required(
        read_settings().owner_database_url, "owner_database_url", "the log-in of the schema's owner"
    )
    say(f"The database is at version {migrate(dsn)}.")


@config.command("check")
def config_check(file: Path) -> None:
    """Say whether a configuration file can be used; nothing is changed."""
    from tieout.administration import read_configuration

    found = read_configuration(file)
    say(f"{file} is fine: {len(found.entities)} entities, version {found.sha256[:12]}.")


@config.command("apply")
def config_apply(file: Path) -> None:
    """Put a configuration file in force; closes that it changes calculate anew."""
    from controls.messages import CONFIGURATION
    from tieout.administration import administrator, read_configuration
    from tieout.outdated import calculate_anew

    found = read_configuration(file)
    with administrator() as work:
        changed = work.config.apply(found)
    state = "is in force" if changed else "was in force already"
    say(f"Version {found.sha256[:12]} {state}: {', '.join(e.id for e in found.entities)}.")
    for sentence in calculate_anew(CONFIGURATION):
        say(sentence)


@config.command("show")
def config_show() -> None:
    """Print the configuration in force."""
    from tieout.administration import administrator

    with administrator() as work:
        found = work.config.current()
    say(json.dumps(found.configuration.model_dump(mode="json"), indent=2, ensure_ascii=False))


@audit.command("verify")
def audit_verify(as_json: AsJson = False) -> None:
    """Recompute every chain; exit code 1 when one does not hold."""
    from tieout.administration import administrator

    with administrator() as work:
        events, breaks = work.audit.verify()
    if as_json:
        found = [{"chain": b.chain, "sequence": b.sequence, "message": b.message} for b in breaks]
        say(json.dumps({"events": events, "verified": not breaks, "breaks": found}))
    else:
        for broken in breaks:
            say(f"{broken.chain} {broken.sequence}: {broken.message}")
        say(f"{events} events; {'the trail holds' if not breaks else 'the trail does not hold'}.")
    if breaks:
        raise typer.Exit(1)


@keys.command("new")
def keys_new(directory: Path) -> None:
    """Make an installation's keys in a directory; what is there already is kept."""
    from tieout.administration import make_keys

    for path in make_keys(directory):
        say(f"made {path}")


def expected_errors() -> tuple[type[Exception], ...]:
    """The errors that are told in one sentence: they name what is wrong and what to do."""
    from accounting.errors import AccountingError
    from connectors.errors import ConnectorError
    from controls.errors import ControlsError
    from store.errors import StoreError
    from tieout.embedded.errors import EmbeddedError
    from tieout.stack import ProcessDiedError

    return (
        TieoutError,
        AccountingError,
        ConnectorError,
        ControlsError,
        StoreError,
        EmbeddedError,
        ProcessDiedError,
    )


def leave(code: int) -> NoReturn:
    """Flush and end at once: an interpreter that used Temporal may abort while it exits (3.11)."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run_worker_and_exit() -> NoReturn:
    """What `python worker.py` does."""
    sys.argv = ["tieout", "worker"]
    main()


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    code = 0
    try:
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001
        code = told(error)
    leave(code)


def told(error: Exception) -> int:
    """Say an expected error in its one sentence; anything else with its traceback. The code: 1."""
    if isinstance(error, expected_errors()):
        sys.stderr.write(f"{error}\n")
    else:
        traceback.print_exception(error)
    return 1


if __name__ == "__main__":
    main()
