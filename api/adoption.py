"""Adoption schedules: read, matched, imported whole or not at all; the same for page and JSON.

An import and the word to the running close belong together: while the transaction that keeps the
schedule holds the entity's chain, the close is told; where it refuses, nothing is kept.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool

from accounting.adoption_schedule import imported, match
from accounting.book import Adoption, Book
from accounting.periods import ONE_DAY
from accounting.policy import RecognitionPolicy
from accounting.schedule_rows import Matched, Schedule
from api.adoption_views import (
    AdoptionView,
    computed_view,
    held_view,
    row_view,
    total_view,
)
from api.doors import Doors
from api.errors import ActionRefusedError
from connectors.schedule import read_schedule
from controls.audit import Actor
from controls.messages import Acted
from controls.steps import Action, Step, may
from controls.verdicts import Fixed
from store import Work
from store.books import ADOPTION_READING, on_normal_side
from store.errors import ConflictError, NotFoundError
from store.users import Person
from workflows.gateway import GatewayError, NoSuchCloseError


def show(work: Work, entity: str) -> AdoptionView:
    """The schedule in force, against what is computed. Raises NotFoundError."""
    place = _Place(work, entity)
    book = place.book(work, with_imports=True)
    none = "No schedule was imported: every line stands as computed by the policy."
    return place.in_force(work, imported(book, place.policy), "" if book.imported else none)


async def import_schedule(
    doors: Doors,
    person: Person,
    entity: str,
    content: bytes,
    *,
    dry_run: bool,
    request_id: str = "",
) -> AdoptionView:
    """Match a file's rows; keep them where all count and it is no dry run.

    With any row refused nothing is kept, and the view says which. A file that is in force already
    changes nothing. Raises ScheduleError, ActionRefusedError, NotFoundError, ConflictError, and
    what the gateway raises: nothing was kept then.
    """
    if not may(person.roles, Action.IMPORT_ADOPTION):
        await run_in_threadpool(_refuse, doors, person, entity)
    schedule = await run_in_threadpool(read_schedule, content)
    loop = asyncio.get_running_loop()

    def done() -> tuple[AdoptionView, Acted | None]:
        actor = Actor("user", person.name)
        with doors.store.unit_of_work(actor, request_id=request_id) as work:
            place = _Place(work, entity)
            view = place.examined(work, schedule)
            if dry_run or view.refused:
                return view, None
            if place.is_in_force(work, schedule):
                return place.in_force(work, place.matched, "This file is in force already."), None
            work.adoption.replace(entity, place.matched.recognised, schedule.sha256)
            acted = Acted(entity, place.period, person.name, person.roles, place.name(work))
            in_step = _told(loop, doors, acted) if place.started else ""
            view = place.in_force(work, place.matched, f"{len(view.rows)} rows were imported.")
        return view, acted if in_step == Step.CALCULATE else None

    view, again = await run_in_threadpool(done)
    if again is not None:
        # A calculation that ran may have read the book just before the schedule was there.
        try:
            await doors.closes.figures_changed(replace(again, nonce=f"{again.nonce}-again"))
        except GatewayError as error:
            doubt = "If the close does not show these figures, let it calculate anew."
            return replace(view, message=f"{view.message} {error} {doubt}")
    return view


def _told(loop: asyncio.AbstractEventLoop, doors: Doors, acted: Acted) -> str:
    """Tell the first close, from a thread; the step that it was in, nothing where none runs."""

    async def ask() -> str:
        try:
            answer = await doors.closes.figures_changed(acted)
        except NoSuchCloseError:
            return ""
        if not answer.accepted:
            raise ConflictError(f"{answer.message} Nothing was imported.")
        return answer.message

    waiting: Coroutine[Any, Any, str] = ask()
    return asyncio.run_coroutine_threadsafe(waiting, loop).result()


def _refuse(doors: Doors, person: Person, entity: str) -> None:
    """Put on record who tried, and raise ActionRefusedError."""
    message = "Your roles do not let you import an adoption schedule."
    with doors.store.unit_of_work(Actor("user", person.name)) as work:
        known = {row.id for row in work.config.entities()}
        work.audit.record(
            entity if entity in known else "system",
            "adoption.refused",
            f"adoption/{entity}",
            reason=message,
            after={"reason": "wrong_role", "clause": Fixed.JOB, "roles": list(person.roles)},
        )
    raise ActionRefusedError(message, "wrong_role", Fixed.JOB)


class _Place:
    """Where an entity stands at adoption: its policy, its first close, the book at t0."""

    def __init__(self, work: Work, entity: str) -> None:
        known = sorted(row.id for row in work.config.entities())
        if entity not in known:
            raise NotFoundError(f"There is no entity {entity!r}; there are {', '.join(known)}.")
        config = work.config.current()
        settings = config.entity(entity)
        self.entity, self.adopted_on = entity, settings.adopted_on
        self.policy: RecognitionPolicy = settings.policy(config.sha256)
        self.period = settings.calendar.name_at(self.adopted_on + ONE_DAY)
        self.started = work.closes.find(entity, self.period) is not None
        self.settled = work.adoption.settled(entity) or ""
        self.matched = Matched(())

    def book(self, work: Work, *, with_imports: bool) -> Book:
        """What is known of the entity up to now, as the first close takes it."""
        entity, currency = self.entity, self.policy.functional_currency
        reading = work.documents.reading(entity, ADOPTION_READING, self.adopted_on)
        balances = on_normal_side(reading, self.policy) if reading is not None else None
        pairs = work.books.pairs(entity, currency)
        return Book(
            functional_currency=currency,
            adopted_on=self.adopted_on,
            documents=work.documents.versions_known(entity),
            overrides=work.approvals.overrides(entity),
            reports=work.reports.reports(entity),
            payments=work.reports.payments(entity),
            voids=work.reports.voids(entity),
            rates=work.rates.table(entity, pairs, self.adopted_on),
            adoption=Adoption(self.adopted_on, balances),
            imported=work.adoption.recognised(entity) if with_imports else {},
            last_closed=self.adopted_on,
        )

    def examined(self, work: Work, schedule: Schedule) -> AdoptionView:
        """The schedule against the book. Raises ConflictError where there is nothing to match, or
        the figures stand.
        """
        work.adoption.refuse_when_settled(self.entity)
        book = self.book(work, with_imports=False)
        if not book.documents:
            raise ConflictError(
                f"Nothing of {self.entity} has been read from its ledger yet. Start the close of "
                f"{self.period}; once it has read the documents, import the schedule."
            )
        self.matched = match(schedule, book, self.policy)
        refused, rows = len(self.matched.refused), len(self.matched.rows)
        message = f"{rows} rows can be imported. Nothing was imported yet."
        if refused:
            message = f"{refused} of {rows} rows are refused, so nothing was imported."
        view = self._view(self.matched, is_in_force=False, message=message)
        return replace(view, file_hash=schedule.sha256)

    def is_in_force(self, work: Work, schedule: Schedule) -> bool:
        """Whether this very file, with these figures, was imported last."""
        current = work.adoption.current(self.entity)
        return (
            current is not None
            and current.file_hash == schedule.sha256
            and work.adoption.recognised(self.entity) == self.matched.recognised
        )

    def name(self, work: Work) -> str:
        """A name for the newest import: the close is told of each once."""
        current = work.adoption.current(self.entity)
        assert current is not None
        return f"adoption-{self.entity}-{current.id}"

    def in_force(self, work: Work, matched: Matched, message: str) -> AdoptionView:
        """The view of what is in force now: an import, or none."""
        current = work.adoption.current(self.entity)
        view = self._view(matched, is_in_force=bool(matched.rows), message=message)
        if current is None:
            return view
        at = current.imported_at
        return replace(
            view,
            imported_by=current.imported_by,
            imported_at=at.isoformat(timespec="seconds") if at else "",
            file_hash=current.file_hash,
        )

    def _view(self, matched: Matched, *, is_in_force: bool, message: str) -> AdoptionView:
        return AdoptionView(
            entity=self.entity,
            adopted_on=self.adopted_on.isoformat(),
            currency=self.policy.functional_currency,
            period=self.period,
            started=self.started,
            settled=self.settled,
            imported=is_in_force,
            imported_by="",
            imported_at="",
            file_hash="",
            refused=len(matched.refused),
            rows=[row_view(row) for row in matched.rows],
            computed=[computed_view(line) for line in matched.computed],
            settled_lines=matched.settled,
            held=[held_view(line) for line in matched.held],
            totals=[total_view(total) for total in matched.totals],
            message=message,
            next_step=self._next_step(matched, in_force=is_in_force),
        )

    def _next_step(self, matched: Matched, *, in_force: bool) -> str:
        if self.settled:
            return f"{self.settled} is closed or being posted: the figures at adoption stand."
        if not in_force and matched.rows:
            if matched.refused:
                return "Mend the rows that are refused, and send the whole file again."
            return "Import the file to put these figures in force."
        if not self.started:
            return f"Start the close of {self.period}: it begins from these figures."
        return (
            f"The close of {self.period} calculates anew after an import, and approvals given "
            "before no longer count. What differs from the ledger waits there for a person."
        )
