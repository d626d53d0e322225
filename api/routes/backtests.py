"""Back-tests of the months before adoption, as JSON and as a page. Nothing is stored."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.backtest import BackTestView, backtest
from api.deps import TheDoors, ThePerson
from api.errors import WebError, status_of
from api.rendering import render
from store.errors import NotFoundError

router = APIRouter()

First = Annotated[str, Query(alias="from", description="The first month, such as 2025-09.")]
Last = Annotated[str, Query(alias="to", description="The last month, up to adoption.")]


@dataclass(frozen=True, slots=True)
class BackTestPage:
    """What the old process got wrong, with the form for other months; or why nothing is shown."""

    title: str
    person: str
    entity: str
    first: str
    last: str
    test: BackTestView | None
    message: str = ""


@router.get("/api/v1/entities/{entity}/backtest", tags=["adoption"])
def backtest_entity(
    entity: str, doors: TheDoors, person: ThePerson, first: First = "", last: Last = ""
) -> BackTestView:
    """Past months made anew against what the ledger holds of them; by itself the last year of the
    old process. Stores nothing.
    """
    return backtest(doors, person, entity, first, last)


@router.get("/entities/{entity}/backtest", include_in_schema=False)
def show_backtest(
    entity: str, doors: TheDoors, person: ThePerson, first: First = "", last: Last = ""
) -> Response:
    """The page of a back-test."""
    title = f"Back-test of {entity}"
    try:
        found = backtest(doors, person, entity, first, last)
    except (WebError, NotFoundError) as error:
        page = BackTestPage(title, person.display_name, entity, first, last, None, str(error))
        return render("backtest.html", page, status=status_of(error))
    page = BackTestPage(title, person.display_name, entity, found.first, found.last, found)
    return render("backtest.html", page)
