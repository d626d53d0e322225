"""The closes board and a close's page. Each form does what the JSON API does."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from accounting.periods import ONE_DAY
from api.actions import act, decide, resolve, start, start_group
from api.close_page import close_page
from api.contexts import BoardPage, ClosePage, SeenPage
from api.deps import TheClose, TheDoors, ThePerson, TheWork
from api.errors import ActionRefusedError, BadInputError
from api.rendering import render
from api.seen import seen_figures
from api.stuck import reopen, send_back
from api.views import board, periods_of
from controls.approval import Decision, Verdict
from controls.audit import Actor
from controls.messages import Acted, Resolution, SendBack
from controls.steps import Action, may
from store import Work
from store.errors import NotFoundError
from store.users import Person

router = APIRouter(include_in_schema=False)


def _board(work: Work, person: Person, message: str = "") -> BoardPage:
    closes = board(work)
    configuration = work.config.current().configuration if work.config.entities() else None
    return BoardPage(
        title="Closes",
        person=person.display_name,
        closes=closes,
        group=configuration.group.name if configuration else "",
        group_periods=periods_of(closes),
        next_periods=[
            (entity.id, entity.calendar.name_at(work.closes.closed_to(entity.id) + ONE_DAY))
            for entity in (configuration.entities if configuration else ())
        ],
        may_start=may(person.roles, Action.START),
        may_check_health=may(person.roles, Action.CHECK_HEALTH),
        message=message,
    )


@router.get("/")
def show_board(work: TheWork, person: ThePerson) -> Response:
    """The closes board."""
    return render("board.html", _board(work, person))


@router.post("/closes")
async def start_close(
    doors: TheDoors,
    person: ThePerson,
    entity: Annotated[str, Form()],
    period: Annotated[str, Form()],
) -> Response:
    """Start a close from the board."""
    return await _started_or_told(doors, person, start(doors, person, entity, period), "/")


@router.post("/group-closes")
async def start_group_close(
    doors: TheDoors, person: ThePerson, period: Annotated[str, Form()]
) -> Response:
    """Start the group's close from the board."""
    doing = start_group(doors, person, period)
    return await _started_or_told(doors, person, doing, f"/group/{quote(period, safe='')}")


async def _started_or_told(
    doors: TheDoors, person: Person, doing: Awaitable[None], then: str
) -> Response:
    """Go where the close can be seen; where it was refused, the board with the reason on top."""
    try:
        await doing
    except (ActionRefusedError, BadInputError, NotFoundError) as error:
        message = str(error)
        status = HTTPStatus.NOT_FOUND if isinstance(error, NotFoundError) else int(error.status)

        def refused() -> BoardPage:
            with doors.store.unit_of_work(Actor("user", person.name)) as work:
                return _board(work, person, message)

        return render("board.html", await run_in_threadpool(refused), status=int(status))
    return RedirectResponse(then, status_code=303)


@router.get("/closes/{entity}/{period}")
def show_close(close: TheClose, work: TheWork, person: ThePerson) -> Response:
    """One close: the newest of the period, or an earlier one by its number."""
    page = close_page(work, person, close)
    return render(f"closes/{page.close.step}.html", page)


async def _done_or_told(
    doors: TheDoors, person: Person, entity: str, period: str, doing: Awaitable[None]
) -> Response:
    """Go back to the close; where it was refused, the close's page with the reason on top."""
    try:
        await doing
    except ActionRefusedError as error:
        message, status = str(error), int(error.status)

        def refused() -> ClosePage:
            with doors.store.unit_of_work(Actor("user", person.name)) as work:
                return close_page(work, person, work.closes.of(entity, period), message)

        page = await run_in_threadpool(refused)
        return render(f"closes/{page.close.step}.html", page, status=status)
    return RedirectResponse(f"/closes/{entity}/{period}", status_code=303)


@router.get("/closes/{entity}/{period}/seen/{sha256}")
def show_seen(entity: str, period: str, sha256: str, work: TheWork, person: ThePerson) -> Response:
    """What somebody saw who decided."""
    figures = seen_figures(work, entity, period, sha256)
    page = SeenPage(
        title=f"What was seen of {figures['name']}, {period}",
        person=person.display_name,
        sha256=sha256,
        figures=figures,
        balances=[
            (role, figures["opening"].get(role, ""), closing)
            for role, closing in figures["closing"].items()
        ],
    )
    return render("closes/seen.html", page)


