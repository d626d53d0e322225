"""Salesforce's record ids as people and ledgers write them: 15 characters, or 18 with a check."""

import re

from connectors.errors import PayloadError

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def full_id(text: str) -> str:
    """The id with all its 18 characters: the last three tell which of the others are capitals.

    Raises PayloadError for a text that is no id.
    """
    given = text.strip()
    if not _ID.fullmatch(given):
        raise PayloadError(f"{text!r} is not an id of Salesforce.")
    if len(given) == 18:
        return given
    return given + "".join(
        _SUFFIX[
            sum(1 << place for place, sign in enumerate(given[first : first + 5]) if sign.isupper())
        ]
        for first in (0, 5, 10)
    )
