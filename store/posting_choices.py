"""What people chose where a posting got stuck: kept with its event, read by calculations."""

from sqlmodel import Session, col, select

from controls.audit import Actor
from controls.posting_choices import Choice, Chosen, PostingChoice, chosen
from models import CloseRow, PostingChoiceRow
from store.audit import AuditTrail, close_subject


class PostingChoices:
    """Reads and writes choices."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def known(self, nonce: str) -> bool:
        """Whether the choice of this form is on record already."""
        query = select(PostingChoiceRow.id).where(PostingChoiceRow.nonce == nonce)
        return self._session.exec(query).first() is not None

    def save(self, close: CloseRow, row: PostingChoiceRow) -> None:
        """Keep a choice."""
        self._session.add(row)
        self._session.flush()
        self._audit.record(
            close.entity_id,
            "close.sent_back",
            close_subject(close),
            reason=row.reason,
            after={
                "choice": row.choice,
                **({"post_from": row.post_from.isoformat()} if row.post_from else {}),
            },
            hashes={"journal": row.journal_hash} if row.journal_hash else {},
            actor=Actor("user", row.actor),
        )

    def of_close(self, close_id: int) -> list[PostingChoiceRow]:
        """The choices of a close, oldest first."""
        return list(
            self._session.exec(
                select(PostingChoiceRow)
                .where(PostingChoiceRow.close_id == close_id)
                .order_by(col(PostingChoiceRow.id))
            )
        )

    def chosen(self, close_id: int) -> Chosen:
        """What the choices of a close come to."""
        return chosen(
            PostingChoice(Choice(row.choice), row.journal_hash, row.post_from)
            for row in self.of_close(close_id)
        )
