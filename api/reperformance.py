"""What it comes to when a close is made anew in SQL: as put on record, and as asked for now."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models import CloseRow
from store import Work
from store.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class ReperformedView:
    """A close made anew, as the trail has it. `lines` of `lines_in_all` were made anew from the
    documents' rows, by method in `recomputed`; `left` says why the rest was not. `figures` were
    compared; each that differs is a sentence. `step` says in which one it was made, `program` is the
    SHA-256 of the SQL.
    """

    step: str
    agrees: bool
    lines: int
    lines_in_all: int
    figures: int
    recomputed: dict[str, int]
    left: dict[str, int]
    differences: list[str]
    program: str


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A figure that is another when it is made anew; amounts as text, of what is none plain."""

    subject: str
    figure: str
    stands: str
    recomputed: str
    currency: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReperformanceView:
    """The same, made now, with every figure that differs and how long it took."""

    entity: str
    period: str
    agrees: bool
    lines: int
    lines_in_all: int
    figures: int
    recomputed: dict[str, int]
    left: dict[str, int]
    differences: list[DifferenceView]
    program: str
    milliseconds: int


def on_record(work: Work, close: CloseRow) -> ReperformedView | None:
    """What was last put on record of the close, by verify or by sign-off; None before that."""
    told = work.reperformance.told(close)
    if told is None:
        return None
    after: Mapping[str, Any] = told.after
    made, rest = _counts(after["recomputed"], after["left"])
    return ReperformedView(
        step=str(after["step"]),
        agrees=bool(after["agrees"]),
        lines=made,
        lines_in_all=made + rest,
        figures=int(after["figures"]),
        recomputed=dict(after["recomputed"]),
        left=dict(after["left"]),
        differences=list(after["differences"]),
        program=str(told.hashes["program"]),
    )


def made_now(work: Work, close: CloseRow) -> ReperformanceView:
    """The close's current proposal made anew. Raises NotFoundError where there is none yet."""
    if close.proposal_id is None:
        raise NotFoundError(
            f"{close.entity_id} {close.period} has no proposal yet: none is made anew."
        )
    began = time.monotonic()
    found = work.reperformance.of(close)
    took = time.monotonic() - began
    made, rest = _counts(found.recomputed, found.left)
    return ReperformanceView(
        entity=close.entity_id,
        period=close.period,
        agrees=found.agrees,
        lines=made,
        lines_in_all=made + rest,
        figures=found.figures,
        recomputed=dict(found.recomputed),
        left=dict(found.left),
        differences=[
            DifferenceView(
                each.subject,
                each.figure,
                each.shown(each.stands),
                each.shown(each.recomputed),
                each.currency,
                each.sentence(),
            )
            for each in found.differences
        ],
        program=found.program,
        milliseconds=round(took * 1000),
    )


def _counts(recomputed: Mapping[str, int], left: Mapping[str, int]) -> tuple[int, int]:
    return sum(recomputed.values()), sum(left.values())
