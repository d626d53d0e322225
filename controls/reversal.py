"""How a person has a posted journal turned round: an answer of its own, not to an exception.

It is given while the figures of a close are open and makes them anew, so that whoever asks has
prepared the close, and others approve. The newest answer about a journal counts.
"""

from enum import StrEnum

REVERSAL = "reversal"
"""The code of such an answer; its subject is the journal's reference."""


class Wish(StrEnum):
    """What is to become of the posted journal."""

    REVERSE = "reverse"
    """The next proposal turns it round as a whole."""
    KEEP = "keep"
    """It is left as it is after all."""
