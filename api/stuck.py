"""What people do where a close is stuck, or was closed too early: send it back, open it again."""

from dataclasses import replace

from starlette.concurrency import run_in_threadpool

from api.actions import awaited, close_of, no_role, refuse
from api.doors import Doors
from controls.audit import Actor
from controls.messages import Answer, CloseRequest, SendBack
from controls.steps import Action, Awaiting, may
from controls.verdicts import Fixed
from store.users import Person

STUCK = (Awaiting.LOCKED, Awaiting.RETRY)
"""Where a close can be sent back from."""


async def send_back(doors: Doors, person: Person, asked: SendBack) -> None:
    """Have a close that can't be posted go back to review. Raises ActionRefusedError."""
    given = replace(asked, actor=person.name, roles=person.roles)
    close = await run_in_threadpool(close_of, doors, given.entity, given.period)
    given = replace(given, number=close.number)
    if not may(person.roles, Action.SEND_BACK):
        answer = no_role("send a close back to review")
    elif close.awaiting not in STUCK:
        words = "The close does not wait with journals that can't be posted."
        answer = Answer(False, words, "wrong_step", Fixed.PLACE)
    else:
        answer = await doors.closes.send_back(given, posting=close.awaiting == Awaiting.RETRY)
    if not answer.accepted:
        await refuse(doors, person, given.entity, given.period, "send_back", answer)


async def reopen(doors: Doors, person: Person, entity: str, period: str, reason: str) -> None:
    """Ask for a closed period to be opened again. Raises ActionRefusedError, NotFoundError.

    Returns when it is on record; a controller decides on it then.
    """
    number, why = await run_in_threadpool(_next, doors, entity, period)
    if not may(person.roles, Action.REOPEN):
        answer = no_role("ask for a period to be opened again")
    elif not reason.strip():
        answer = Answer(False, "Say why: a reason goes with it.", "reason_missing", Fixed.REASON)
    else:
        answer = Answer(not why, why, "wrong_step", Fixed.PLACE)
    if not answer.accepted:
        await refuse(doors, person, entity, period, "reopen", answer)
    await doors.closes.start(
        CloseRequest(entity, period, person.name, number=number, reason=reason.strip())
    )
    await awaited(doors, lambda work: work.closes.numbered(entity, period, number) is not None)


def _next(doors: Doors, entity: str, period: str) -> tuple[int, str]:
    """The number that the period's next close gets, and why there can be none now."""
    with doors.store.unit_of_work(Actor("service", "api")) as work:
        close = work.closes.of(entity, period)
        return work.reopenings.next_number(entity, period), work.reopenings.why_not(close)
