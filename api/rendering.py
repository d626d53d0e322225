"""From a page's context to HTML: the template environment and its filters."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES = Path(__file__).parent.parent / "templates"
ROLE_WORDS = {
    "deferred_revenue": "Deferred revenue",
    "accrued_revenue": "Accrued revenue",
    "prepayments": "Prepayments",
}


def grouped(amount: str) -> str:
    """An amount's text with thousands separators: "-12,345.60"; nothing stays nothing."""
    return f"{Decimal(amount):,f}" if amount else ""


def words(name: str) -> str:
    """A name of ours as a person reads it: "deferred_revenue" is "Deferred revenue"."""
    return ROLE_WORDS.get(name, name.replace("_", " "))


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
    money=grouped, words=words, when=when, urlpath=lambda text: quote(text, safe="")
)


def render(template: str, page: Any, status: int = 200) -> HTMLResponse:
    """A page from its context."""
    return HTMLResponse(environment.get_template(template).render(page=page), status_code=status)
