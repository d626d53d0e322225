"""The ordinary customers beside the cases: a close carries them all, and they explain nothing new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice, product

from sandbox.world.background import years
from sandbox.world.builder import Bookkeeper
from sandbox.world.routine import HISTORY_START
from sandbox.world.seller import Seller

SIZE = {"uk": 130, "us": 115, "de": 95}
"""With the customers of the cases some 400."""
ENGLISH = (
    *("Abbey", "Beacon", "Cedar", "Drover", "Easton", "Foxglove", "Granary", "Harbour", "Ivy"),
    *("Juniper", "Kestrel", "Lantern", "Milestone", "Northgate"),
)
AMERICAN = (
    *("Acadia", "Bluestem", "Cimarron", "Dogwood", "Evergreen", "Foothill", "Glacier", "Hickory"),
    *("Juniper Creek", "Keystone", "Lonestar", "Monterey", "Piedmont"),
)
GERMAN = (
    *("Ahorn", "Birken", "Dünen", "Eichen", "Fichten", "Ginster", "Hasel", "Kiefern", "Linden"),
    *("Mühlen", "Ufer"),
)
TRADES = (
    "Foods",
    "Print",
    "Travel",
    "Dental",
    "Freight",
    "Studios",
    "Interiors",
    "Seeds",
    "Optics",
)
GERMAN_TRADES = (
    *("bau GmbH", "druck GmbH", "tech AG", "handel KG", "pflege GmbH", "spiele AG"),
    *("textil GmbH", "optik GmbH", "saat eG"),
)


def add(book: Bookkeeper, crm: Seller) -> None:
    """Each with a yearly subscription since a day of the history."""
    key = book.entity.original
    days = (book.today - HISTORY_START).days
    for name in islice(_names(key), SIZE[key]):
        years(book, crm, name, HISTORY_START + timedelta(days=book.rng.randrange(days)))


def _names(entity: str) -> Iterator[str]:
    match entity:
        case "de":
            return (f"{first}{trade}" for trade, first in product(GERMAN_TRADES, GERMAN))
        case "us":
            return (f"{first} {trade} Inc" for trade, first in product(TRADES, AMERICAN))
        case _:
            return (f"{first} {trade} Ltd" for trade, first in product(TRADES, ENGLISH))
