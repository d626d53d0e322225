"""Errors of reading from the outside world. Their type says who must act.

ConnectorError
├── LedgerThrottledError      wait `retry_after_s`, then ask again: nobody needs to act
├── LedgerUnavailableError    no usable answer: try again, then look at the network or vendor
├── LedgerRefusedError        the vendor says no: someone must mend the connection or rights
├── PayloadError              an answer that can't be read exactly: support must look at it
├── ConnectionConfigError     the connections file lacks something: the operator must mend it
└── ScheduleError             an adoption schedule that can't be used: whoever keeps it must mend it
"""


class ConnectorError(Exception):
    """Base: what was asked of whom, what came back, what to do."""


class LedgerThrottledError(ConnectorError):
    """The vendor asks us to wait."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class LedgerUnavailableError(ConnectorError):
    """No usable answer: connection failed, timed out, or the vendor had an internal error."""


class LedgerRefusedError(ConnectorError):
    """The vendor refused: credentials, rights, or a request it does not accept."""


class PayloadError(ConnectorError):
    """An answer holds something that can't be read exactly; nothing of it was kept."""


class ConnectionConfigError(ConnectorError):
    """The connections file lacks a connection, or one of its fields."""


class ScheduleError(ConnectorError):
    """A file is no adoption schedule, or not one that can be read; nothing of it was imported."""
