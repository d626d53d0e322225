"""A database of the tests, by the log-ins of its roles."""

from dataclasses import dataclass

from tieout.embedded.postgres import API, OWNER, SUPERUSER, WORKER


@dataclass(frozen=True)
class Database:
    """The DSN of each role."""

    owner: str
    worker: str
    api: str
    superuser: str

    def of(self, role: str) -> str:
        return {OWNER: self.owner, WORKER: self.worker, API: self.api, SUPERUSER: self.superuser}[
            role
        ]
