"""Resolve: a person's answer to an exception, checked against what is open, then kept."""

from datetime import date

from temporalio import activity

from accounting.by_hand import others
from accounting.documents import Effect
from accounting.exceptions import BY_HAND, REMEDIES, ExceptionCode, Remedy
from activities.doors import Doors, told_to_temporal
from controls.approval import Fixed
from controls.messages import Answer, RecordResolution, Resolution
from controls.reversal import REVERSAL, Wish
from models import CloseRow, ExceptionRow, ResolutionRow
from store import Work
from store.accepted import held_of, journal_lines, number_of

NEEDS_A_DAY = frozenset({Effect.CANCEL, Effect.PRICE})
"""Effects that hold from a day on; the others only need one to be put in order."""


class ResolveActivities:
    """Records resolutions."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def record_resolution(self, record: RecordResolution) -> Answer:
        """Keep the answer, or say why it can't be one; nothing is kept then."""
        given = record.resolution
        with told_to_temporal(), self._doors.work() as work:
            close = work.closes.lock(record.close.close_id)
            if given.code == REVERSAL:
                return _of_posted(work, close, given)
            exceptions = work.proposals.exceptions(close.proposal_id) if close.proposal_id else []
            open_one = next(
                (e for e in exceptions if (e.code, e.subject) == (given.code, given.subject)), None
            )
            if open_one is None:
                words = "This exception is not open any more."
                return Answer(False, words, "not_open", Fixed.CURRENT)
            answer, row = _row(record.close.close_id, given, open_one)
            if row is not None and given.code in BY_HAND:
                answer = _of_ledger(work, given)
            if row is not None and answer.accepted:
                work.approvals.save_resolution(close, row)
            return answer


def _of_posted(work: Work, close: CloseRow, given: Resolution) -> Answer:
    """Have a posted journal turned round by the next proposal, or left as it is after all."""
    why = ""
    if given.remedy not in set(Wish):
        why = f"Choose one of: {', '.join(Wish)}."
    elif given.remedy == Wish.REVERSE:
        why = work.corrections.why_not(close, given.subject)
    elif given.subject not in {each.asked.subject for each in work.corrections.wanted(close)}:
        why = f"{given.subject} is not about to be reversed."
    if why:
        return Answer(False, why, "bad_resolution", Fixed.ANSWER)
    if not given.reason.strip():
        words = "Say why: a reason goes with it."
        return Answer(False, words, "bad_resolution", Fixed.REASON)
    work.approvals.save_resolution(
        close,
        ResolutionRow(
            close_id=close.id or 0,
            entity_id=given.entity,
            code=given.code,
            subject=given.subject,
            remedy=given.remedy,
            reason=given.reason,
            actor=given.actor,
            nonce=given.nonce,
        ),
    )
    return Answer(accepted=True)


def _of_ledger(work: Work, given: Resolution) -> Answer:
    """Whether the journal that was found still stands so, and can count as is said."""
    row = work.drift.get(number_of(given.subject))
    if row is None or row.settled_at is not None:
        return Answer(
            False,
            "The ledger has changed again since this was found. Read everything again first.",
            "not_open",
            Fixed.CURRENT,
        )
    entity = work.config.current().entity(given.entity)
    lines = journal_lines(held_of(row).lines, entity.functional_currency)
    strange = others(lines, entity.accounts.account_map)
    if given.remedy != Remedy.EXPLAINED and strange:
        return Answer(
            False,
            f"{row.reference or row.ledger_id} also moves account {', '.join(strange)}, which the "
            "close never posts to: it did something else. Carry it as a reconciling item where "
            "that is offered, or correct it in the ledger and read everything again.",
            "bad_resolution",
            Fixed.ANSWER,
        )
    return Answer(accepted=True)


def _row(
    close_id: int, given: Resolution, open_one: ExceptionRow
) -> tuple[Answer, ResolutionRow | None]:
    def refused(message: str, clause: Fixed = Fixed.ANSWER) -> tuple[Answer, None]:
        return Answer(False, message, "bad_resolution", clause), None

    remedies = REMEDIES[ExceptionCode(open_one.code)]
    if not remedies:
        return refused("This is only told: it holds nothing, and there is nothing to clear.")
    if given.remedy not in set(remedies):
        return refused(f"This exception is cleared by: {', '.join(remedies)}.")
    if not given.reason.strip():
        return refused("Say why: a resolution needs a reason.", Fixed.REASON)
    try:
        start, end, effective = (
            date.fromisoformat(text) if text else None
            for text in (given.service_start, given.service_end, given.effective)
        )
    except ValueError:
        return refused("Write dates like 2026-09-30.")
    if given.remedy == Remedy.DATES and (start is None or end is None or end < start):
        return refused("Give the first and the last day of the service, in this order.")
    if given.remedy == Remedy.MATCH and not given.obligation:
        return refused("Name the contract line that this line bills.")
    if given.remedy == Remedy.POST and not given.account:
        return refused("Name the account that the opening adjustment is posted against.")
    if given.remedy == Remedy.EFFECT:
        if given.effect not in set(Effect):
            return refused(f"Say what the credit does: {', '.join(Effect)}.")
        if effective is None and given.effect in NEEDS_A_DAY:
            return refused(f"Give the day from which “{given.effect}” holds.")
    return Answer(True), ResolutionRow(
        close_id=close_id,
        entity_id=given.entity,
        code=given.code,
        subject=given.subject,
        remedy=given.remedy,
        service_start=start if given.remedy == Remedy.DATES else None,
        service_end=end if given.remedy == Remedy.DATES else None,
        obligation=given.obligation or None if given.remedy == Remedy.MATCH else None,
        account=given.account or None if given.remedy == Remedy.POST else None,
        amount=open_one.amount,
        effect=given.effect if given.remedy == Remedy.EFFECT else None,
        effective=effective if given.remedy == Remedy.EFFECT else None,
        reason=given.reason,
        actor=given.actor,
        nonce=given.nonce,
    )
