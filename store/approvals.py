"""Resolutions and decisions: written once, each with its event, in one transaction."""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from accounting.book import AdoptionChoice, AdoptionResolution
from accounting.documents import Effect, Override
from accounting.exceptions import BY_HAND, ExceptionCode, Remedy
from accounting.money import Money
from accounting.policy import Role
from controls.approval import Decision, Verdict
from controls.audit import Actor
from controls.delegation import Delegation
from controls.reversal import REVERSAL
from controls.steps import Step
from models import CloseRow, DecisionRow, PostingChoiceRow, ResolutionRow, SeenRow
from store.adoption import importers
from store.audit import AuditTrail, close_subject
from store.closes import Closes
from store.errors import ConflictError, FourEyesError, NotFoundError


class Approvals:
    """Reads and writes what people decided."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def save_resolution(self, close: CloseRow, resolution: ResolutionRow) -> None:
        """Keep an answer to an exception; one with the same nonce is kept once."""
        known = self._session.exec(
            select(ResolutionRow).where(ResolutionRow.nonce == resolution.nonce)
        ).first()
        if known is not None:
            return
        resolution.open_from = Closes(self._session, self._audit).open_from(close.entity_id)
        self._session.add(resolution)
        self._session.flush()
        given = {
            "code": resolution.code,
            "remedy": resolution.remedy,
            "service_start": str(resolution.service_start or ""),
            "service_end": str(resolution.service_end or ""),
            "obligation": resolution.obligation or "",
            "account": resolution.account or "",
            "amount": resolution.amount or "",
            "effect": resolution.effect or "",
            "effective": str(resolution.effective or ""),
        }
        self._audit.record(
            close.entity_id,
            "exception.resolved",
            f"{close_subject(close)}/{resolution.subject}",
            reason=resolution.reason,
            after={key: value for key, value in given.items() if value},
            actor=Actor("user", resolution.actor),
        )

    def resolutions(self, entity: str) -> list[ResolutionRow]:
        """Everything that was ever resolved for the entity, oldest first."""
        return list(
            self._session.exec(
                select(ResolutionRow)
                .where(ResolutionRow.entity_id == entity)
                .order_by(col(ResolutionRow.id))
            )
        )

    def overrides(self, entity: str) -> tuple[Override, ...]:
        """What people said about lines, as the core takes it, oldest first.

        Said before anything was closed it was known from the start; else from the first open day.
        """
        return tuple(
            Override(
                line=row.subject,
                reason=row.reason,
                service_start=row.service_start,
                service_end=row.service_end,
                obligation=row.obligation,
                excluded=row.remedy == Remedy.EXCLUDE,
                known_on=row.open_from,
                effect=Effect(row.effect) if row.effect else None,
                effective=row.effective,
            )
            for row in self.resolutions(entity)
            if row.code not in (ExceptionCode.ADOPTION_DIFFERENCE, REVERSAL, *BY_HAND)
        )

    def adoption_resolutions(self, entity: str, currency: str) -> tuple[AdoptionResolution, ...]:
        """What people said about adoption differences, oldest first."""
        return tuple(
            AdoptionResolution(
                role=Role(row.subject),
                choice=AdoptionChoice(row.remedy),
                difference=Money.parse(row.amount or "0", currency),
                reason=row.reason,
                account=row.account,
            )
            for row in self.resolutions(entity)
            if row.code == ExceptionCode.ADOPTION_DIFFERENCE
        )

    def preparers(self, close_id: int, until: datetime | None = None) -> tuple[str, ...]:
        """Everybody who prepared this close, up to an instant if one is given.

        Who resolved or submitted anything, imported its start, chose what follows where a posting
        got stuck, or asked for the period to be opened again.
        """
        then = until or datetime.max.replace(tzinfo=UTC)
        resolved = self._session.exec(
            select(ResolutionRow.actor).where(
                ResolutionRow.close_id == close_id, col(ResolutionRow.decided_at) <= then
            )
        )
        submitted = self._session.exec(
            select(DecisionRow.actor).where(
                DecisionRow.close_id == close_id,
                DecisionRow.verdict == "submit",
                col(DecisionRow.decided_at) <= then,
            )
        )
        chose = self._session.exec(
            select(PostingChoiceRow.actor).where(
                PostingChoiceRow.close_id == close_id, col(PostingChoiceRow.chosen_at) <= then
            )
        )
        asked = self._session.exec(
            select(CloseRow.started_by).where(CloseRow.id == close_id, CloseRow.reason != "")
        )
        imported = importers(self._session, close_id, then)
        return tuple(sorted({*resolved, *submitted, *chose, *asked, *imported}))

    def last_decided(self, close_id: int, round_: int, step: str) -> datetime | None:
        """When somebody last decided on a round's proposal in a step; None where nobody did."""
        return self._session.exec(
            select(func.max(DecisionRow.decided_at)).where(
                DecisionRow.close_id == close_id,
                DecisionRow.round == round_,
                DecisionRow.step == step,
            )
        ).one()

    def answered(self, close_id: int) -> bool:
        """Whether somebody answered an exception in this close, or chose what follows a refusal."""
        answers = select(ResolutionRow.id).where(ResolutionRow.close_id == close_id).limit(1)
        choices = select(PostingChoiceRow.id).where(PostingChoiceRow.close_id == close_id).limit(1)
        return any(self._session.exec(query).first() is not None for query in (answers, choices))

    def answered_since(self, close_id: int, instant: datetime | None) -> bool:
        """Whether somebody answered an exception of this close after an instant."""
        query = select(ResolutionRow.id).where(
            ResolutionRow.close_id == close_id, col(ResolutionRow.decided_at) > instant
        )
        return self._session.exec(query.limit(1)).first() is not None

    def suspended(self, close_id: int, last_round: int) -> tuple[str, ...]:
        """Who approved a proposal of a round up to this one, by name."""
        approved = self._session.exec(
            select(DecisionRow.actor).where(
                DecisionRow.close_id == close_id,
                DecisionRow.step == Step.REVIEW,
                DecisionRow.verdict == Verdict.APPROVE,
                DecisionRow.round <= last_round,
            )
        )
        return tuple(sorted(set(approved)))

    def on_record(self, close: CloseRow, decision: Decision) -> bool:
        """Whether this very decision was kept before, by its nonce.

        Raises ConflictError when the nonce is that of another decision.
        """
        known = self._session.exec(
            select(DecisionRow).where(DecisionRow.nonce == decision.nonce)
        ).first()
        if known is None:
            return False
        kinds = ",".join(decision.kinds)
        if (
            known.close_id,
            known.step,
            known.actor,
            known.verdict,
            known.proposal_hash,
            known.kinds,
        ) != (
            close.id,
            decision.step,
            decision.actor,
            decision.verdict,
            decision.proposal_hash,
            kinds,
        ):
            raise ConflictError("This form was used for another decision. Reload the page.")
        return True

    def save_decision(
        self,
        close: CloseRow,
        round_: int,
        decision: Decision,
        clause: str = "",
        delegation: int = 0,
    ) -> None:
        """Keep a decision that counted. The same nonce again is the same decision: kept once.

        `clause` asked for it, `delegation` gave the person the role. Raises ConflictError when this
        person's decision on this proposal is on record already, FourEyesError when the person
        prepared the close.
        """
        if self.on_record(close, decision):
            return
        assert close.id is not None
        row = DecisionRow(
            close_id=close.id,
            round=round_,
            step=decision.step,
            level=decision.level,
            verdict=decision.verdict,
            actor=decision.actor,
            roles=",".join(decision.roles),
            reason=decision.reason,
            proposal_hash=decision.proposal_hash,
            nonce=decision.nonce,
            tag=decision.tag,
            clause=clause,
            delegations=[asdict(each) for each in decision.delegations],
            seen=decision.seen,
            kinds=",".join(decision.kinds),
        )
        self._add(row)
        self._audit.record(
            close.entity_id,
            f"decision.{decision.verdict}",
            close_subject(close),
            reason=decision.reason,
            after={
                "step": decision.step,
                "level": decision.level,
                "roles": list(decision.roles),
                "clause": clause,
                **({"delegation": delegation} if delegation else {}),
                **({"kinds": list(decision.kinds)} if decision.kinds else {}),
            },
            hashes={
                "proposal": decision.proposal_hash,
                **({"seen": decision.seen} if decision.seen else {}),
            },
            actor=Actor("user", decision.actor),
        )

    def _add(self, row: DecisionRow) -> None:
        try:
            with self._session.begin_nested():
                self._session.add(row)
                self._session.flush()
        except IntegrityError as error:
            if "Four eyes" in str(error.orig):
                raise FourEyesError(
                    "You prepared this proposal; somebody else must decide on it."
                ) from None
            raise ConflictError("You have decided on this proposal already.") from None

    def decisions(self, close_id: int, round_: int | None = None) -> tuple[Decision, ...]:
        """Decisions on a close in the order they were made; of one round only, if given."""
        close = self._session.get(CloseRow, close_id)
        assert close is not None
        query = select(DecisionRow).where(DecisionRow.close_id == close_id)
        if round_ is not None:
            query = query.where(DecisionRow.round == round_)
        return tuple(
            Decision(
                entity=close.entity_id,
                period=close.period,
                number=close.number,
                step=row.step,
                verdict=row.verdict,
                actor=row.actor,
                roles=tuple(row.roles.split(",")),
                reason=row.reason,
                proposal_hash=row.proposal_hash,
                nonce=row.nonce,
                tag=row.tag,
                level=row.level,
                delegations=tuple(Delegation(**each) for each in row.delegations),
                seen=row.seen,
                kinds=tuple(row.kinds.split(",")) if row.kinds else (),
                at=row.decided_at.isoformat(timespec="seconds") if row.decided_at else "",
            )
            for row in self._session.exec(query.order_by(col(DecisionRow.id)))
        )

    def keep_seen(self, content: bytes) -> str:
        """Keep what somebody is shown before deciding; its SHA-256. What is known is kept once."""
        sha256 = hashlib.sha256(content).hexdigest()
        if self._session.get(SeenRow, sha256) is None:
            self._session.connection().execute(
                insert(SeenRow)
                .values(sha256=sha256, content=content.decode())
                .on_conflict_do_nothing()
            )
        return sha256

    def seen(self, sha256: str) -> str:
        """What was shown, as canonical JSON. Raises NotFoundError."""
        row = self._session.get(SeenRow, sha256)
        if row is None:
            raise NotFoundError("Nobody was shown figures of this hash.")
        return row.content

    def decision_rows(self, close_id: int) -> list[DecisionRow]:
        """The same as rows, for pages: with round and time."""
        return list(
            self._session.exec(
                select(DecisionRow)
                .where(DecisionRow.close_id == close_id)
                .order_by(col(DecisionRow.id))
            )
        )
