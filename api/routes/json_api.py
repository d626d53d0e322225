"""The JSON API: everything that pages and command line do. Amounts are text, never numbers."""

from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.actions import decide, recover, resolve, start, start_group
from api.auth import LogIns
from api.bodies import Done, NonceBody
from api.deps import TheClose, TheDoors, ThePerson, TheWork, token_of
from api.drift_view import DriftView, drift_of
from api.explanation import JournalLineView, journal_lines
from api.group_close_view import GroupCloseView, group_close_view
from api.group_view import GroupView, group_view
from api.line_view import LineInFull, LineView, line_in_full, line_view
from api.reperformance import ReperformanceView, made_now
from api.seen import seen_figures, shown
from api.views import CloseLine, CloseView, JournalView, board, journal_view
from controls.approval import Decision
from controls.audit import Actor
from controls.messages import Resolution
from store.errors import NotFoundError

router = APIRouter(prefix="/api/v1", tags=["closes"])
EVENTS_MAX = 500


class LogInBody(BaseModel):
    """Name and password."""

    name: str
    password: str


class LoggedIn(BaseModel):
    """A bearer token for later calls."""

    token: str
    name: str
    roles: list[str]


class PasswordBody(BaseModel):
    """A one-time link's secret and the new password."""

    link: str
    password: str


class StartBody(BaseModel):
    """Which close to start; the period by its calendar's name, such as 2026-09 or 2026-P09."""

    entity: str
    period: str
    nonce: str = ""


class StartGroupBody(BaseModel):
    """Which period to close for the whole group, by any of its entities' names for it."""

    period: str
    nonce: str = ""


class DecisionBody(NonceBody):
    """A decision on the proposal whose hash the person saw."""

    step: str
    verdict: str
    proposal_hash: str
    reason: str = ""
    seen: str = ""
    kinds: tuple[str, ...] = ()


class ResolutionBody(NonceBody):
    """An answer to an exception."""

    code: str
    subject: str
    remedy: str
    reason: str
    service_start: str = ""
    service_end: str = ""
    obligation: str = ""
    account: str = ""
    effect: str = ""
    effective: str = ""


@dataclass(frozen=True, slots=True)
class JournalInFull(JournalView):
    """A journal with its lines, each with the parts that make it up."""

    lines: list[JournalLineView]


class Verification(BaseModel):
    """Whether every chain of the trail holds."""

    events: int
    verified: bool
    breaks: list[dict[str, Any]]


def log_ins(request: Request) -> LogIns:
    """The log-ins of this application."""
    found: LogIns = request.app.state.log_ins
    return found


@router.post("/login", tags=["people"])
def log_in(body: LogInBody, request: Request) -> LoggedIn:
    """Log in; the token is good for 12 hours or until it is revoked."""
    person, token = log_ins(request).log_in(body.name, body.password)
    return LoggedIn(token=token, name=person.name, roles=list(person.roles))


@router.post("/logout", tags=["people"])
def log_out(request: Request, person: ThePerson) -> Done:
    """End this session."""
    del person
    log_ins(request).log_out(token_of(request) or "")
    return Done()


@router.post("/password", tags=["people"])
def set_password(body: PasswordBody, request: Request) -> Done:
    """Set a password by a one-time link."""
    log_ins(request).set_password(body.link, body.password)
    return Done()


@router.get("/health", tags=["operations"])
async def health(doors: TheDoors) -> dict[str, str]:
    """Whether the database answers; needs no log-in and tells nothing else."""
    from starlette.concurrency import run_in_threadpool

    def ask() -> None:
        with doors.store.unit_of_work(Actor("service", "api")) as work:
            work.now()

    await run_in_threadpool(ask)
    return {"status": "ok"}


@router.get("/entities")
def entities(work: TheWork) -> list[dict[str, str]]:
    """Every entity with its ledger and currency."""
    return [
        {
            "id": row.id,
            "name": row.name,
            "ledger": row.vendor,
            "currency": row.functional_currency,
            "adoption_date": row.adoption_date.isoformat(),
        }
        for row in work.config.entities()
    ]


@router.get("/closes")
def closes(work: TheWork) -> list[CloseLine]:
    """Every close, newest period first."""
    return board(work)


@router.post("/closes", status_code=202)
async def start_close(body: StartBody, doors: TheDoors, person: ThePerson) -> Done:
    """Start a close, or attach to the one that runs."""
    await start(doors, person, body.entity, body.period)
    return Done()


