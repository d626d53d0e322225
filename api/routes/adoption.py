"""The adoption schedule of an entity: looked at, tried and imported, as JSON and as a page."""

from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.adoption import import_schedule, show
from api.adoption_views import AdoptionView
from api.deps import TheDoors, ThePerson, TheWork
from api.doors import Doors
from api.errors import BadInputError, WebError, status_of
from api.rendering import render
from api.uploads import form_of, limited
from connectors.errors import ScheduleError
from connectors.schedule import SCHEDULE_BYTES_MAX, SCHEDULE_ROWS_MAX
from controls.audit import Actor
from controls.steps import Action, may
from store.errors import ConflictError
from store.users import Person
from workflows.gateway import GatewayUnavailableError

router = APIRouter()

TOLD_ON_THE_PAGE = (WebError, ScheduleError, ConflictError, GatewayUnavailableError)
FILE = {
    "requestBody": {
        "required": True,
        "description": "The file's bytes as they are: CSV or XLSX.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "responses": {
        "422": {"description": "Rows are refused, or the file can't be read: nothing was imported."}
    },
}


@dataclass(frozen=True, slots=True)
class AdoptionPage:
    """The schedule in force, or one that was tried, with the form for those who may import."""

    title: str
    person: str
    adoption: AdoptionView
    may_import: bool
    rows_max: str
    tried: bool
    message: str = ""


@router.get("/api/v1/entities/{entity}/adoption", tags=["adoption"])
def adoption(entity: str, work: TheWork) -> AdoptionView:
    """The adoption schedule in force, against what the policy computes."""
    return show(work, entity)


@router.post(
    "/api/v1/entities/{entity}/adoption",
    tags=["adoption"],
    openapi_extra=FILE,
    response_model=AdoptionView,
)
async def import_adoption(
    entity: str,
    request: Request,
    doors: TheDoors,
    person: ThePerson,
    dry_run: bool = False,
) -> Any:
    """Import an adoption schedule, whole or not at all; a dry run only says what would be."""
    content = b"".join([part async for part in limited(request, SCHEDULE_BYTES_MAX)])
    request_id = request.state.request_id
    view = await import_schedule(
        doors, person, entity, content, dry_run=dry_run, request_id=request_id
    )
    if view.refused and not dry_run:
        return JSONResponse({"error": "rows_refused", **asdict(view)}, status_code=422)
    return view


@router.get("/entities/{entity}/adoption", include_in_schema=False)
def show_adoption(entity: str, work: TheWork, person: ThePerson) -> Response:
    """The page of the schedule in force."""
    return render("adoption.html", _page(show(work, entity), person))


@router.post("/entities/{entity}/adoption", include_in_schema=False)
async def send_adoption(
    entity: str, request: Request, doors: TheDoors, person: ThePerson
) -> Response:
    """Try or import what the form holds; what is refused is told on the page, row by row."""
    try:
        content, dry_run = await _form(request)
        view = await import_schedule(
            doors,
            person,
            entity,
            content,
            dry_run=dry_run,
            request_id=request.state.request_id,
        )
    except TOLD_ON_THE_PAGE as error:
        page = await run_in_threadpool(_told, doors, person, entity, str(error))
        return render("adoption.html", page, status=status_of(error))
    if view.imported:
        return RedirectResponse(f"/entities/{entity}/adoption", status_code=303)
    status = 422 if view.refused else 200
    return render("adoption.html", _page(view, person, tried=True), status=status)


async def _form(request: Request) -> tuple[bytes, bool]:
    """The file of the form, and whether it is only tried. Raises BadInputError."""
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        raise BadInputError("Choose a file first.")
    sent = await form_of(request, files_max=1, limit=SCHEDULE_BYTES_MAX)
    if "file" not in sent.files:
        raise BadInputError("Choose a file first.")
    return sent.files["file"], sent.fields.get("what") != "import"


def _told(doors: Doors, person: Person, entity: str, message: str) -> AdoptionPage:
    with doors.store.unit_of_work(Actor("user", person.name)) as work:
        return _page(show(work, entity), person, message=message)


def _page(
    view: AdoptionView, person: Person, *, tried: bool = False, message: str = ""
) -> AdoptionPage:
    return AdoptionPage(
        title=f"Adoption of {view.entity} at {view.adopted_on}",
        person=person.display_name,
        adoption=view,
        may_import=may(person.roles, Action.IMPORT_ADOPTION) and not view.settled,
        rows_max=f"{SCHEDULE_ROWS_MAX:,}",
        tried=tried,
        message=message,
    )
