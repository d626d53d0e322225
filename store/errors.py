"""Errors of the store.

StoreError
├── NotFoundError          nothing by that name: the caller asked for what is not there
├── ConflictError          somebody else was there first, or it was done already
│   └── FourEyesError      whoever prepared a close approves nothing in it
├── FencedError            a later attempt has taken over: this result comes too late
├── ReperformanceDiffersError  made anew in SQL the figures are others: rows were changed
├── UnstorableError        text that Postgres can't hold (NUL, half of a surrogate pair)
├── MissingRightError      the log-in may not do what a big book needs
├── SchemaVersionError     the database is older or newer than the code
└── DatabaseUnavailableError  Postgres can't be reached or refuses the log-in
"""


class StoreError(Exception):
    """Base of this floor's errors."""


class NotFoundError(StoreError):
    """There is no such row."""


class ConflictError(StoreError):
    """The change was made already, or contradicts one that was."""


class FourEyesError(ConflictError):
    """The person prepared the close: Postgres refuses their approval."""


class FencedError(StoreError):
    """A later attempt at the same journal exists; this one's result does not count."""


class ReperformanceDiffersError(StoreError):
    """Made anew in SQL, figures differ from those that were verified."""


class UnstorableError(StoreError):
    """A text holds a character that no database keeps; nothing was written."""


class MissingRightError(StoreError):
    """The log-in lacks a right in the database; nothing was written."""


class SchemaVersionError(StoreError):
    """Database and code are of different versions."""


class DatabaseUnavailableError(StoreError):
    """The database can't be reached."""