@router.post("/closes/{entity}/{period}/recovery", status_code=202)
async def recover_close(entity: str, period: str, doors: TheDoors, person: ThePerson) -> Done:
    """Take a close up again where Postgres says it stands, after Temporal's database was lost."""
    await recover(doors, person, entity, period)
    return Done()


@router.get("/closes/{entity}/{period}")
def close(close: TheClose, work: TheWork) -> CloseView:
    """One close in full. `seen` is the hash of its figures: a decision on them gives it back.

    The newest of the period; an earlier one by its `number`.
    """
    return shown(work, close)


@router.get("/closes/{entity}/{period}/seen/{sha256}")
def seen(entity: str, period: str, sha256: str, work: TheWork) -> dict[str, Any]:
    """The figures that somebody saw who decided, by their hash."""
    return seen_figures(work, entity, period, sha256)


@router.get("/closes/{entity}/{period}/reperformance")
def reperformance(close: TheClose, work: TheWork) -> ReperformanceView:
    """The close made anew in SQL, now: every figure that differs from what is proposed or frozen."""
    return made_now(work, close)


@router.get("/closes/{entity}/{period}/journals/{journal_id}")
def journal(journal_id: int, close: TheClose, work: TheWork) -> JournalInFull:
    """A journal; each of its lines with the lines and documents that make it up."""
    row = work.journals.of_close(close, journal_id)
    return JournalInFull(**asdict(journal_view(work, row)), lines=journal_lines(work, close, row))


@router.get("/closes/{entity}/{period}/lines")
def lines(close: TheClose, work: TheWork) -> list[LineView]:
    """Every line of the close's proposal."""
    currency = work.config.current().entity(close.entity_id).functional_currency
    rows = work.proposals.positions(close.proposal_id) if close.proposal_id else []
    return [line_view(row, currency) for row in rows]


@router.get("/closes/{entity}/{period}/lines/{line:path}")
def one_line(line: str, close: TheClose, work: TheWork) -> LineInFull:
    """One line in full: both currencies, where its days come from, its documents."""
    if close.proposal_id is None:
        raise NotFoundError("This close has no proposal yet.")
    row = work.proposals.position(close.proposal_id, line)
    currency = work.config.current().entity(close.entity_id).functional_currency
    return line_in_full(work, close, row, currency)


@router.get("/closes/{entity}/{period}/drift")
def drift(close: TheClose, work: TheWork) -> list[DriftView]:
    """What people changed in the ledger by hand and is not settled, with the differences."""
    return drift_of(work, close)


@router.get("/group/{period}", tags=["group"])
def group(period: str, work: TheWork) -> GroupView:
    """The group's figures for a period, by entity and in total, in the reporting currency."""
    return group_view(work, period)


@router.post("/group-closes", status_code=202, tags=["group"])
async def start_group_close(body: StartGroupBody, doors: TheDoors, person: ThePerson) -> Done:
    """Start the close of every entity of the group, or attach to those that run."""
    await start_group(doors, person, body.period)
    return Done()


@router.get("/group-closes/{period}", tags=["group"])
def group_close(period: str, work: TheWork) -> GroupCloseView:
    """Where the group's close stands: every entity's step, and the roles that it waits for."""
    return group_close_view(work, period)


@router.post("/closes/{entity}/{period}/resolutions")
async def resolve_exception(
    entity: str, period: str, body: ResolutionBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Answer an exception; the close calculates anew."""
    given = Resolution(entity=entity, period=period, actor="", roles=(), **body.model_dump())
    await resolve(doors, person, given)
    return Done()


@router.post("/closes/{entity}/{period}/decisions")
async def decide_on_close(
    entity: str, period: str, body: DecisionBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Submit, approve, reject, request a change, explain a difference, sign off."""
    given = Decision(entity=entity, period=period, actor="", roles=(), **body.model_dump())
    await decide(doors, person, given)
    return Done()


@router.get("/audit", tags=["audit"])
def audit_chains(work: TheWork) -> list[str]:
    """The chains of the trail."""
    return work.audit.chains()


@router.get("/audit/verification", tags=["audit"])
def audit_verification(work: TheWork) -> Verification:
    """Recompute every chain."""
    events, breaks = work.audit.verify()
    return Verification(
        events=events, verified=not breaks, breaks=[asdict(broken) for broken in breaks]
    )


@router.get("/audit/{chain}", tags=["audit"])
def audit_events(chain: str, work: TheWork, limit: int = 100) -> list[dict[str, Any]]:
    """The newest events of a chain, newest first."""
    return [asdict(event) for event in work.audit.latest(chain, min(limit, EVENTS_MAX))]
