"""From a page's context to HTML: the template environment and its filters."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from accounting.documents import DocumentKind
from accounting.policy import Role
from accounting.written import day
from api.wording import DOCUMENTS, ROLES

TEMPLATES = Path(__file__).parent.parent / "templates"


def grouped(amount: str) -> str:
    """An amount's text with thousands separators: "-12,345.60"; nothing stays nothing."""
    return f"{Decimal(amount):,f}" if amount else ""


def words(name: str) -> str:
    """A name of ours as a person reads it: "deferred_revenue" is "Deferred revenue"."""
    return ROLES[Role(name)] if name in ROLES else name.replace("_", " ")


def kind(name: str) -> str:
    """A kind of document as a person reads it: "credit_note" is "Credit note"."""
    return DOCUMENTS[DocumentKind(name)]


def on(given: date | str) -> str:
    """A day, or its ISO text, as people write it: "1 Sep 2026"."""
    return day(date.fromisoformat(given) if isinstance(given, str) else given)


def when(instant: object) -> str:
    """An instant to the second, as people write it: "2026-10-05 08:00:11"."""
    return str(instant)[:19].replace("T", " ")


environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(
    money=grouped,
    words=words,
    kind=kind,
    on=on,
    when=when,
    urlpath=lambda text: quote(text, safe=""),
)


def render(template: str, page: Any, status: int = 200) -> HTMLResponse:
    """A page from its context."""
    return HTMLResponse(environment.get_template(template).render(page=page), status_code=status)
