"""Previews of a period's proposal, as JSON and as a page. Nothing that is sent here is stored."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api.deps import TheDoors, ThePerson
from api.errors import BadInputError, WebError, status_of
from api.preview import FILES_BYTES_MAX, PreviewView, Supposed, preview
from api.rendering import render
from api.uploads import form_of
from store.errors import NotFoundError

router = APIRouter()

PARTS = ("policy", "rates")
FILES = {
    "requestBody": {
        "required": False,
        "description": "Other settings, rates on top of those on record, or nothing.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "policy": {"type": "string", "format": "binary"},
                        "rates": {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    },
    "responses": {"422": {"description": "There is nothing to preview, or a file is wrong."}},
}


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What would be proposed, with the form to try other files; or why there is nothing to show."""

    title: str
    person: str
    entity: str
    period: str
    preview: PreviewView | None
    message: str = ""


async def _supposed(request: Request) -> Supposed:
    sent = await form_of(request, files_max=len(PARTS), limit=FILES_BYTES_MAX)
    for name in sent.files:
        if name not in PARTS:
            raise BadInputError(f"There is no file {name!r} to send; there are {', '.join(PARTS)}.")
    return Supposed(policy=sent.files.get("policy"), rates=sent.files.get("rates"))


@router.post("/api/v1/closes/{entity}/{period}/preview", tags=["closes"], openapi_extra=FILES)
async def preview_proposal(
    entity: str, period: str, request: Request, doors: TheDoors, person: ThePerson
) -> PreviewView:
    """What would be proposed now, or with these files, against the newest proposal; stores nothing."""
    supposed = await _supposed(request)
    return await run_in_threadpool(preview, doors, person, entity, period, supposed)


@router.get("/closes/{entity}/{period}/preview", include_in_schema=False)
@router.post("/closes/{entity}/{period}/preview", include_in_schema=False)
async def show_preview(
    entity: str, period: str, request: Request, doors: TheDoors, person: ThePerson
) -> Response:
    """The page of a preview; the form on it sends files."""
    title = f"Preview of {entity}, {period}"
    try:
        supposed = await _supposed(request)
        found = await run_in_threadpool(preview, doors, person, entity, period, supposed)
    except (WebError, NotFoundError) as error:
        page = PreviewPage(title, person.display_name, entity, period, None, str(error))
        return render("closes/preview.html", page, status=status_of(error))
    page = PreviewPage(title, person.display_name, entity, period, found)
    return render("closes/preview.html", page)
