"""What people chose where a posting got stuck: their close went back to review with it."""

from datetime import date, datetime

from sqlmodel import Field

from models.base import Table, now_column


class PostingChoiceRow(Table, table=True):
    """A choice (controls/posting_choices.py) of a close, for whatever it proposes from then on.

    `journal_hash` names the journal that is to be left out, `post_from` the first day on which the
    ledger takes journals again.
    """

    __tablename__ = "posting_choice"

    id: int | None = Field(default=None, primary_key=True)
    close_id: int = Field(foreign_key="close.id", index=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)
    choice: str
    journal_hash: str = ""
    post_from: date | None = None
    reason: str
    actor: str
    nonce: str = Field(unique=True)
    chosen_at: datetime | None = Field(default=None, sa_column=now_column())
