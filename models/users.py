"""People and their log-ins. Secrets are hashed: argon2 for passwords, SHA-256 for random tokens."""

from datetime import datetime

from sqlmodel import Field

from models.base import Table, instant, now_column


class UserRow(Table, table=True):
    """A person; `email` is where messages reach them, if anywhere. `link_hash` is that of a one-time link to set the password, until it expires."""

    __tablename__ = "app_user"

    name: str = Field(primary_key=True)
    display_name: str
    roles: str
    email: str | None = None
    password_hash: str | None = None
    link_hash: str | None = Field(default=None, unique=True)
    link_expires_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    disabled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime | None = Field(default=None, sa_column=now_column())


class SessionRow(Table, table=True):
    """A log-in, known by the hash of its token; revoked by setting `revoked_at`."""

    __tablename__ = "session"

    token_hash: str = Field(primary_key=True)
    user_name: str = Field(foreign_key="app_user.name", index=True)
    created_at: datetime | None = Field(default=None, sa_column=now_column())
    expires_at: datetime = Field(sa_column=instant())
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