@router.post("/closes/{entity}/{period}/decisions")
async def decide_on_close(
    entity: str,
    period: str,
    doors: TheDoors,
    person: ThePerson,
    step: Annotated[str, Form()],
    verdict: Annotated[str, Form()],
    proposal_hash: Annotated[str, Form()],
    nonce: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    by_kind: Annotated[str, Form()] = "",
    kinds: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Submit, approve, reject, request a change, explain, sign off."""
    decision = Decision(
        entity=entity,
        period=period,
        step=step,
        verdict=verdict,
        actor="",
        roles=(),
        reason=reason,
        proposal_hash=proposal_hash,
        nonce=nonce,
        seen=seen,
        # A form whose every kind was left out approves nothing: no kind is called nothing.
        kinds=tuple(sorted(kinds or [""])) if by_kind and verdict == Verdict.APPROVE else (),
    )
    return await _done_or_told(doors, person, entity, period, decide(doors, person, decision))


@router.post("/closes/{entity}/{period}/resolutions")
async def resolve_exception(
    entity: str,
    period: str,
    doors: TheDoors,
    person: ThePerson,
    code: Annotated[str, Form()],
    subject: Annotated[str, Form()],
    remedy: Annotated[str, Form()],
    nonce: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
    service_start: Annotated[str, Form()] = "",
    service_end: Annotated[str, Form()] = "",
    obligation: Annotated[str, Form()] = "",
    account: Annotated[str, Form()] = "",
    effect: Annotated[str, Form()] = "",
    effective: Annotated[str, Form()] = "",
    reading: Annotated[str, Form()] = "",
) -> Response:
    """Answer an exception. `reading` is one of the service periods offered: first day/last day."""
    if reading:
        service_start, _, service_end = reading.partition("/")
    given = Resolution(
        entity=entity,
        period=period,
        code=code,
        subject=subject,
        remedy=remedy,
        actor="",
        roles=(),
        reason=reason,
        nonce=nonce,
        service_start=service_start,
        service_end=service_end,
        obligation=obligation,
        account=account,
        effect=effect,
        effective=effective,
    )
    return await _done_or_told(doors, person, entity, period, resolve(doors, person, given))


@router.post("/closes/{entity}/{period}/send-back")
async def send_close_back(
    entity: str,
    period: str,
    doors: TheDoors,
    person: ThePerson,
    choice: Annotated[str, Form()],
    nonce: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
    journal_id: Annotated[int, Form()] = 0,
) -> Response:
    """Have what can't be posted given up, and the close go back to review."""
    asked = SendBack(entity, period, "", (), nonce, choice, reason, journal_id)
    return await _done_or_told(doors, person, entity, period, send_back(doors, person, asked))


@router.post("/closes/{entity}/{period}/reopen")
async def reopen_period(
    entity: str,
    period: str,
    doors: TheDoors,
    person: ThePerson,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Ask for a closed period to be opened again."""
    doing = reopen(doors, person, entity, period, reason)
    return await _done_or_told(doors, person, entity, period, doing)


@router.post("/closes/{entity}/{period}/{action}")
async def act_on_close(
    entity: str,
    period: str,
    action: str,
    doors: TheDoors,
    person: ThePerson,
    nonce: Annotated[str, Form()],
    journal_id: Annotated[int, Form()] = 0,
    as_draft: Annotated[str, Form()] = "",
) -> Response:
    """Calculate anew; re-check locks or balances; retry a journal, or all."""
    actions = {
        "recalculate": Action.RECALCULATE,
        "lock-check": Action.RECHECK_LOCK,
        "tie-out": Action.RECHECK_DIFFERENCE,
        "retry": Action.RETRY,
    }
    if action not in actions:
        raise NotFoundError(f"There is nothing called {action} to do.")
    acted = Acted(entity, period, "", (), nonce, journal_id, as_draft=bool(as_draft))
    doing = act(doors, person, actions[action], acted)
    return await _done_or_told(doors, person, entity, period, doing)
