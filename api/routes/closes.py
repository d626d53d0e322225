"""The closes board and a close's page. Each form does what the JSON API does."""

import secrets
from collections.abc import Awaitable
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from accounting.money import Money
from accounting.policy import BALANCE_ROLES
from api.actions import act, decide, resolve, start
from api.contexts import BoardPage, ClosePage, StepMark
from api.deps import TheDoors, ThePerson, TheWork
from api.errors import ActionRefusedError, BadInputError
from api.rendering import render
from api.views import STEP_ORDER, CloseView, board, close_view
from controls.approval import Decision
from controls.audit import Actor
from controls.messages import Acted, Resolution
from controls.steps import STEPS, Action, Awaiting, Step, UserRole, may
from store import Work
from store.errors import NotFoundError
from store.users import Person

router = APIRouter(include_in_schema=False)


def _board(work: Work, person: Person, message: str = "") -> BoardPage:
    return BoardPage(
        title="Closes",
        person=person.display_name,
        closes=board(work),
        entities=[row.id for row in work.config.entities()],
        may_start=may(person.roles, Action.START),
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
    try:
        await start(doors, person, entity, period)
    except (ActionRefusedError, BadInputError) as error:
        message, status = str(error), int(error.status)

        def refused() -> BoardPage:
            with doors.store.unit_of_work(Actor("user", person.name)) as work:
                return _board(work, person, message)

        return render("board.html", await run_in_threadpool(refused), status=status)
    return RedirectResponse("/", status_code=303)


def _steps(close: CloseView) -> list[StepMark]:
    reached = [*Step].index(Step(close.step)) if close.step != Step.CLOSED else len(STEP_ORDER)
    return [
        StepMark(
            step.value,
            STEPS[step].title,
            "done" if number < reached else "current" if number == reached else "coming",
        )
        for number, step in enumerate(STEP_ORDER)
    ]


def _balances(close: CloseView) -> list[dict[str, str]]:
    """Each balance account from opening to closing, in the order of the account map."""
    rows = []
    for role in BALANCE_ROLES:
        if role in close.closing:
            opening, closing = (
                Money.parse(amounts[role], close.currency)
                for amounts in (close.opening, close.closing)
            )
            rows.append(
                {
                    "role": role.value,
                    "opening": opening.text(),
                    "movement": (closing - opening).text(),
                    "closing": closing.text(),
                }
            )
    return rows


def _moves_on(close: CloseView) -> bool:
    """Whether the close is at work: it waits for nobody, or for what was given a moment ago."""
    match close.awaiting:
        case Awaiting.NOTHING:
            return close.step != Step.CLOSED
        case Awaiting.SUBMISSION:
            return close.next_level != UserRole.PREPARER
        case Awaiting.APPROVAL:
            return not close.next_level
        case _:
            return False


def _close_page(work: Work, person: Person, entity: str, period: str, message: str) -> ClosePage:
    close = close_view(work, entity, period)
    roles = person.roles
    waits = close.awaiting
    own = person.name in close.preparers
    controller = UserRole.CONTROLLER in roles and not own
    return ClosePage(
        title=f"{close.name}, {close.period}",
        person=person.display_name,
        close=close,
        steps=_steps(close),
        balances=_balances(close),
        step_title=STEPS[Step(close.step)].title,
        step_purpose=STEPS[Step(close.step)].purpose,
        nonce=secrets.token_urlsafe(16),
        may_resolve=may(roles, Action.RESOLVE) and close.step in (Step.RESOLVE, Step.REVIEW),
        may_submit=waits == Awaiting.SUBMISSION and UserRole.PREPARER in roles,
        may_decide=waits == Awaiting.APPROVAL and close.next_level in roles and not own,
        may_recheck=(waits == Awaiting.LOCKED and may(roles, Action.RECHECK_LOCK))
        or (waits == Awaiting.DIFFERENCE and may(roles, Action.RECHECK_DIFFERENCE)),
        may_retry=waits == Awaiting.RETRY and may(roles, Action.RETRY),
        may_explain=waits == Awaiting.DIFFERENCE and controller,
        may_sign_off=waits == Awaiting.SIGN_OFF and controller,
        moves_on=_moves_on(close),
        message=message,
    )


@router.get("/closes/{entity}/{period}")
def show_close(entity: str, period: str, work: TheWork, person: ThePerson) -> Response:
    """One close."""
    page = _close_page(work, person, entity, period, "")
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
                return _close_page(work, person, entity, period, message)

        page = await run_in_threadpool(refused)
        return render(f"closes/{page.close.step}.html", page, status=status)
    return RedirectResponse(f"/closes/{entity}/{period}", status_code=303)


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
) -> Response:
    """Answer an exception."""
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
    )
    return await _done_or_told(doors, person, entity, period, resolve(doors, person, given))


@router.post("/closes/{entity}/{period}/{action}")
async def act_on_close(
    entity: str,
    period: str,
    action: str,
    doors: TheDoors,
    person: ThePerson,
    nonce: Annotated[str, Form()],
    journal_id: Annotated[int, Form()] = 0,
) -> Response:
    """Re-check locks or balances; retry a journal."""
    actions = {
        "lock-check": Action.RECHECK_LOCK,
        "tie-out": Action.RECHECK_DIFFERENCE,
        "retry": Action.RETRY,
    }
    if action not in actions:
        raise NotFoundError(f"There is nothing called {action} to do.")
    acted = Acted(entity, period, "", (), nonce, journal_id)
    doing = act(doors, person, actions[action], acted)
    return await _done_or_told(doors, person, entity, period, doing)
