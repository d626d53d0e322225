"""`tieout close`: everything that the page does with closes, for scripts, through the JSON API."""

from typing import Annotated, Any

import typer

from controls.reversal import REVERSAL, Wish
from tieout.errors import TieoutError
from tieout.preview_cli import close_preview
from tieout.terminal import AsJson, ask, say, show

commands = typer.Typer(help="Closes, through the JSON API.", no_args_is_help=True)
commands.command("preview")(close_preview)


@commands.command("start")
def close_start(
    entity: Annotated[str, typer.Argument()] = "",
    period: Annotated[str, typer.Argument()] = "",
    group: Annotated[
        str, typer.Option("--group", help="A period to close for every entity of the group.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Start a close, or attach to the one that runs: ENTITY PERIOD, or --group PERIOD."""
    if group and not entity:
        show(ask("POST", "/group-closes", {"period": group}), as_json=as_json)
    elif entity and period and not group:
        show(ask("POST", "/closes", {"entity": entity, "period": period}), as_json=as_json)
    else:
        raise TieoutError("Say which close to start: ENTITY PERIOD, or --group PERIOD.")


@commands.command("status")
def close_status(
    entity: Annotated[str, typer.Argument()] = "",
    period: Annotated[str, typer.Argument()] = "",
    group: Annotated[str, typer.Option("--group", help="A period of the whole group.")] = "",
    as_json: AsJson = False,
) -> None:
    """Where closes stand: all of them, one in full, or those of the group's period."""
    if group:
        show(ask("GET", f"/group-closes/{group}"), as_json=as_json)
        return
    path = f"/closes/{entity}/{period}" if entity and period else "/closes"
    show(ask("GET", path), as_json=as_json)


@commands.command("resolve")
def close_resolve(
    entity: str,
    period: str,
    code: str,
    subject: str,
    remedy: str,
    reason: Annotated[str, typer.Option()],
    start: Annotated[str, typer.Option()] = "",
    end: Annotated[str, typer.Option()] = "",
    obligation: Annotated[str, typer.Option()] = "",
    account: Annotated[str, typer.Option()] = "",
    effect: Annotated[str, typer.Option()] = "",
    effective: Annotated[str, typer.Option()] = "",
    as_json: AsJson = False,
) -> None:
    """Answer an exception."""
    body = {
        "code": code,
        "subject": subject,
        "remedy": remedy,
        "reason": reason,
        "service_start": start,
        "service_end": end,
        "obligation": obligation,
        "account": account,
        "effect": effect,
        "effective": effective,
    }
    show(ask("POST", f"/closes/{entity}/{period}/resolutions", body), as_json=as_json)


@commands.command("reverse")
def close_reverse(
    entity: str,
    period: str,
    reference: Annotated[str, typer.Argument(help="A posted journal's: T2609-0003-1a2b3c4d.")],
    reason: Annotated[str, typer.Option()],
    keep: Annotated[bool, typer.Option("--keep", help="Leave it as it is after all.")] = False,
    as_json: AsJson = False,
) -> None:
    """Have a posted journal reversed as a whole by the next proposal of this close."""
    body = {
        "code": REVERSAL,
        "subject": reference,
        "remedy": Wish.KEEP if keep else Wish.REVERSE,
        "reason": reason,
    }
    show(ask("POST", f"/closes/{entity}/{period}/resolutions", body), as_json=as_json)


@commands.command("decide")
def close_decide(
    entity: str,
    period: str,
    step: str,
    verdict: str,
    proposal_hash: str,
    reason: Annotated[str, typer.Option()] = "",
    kind: Annotated[list[str] | None, typer.Option(help="Approve these journals alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Submit, approve, reject, request_change; in step review, verify, sign_off or reopen."""
    body: dict[str, Any] = {"step": step, "verdict": verdict, "proposal_hash": proposal_hash}
    body |= {"reason": reason, "kinds": kind or []}
    show(ask("POST", f"/closes/{entity}/{period}/decisions", body), as_json=as_json)


@commands.command("retry")
def close_retry(
    entity: str,
    period: str,
    journal: Annotated[int, typer.Argument(help="One journal; all that failed without it.")] = 0,
    as_draft: Annotated[
        bool, typer.Option("--draft", help="Only lay it ready in the ledger, to be posted there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send failed journals to the ledger again, or look again at a draft."""
    one = f"journals/{journal}/" if journal else ""
    path = f"/closes/{entity}/{period}/{one}retry"
    show(ask("POST", path, {"as_draft": as_draft}), as_json=as_json)


@commands.command("send-back")
def close_send_back(
    entity: str,
    period: str,
    choice: Annotated[str, typer.Argument(help="recalculate, other_period or skip")],
    reason: Annotated[str, typer.Option()],
    journal: Annotated[int, typer.Option(help="The journal to leave out.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Have what the ledger does not take given up, and the close go back to review."""
    body = {"choice": choice, "reason": reason, "journal_id": journal}
    show(ask("POST", f"/closes/{entity}/{period}/send-back", body), as_json=as_json)


@commands.command("reopen")
def close_reopen(
    entity: str, period: str, reason: Annotated[str, typer.Option()], as_json: AsJson = False
) -> None:
    """Ask for a closed period to be opened again; a controller decides: step reopen."""
    show(ask("POST", f"/closes/{entity}/{period}/reopenings", {"reason": reason}), as_json=as_json)


@commands.command("reperform")
def close_reperform(entity: str, period: str, as_json: AsJson = False) -> None:
    """Make a close anew in SQL and compare; exit code 1 where a figure differs."""
    made = ask("GET", f"/closes/{entity}/{period}/reperformance")
    if as_json:
        show(made, as_json=True)
    else:
        for line in told(made):
            say(line)
    if not made["agrees"]:
        raise typer.Exit(1)


def told(made: dict[str, Any]) -> list[str]:
    """What came of a re-performance, for a person."""
    differing = len(made["differences"])
    verdict = "all agree" if made["agrees"] else f"{differing} differ{'s' * (differing == 1)}"
    summary = (
        f"{made['entity']} {made['period']}: {made['lines']} of {made['lines_in_all']} lines made "
        f"anew from the documents, {made['figures']} figures compared in "
        f"{made['milliseconds']} ms: {verdict}."
    )
    return [
        summary,
        *(f"  {count:7} {method}" for method, count in made["recomputed"].items()),
        *(f"  {count:7} not made anew: {why}" for why, count in made["left"].items()),
        *(each["sentence"] for each in made["differences"]),
    ]


@commands.command("recover")
def close_recover(entity: str, period: str, as_json: AsJson = False) -> None:
    """Take a close up again after Temporal's database was lost; one that runs is left alone.

    It goes on in its step with the decisions that count; nothing is posted twice.
    """
    ask("POST", f"/closes/{entity}/{period}/recovery", {})
    close = ask("GET", f"/closes/{entity}/{period}")
    if as_json:
        show(close, as_json=True)
    else:
        say(f"{entity} {period} goes on in {close['step']}. {close['detail']}".rstrip())
