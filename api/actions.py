"""What people do to closes: one function each, used by page and JSON alike.

Judged here for an early answer, carried to the close, and put on record where it is refused: a
rejected Update leaves no trace in Temporal's history.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NoReturn

from starlette.concurrency import run_in_threadpool

from accounting.errors import PeriodError
from accounting.periods import Period
from api.doors import Doors
from api.errors import ActionRefusedError, BadInputError
from api.seen import kept, seen_figures
from api.views import view_of
from controls.approval import Decision, Fixed, Reason, Refused, Standing, judge
from controls.audit import Actor
from controls.group_messages import GroupCloseRequest
from controls.messages import Acted, Answer, CloseRequest, Resolution
from controls.steps import Action, Step, may
from models import CloseRow
from store import Work
from store.errors import ConflictError, NotFoundError
from store.group import group_periods, middle_of
from store.standings import standing_of
from store.users import Person

LOOK_EVERY_S = 0.05
LOOKS_MAX = 100


async def start(doors: Doors, person: Person, entity: str, period: str) -> None:
    """Start a close, or attach to the one that runs. Raises ActionRefusedError, BadInputError.

    Returns when the close is on record, so that whoever started it can look at it; after
    five seconds in any case, since no worker may be running now.
    """
    if not may(person.roles, Action.START):
        await refuse(doors, person, entity, period, "start", no_role("start closes"))
    await run_in_threadpool(_check_period, doors, entity, period)
    await doors.closes.start(CloseRequest(entity, period, person.name))
    await awaited(doors, lambda work: work.closes.find(entity, period) is not None)


async def start_group(doors: Doors, person: Person, period: str) -> None:
    """Start the group's close: every entity's that adopted before the period, side by side.

    Attaches to what runs already. Raises as `start` does, naming the first entity that can't.
    """
    if not may(person.roles, Action.START):
        await refuse(doors, person, "group", period, "start", no_role("start closes"))
    request = await run_in_threadpool(_group_request, doors, person, period)
    for member in request.members:
        await run_in_threadpool(_check_period, doors, member.entity, member.period)
    await doors.closes.start_group(request)
    await awaited(doors, lambda work: _group_on_record(work, request))


def _group_request(doors: Doors, person: Person, period: str) -> GroupCloseRequest:
    with doors.store.unit_of_work(Actor("service", "api")) as work:
        configuration = work.config.current().configuration
    periods, day = group_periods(configuration, period), middle_of(configuration, period)
    members = tuple(
        CloseRequest(entity.id, periods[entity.id], person.name)
        for entity in configuration.entities
        if entity.calendar.containing(day).start > entity.adopted_on
    )
    if not members:
        raise BadInputError(f"No entity has adopted before {period}: there is nothing to close.")
    name = periods[configuration.entities[0].id]
    return GroupCloseRequest(configuration.group.name, name, members, person.name)


def _group_on_record(work: Work, request: GroupCloseRequest) -> bool:
    row = work.group_closes.find(request.group, request.period)
    return row is not None and all(work.group_closes.closes(row).values())


async def awaited(doors: Doors, holds: Callable[[Work], bool]) -> None:
    """Wait until Postgres shows it; not for ever."""

    def look() -> bool:
        with doors.store.unit_of_work(Actor("service", "api")) as work:
            return holds(work)

    for _look in range(LOOKS_MAX):
        if await run_in_threadpool(look):
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def recover(doors: Doors, person: Person, entity: str, period: str) -> None:
    """Take a close up again where Postgres says it stands; one that runs is left alone.

    Raises ActionRefusedError, NotFoundError for a close that was never started.
    """
    if not may(person.roles, Action.RECOVER):
        await refuse(doors, person, entity, period, "recover", no_role("recover closes"))
    close = await run_in_threadpool(close_of, doors, entity, period)
    if close.step == Step.CLOSED:
        words = f"{entity} {period} is closed: there is nothing to recover."
        closed = Answer(False, words, Reason.WRONG_STEP, Fixed.PLACE)
        await refuse(doors, person, entity, period, "recover", closed)
    await doors.closes.start(
        CloseRequest(entity, period, person.name, recover=True, number=close.number)
    )


def close_of(doors: Doors, entity: str, period: str) -> CloseRow:
    """The newest close of the period. Raises NotFoundError."""
    with doors.store.unit_of_work(Actor("service", "api")) as work:
        return work.closes.of(entity, period)


def _check_period(doors: Doors, entity: str, period: str) -> None:
    with doors.store.unit_of_work(Actor("service", "api")) as work:
        days = period_of(work, entity, period)
    if days.end >= doors.today():
        raise BadInputError(f"{period} is not over yet; it can be closed from the day after it.")


def period_of(work: Work, entity: str, period: str) -> Period:
    """The days of an entity's period by its name. Raises BadInputError for an entity or period that
    there is not, and for one before adoption.
    """
    entities = {each.id: each for each in work.config.current().configuration.entities}
    if entity not in entities:
        raise BadInputError(
            f"There is no entity {entity!r}; there are {', '.join(sorted(entities))}."
        )
    settings = entities[entity]
    try:
        days = settings.calendar.named(period)
    except PeriodError as error:
        raise BadInputError(str(error)) from error
    if days.start <= settings.adopted_on:
        raise BadInputError(
            f"{entity} adopted on {settings.adopted_on}; its first period starts after it."
        )
    return days


async def decide(doors: Doors, person: Person, decision: Decision) -> None:
    """Carry a decision to the close. The person and roles are the logged-in ones, never the form's.

    Raises ActionRefusedError where it does not count; the refusal is on record then. What is on
    record already by the same nonce is the same decision: a second click hears what the first did.
    """
    signed, answer = await run_in_threadpool(_judged, doors, person, decision)
    if answer is None:
        signed = replace(signed, tag=doors.signer.tag(signed))
        answer = await doors.closes.decide(signed)
    if not answer.accepted:
        await refuse(doors, person, decision.entity, decision.period, "decision", answer)


def _judged(doors: Doors, person: Person, given: Decision) -> tuple[Decision, Answer | None]:
    """The decision in the person's own name, with what others delegated; and an early answer: why
    it can't count, or that it did before.
    """
    with doors.store.unit_of_work(Actor("service", "api")) as work:
        close = work.closes.of(given.entity, given.period)
        standing = standing_of(work, close)
        seen, unseen = _seen(work, close, standing, given)
        decision = replace(
            given,
            actor=person.name,
            roles=person.roles,
            number=close.number,
            delegations=work.delegations.of_person(given.entity, person.name),
            seen=seen,
            kinds=tuple(sorted(set(given.kinds))),
        )
        try:
            if work.approvals.on_record(close, decision):
                return decision, Answer(accepted=True)
        except ConflictError as error:
            return decision, _told(Refused(Reason.ALREADY_DECIDED, str(error), Fixed.ONCE))
    if standing is None:
        words = "There is no proposal to decide on yet."
        return decision, _told(Refused(Reason.WRONG_STEP, words, Fixed.PLACE))
    judged = judge(decision, standing)
    refused = judged if isinstance(judged, Refused) else unseen
    return decision, _told(refused) if refused else None


def _told(refused: Refused) -> Answer:
    return Answer(False, refused.message, refused.reason, refused.clause)


def _seen(
    work: Work, close: CloseRow, standing: Standing | None, given: Decision
) -> tuple[str, Refused | None]:
    """The hash of the figures that the person saw; why it can't be, where it is none of ours.

    Who sends none decides on the figures as they are shown now.
    """
    if not given.seen:
        return kept(work, view_of(work, close, standing)).seen, None
    try:
        figures = seen_figures(work, given.entity, given.period, given.seen)
    except NotFoundError:
        figures = {}
    if figures.get("proposal_hash") == given.proposal_hash:
        return given.seen, None
    return given.seen, Refused(
        Reason.STALE,
        "The figures that you decided on are not those that we showed of this proposal. "
        "Reload the page and look again.",
        Fixed.CURRENT,
    )


async def resolve(doors: Doors, person: Person, resolution: Resolution) -> None:
    """Answer an exception. Raises ActionRefusedError."""
    given = replace(resolution, actor=person.name, roles=person.roles)
    if may(person.roles, Action.RESOLVE):
        close = await run_in_threadpool(close_of, doors, given.entity, given.period)
        given = replace(given, number=close.number)
        answer = await doors.closes.resolve(given)
    else:
        answer = no_role("resolve exceptions")
    if not answer.accepted:
        await refuse(doors, person, given.entity, given.period, "resolution", answer)


async def act(doors: Doors, person: Person, action: Action, acted: Acted) -> None:
    """Calculate anew, re-check locks or balances, or retry a journal. Raises ActionRefusedError."""
    given = replace(acted, actor=person.name, roles=person.roles)
    carriers: dict[Action, Callable[[Acted], Awaitable[Answer]]] = {
        Action.RECALCULATE: doors.closes.recalculate,
        Action.RECHECK_LOCK: doors.closes.recheck_lock,
        Action.RECHECK_DIFFERENCE: doors.closes.recheck_difference,
        Action.RETRY: doors.closes.retry,
    }
    if may(person.roles, action):
        close = await run_in_threadpool(close_of, doors, given.entity, given.period)
        if given.as_draft and not await run_in_threadpool(_keeps_drafts, doors, given.entity):
            answer = Answer(False, "This ledger has no drafts.", "no_drafts", Fixed.PLACE)
        else:
            answer = await carriers[action](replace(given, number=close.number))
    else:
        answer = no_role(action.value.replace("_", " "))
    if not answer.accepted:
        await refuse(doors, person, given.entity, given.period, action.value, answer)


def _keeps_drafts(doors: Doors, entity: str) -> bool:
    with doors.store.unit_of_work(Actor("service", "api")) as work:
        return work.config.current().entity(entity).ledger.keeps_drafts


def no_role(what: str) -> Answer:
    """The answer to whoever has none of the roles that it takes."""
    words = f"Your roles do not let you {what}."
    return Answer(False, words, Reason.WRONG_ROLE, Fixed.JOB)


async def refuse(
    doors: Doors, person: Person, entity: str, period: str, what: str, answer: Answer
) -> NoReturn:
    """Put a refusal on record, and raise it as ActionRefusedError."""

    def record() -> None:
        with doors.store.unit_of_work(Actor("user", person.name)) as work:
            known = {row.id for row in work.config.entities()}
            work.audit.record(
                entity if entity in known else "system",
                f"{what}.refused",
                f"close/{entity}/{period}",
                reason=answer.message,
                after={
                    "reason": answer.reason,
                    "clause": answer.clause,
                    "roles": list(person.roles),
                },
            )

    await run_in_threadpool(record)
    raise ActionRefusedError(answer.message, answer.reason or "refused", answer.clause)
