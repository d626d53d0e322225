"""The JSON API of what people do to a running close besides deciding."""

from fastapi import APIRouter

from api.actions import act
from api.bodies import Done, NonceBody
from api.deps import TheDoors, ThePerson
from api.stuck import reopen, send_back
from controls.messages import Acted, SendBack
from controls.steps import Action

router = APIRouter(prefix="/api/v1", tags=["closes"])


class RetryBody(NonceBody):
    """Another attempt; as a draft it is only laid ready in the ledger, for somebody to post there."""

    as_draft: bool = False


class SendBackBody(NonceBody):
    """What follows where a posting got stuck: recalculate, other_period, or skip one journal."""

    choice: str
    reason: str = ""
    journal_id: int = 0


class ReopenBody(NonceBody):
    """Why a closed period is to be opened again."""

    reason: str = ""


def _acted(
    entity: str, period: str, nonce: str, journal_id: int = 0, *, as_draft: bool = False
) -> Acted:
    return Acted(
        entity=entity,
        period=period,
        actor="",
        roles=(),
        nonce=nonce,
        journal_id=journal_id,
        as_draft=as_draft,
    )


@router.post("/closes/{entity}/{period}/recalculate")
async def recalculate(
    entity: str, period: str, body: NonceBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Read everything again and calculate anew, while exceptions wait."""
    await act(doors, person, Action.RECALCULATE, _acted(entity, period, body.nonce))
    return Done()


@router.post("/closes/{entity}/{period}/lock-check")
async def recheck_lock(
    entity: str, period: str, body: NonceBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Read the ledger's lock dates again."""
    await act(doors, person, Action.RECHECK_LOCK, _acted(entity, period, body.nonce))
    return Done()


@router.post("/closes/{entity}/{period}/tie-out")
async def recheck_difference(
    entity: str, period: str, body: NonceBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Read the ledger again and tie out anew."""
    await act(doors, person, Action.RECHECK_DIFFERENCE, _acted(entity, period, body.nonce))
    return Done()


@router.post("/closes/{entity}/{period}/journals/{journal_id}/retry")
async def retry_journal(
    entity: str,
    period: str,
    journal_id: int,
    body: RetryBody,
    doors: TheDoors,
    person: ThePerson,
) -> Done:
    """Send a failed journal to the ledger again, or have a draft of it looked at."""
    acted = _acted(entity, period, body.nonce, journal_id, as_draft=body.as_draft)
    await act(doors, person, Action.RETRY, acted)
    return Done()


@router.post("/closes/{entity}/{period}/retry")
async def retry_all(
    entity: str, period: str, body: RetryBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Send every failed journal to the ledger again."""
    acted = _acted(entity, period, body.nonce, as_draft=body.as_draft)
    await act(doors, person, Action.RETRY, acted)
    return Done()


@router.post("/closes/{entity}/{period}/send-back")
async def send_close_back(
    entity: str, period: str, body: SendBackBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Have what can't be posted given up, and the close go back to review with another proposal."""
    asked = SendBack(entity=entity, period=period, actor="", roles=(), **body.model_dump())
    await send_back(doors, person, asked)
    return Done()


@router.post("/closes/{entity}/{period}/reopenings", status_code=202)
async def reopen_period(
    entity: str, period: str, body: ReopenBody, doors: TheDoors, person: ThePerson
) -> Done:
    """Ask for a closed period to be opened again; a controller decides on it."""
    await reopen(doors, person, entity, period, body.reason)
    return Done()
