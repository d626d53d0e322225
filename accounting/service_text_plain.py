"""A line's text as it was meant: without mark-up, invisible and full-width characters.

Ledgers hand over what was pasted into them: "&ndash;" and "<br>" from a web page, letters with
their accents apart from a Mac, full-width digits, soft hyphens from a PDF.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

_BLANKS = frozenset("\u00a0\u2007\u2009\u202f\u3000\t\r\n\v\f")
_MARK_UP = re.compile(
    r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8});|</?(?:br|p|b|i|u|em|strong|div|span|li|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_DRAWN_ALIKE = str.maketrans({"\u2032": "'", "\u00b4": "'", "`": "'", "\u201a": ","})


@dataclass(frozen=True, slots=True)
class PlainText:
    """The text that is read, and where each of its characters stood in the line's own."""

    text: str
    places: tuple[int, ...] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the plain text stands in the line's text."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end]


def plain_text(text: str) -> PlainText:
    """The text with one blank for each kind of blank, and one character for each as it is read."""
    if text.isascii() and "<" not in text and "&" not in text:
        return PlainText("".join(" " if c in _BLANKS else c for c in text), None)
    characters: list[str] = []
    places: list[int] = []
    position = 0
    for match in [*_MARK_UP.finditer(text), None]:
        until = match.start() if match else len(text)
        for at in range(position, until):
            _add(characters, places, text[at], at)
        if match:
            for character in html.unescape(match[0]) if match[0][0] == "&" else " ":
                _add(characters, places, character, match.start())
            position = match.end()
    places.append(len(text))
    return PlainText("".join(characters), tuple(places))


def _add(characters: list[str], places: list[int], character: str, at: int) -> None:
    if characters and unicodedata.combining(character):
        composed = unicodedata.normalize("NFC", characters[-1] + character)
        if len(composed) == 1:
            characters[-1] = composed
            return
    if unicodedata.category(character) == "Cf":
        return
    alike = unicodedata.normalize("NFKC", character.translate(_DRAWN_ALIKE))
    if character in _BLANKS or alike in {"\u2028", "\u2029"}:
        alike = " "
    characters.append(alike if len(alike) == 1 else character)
    places.append(at)
