"""What differs between the proposal that a decision was given to and the present one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class JournalFigure:
    """A journal as people compare it; the hash is over all of its content."""

    kind: str
    date: str
    total: str
    content_hash: str


def kind_told(kind: str, *, left_out: bool) -> str:
    """A journal's kind as it is compared: one that is left out is another one."""
    return f"{kind}, left out" if left_out else kind


@dataclass(frozen=True, slots=True)
class ProposalFigures:
    """A proposal as people compare it. Amounts are text in functional currency.

    `exceptions` are code and subject with their message, `policy` and `engine` versions.
    """

    journals: tuple[JournalFigure, ...]
    closing: Mapping[str, str]
    exceptions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    policy: str = ""
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: what is of which kind, before and now; empty where it was not, or is not."""

    what: str
    name: str
    before: str
    now: str


def changes(before: ProposalFigures, now: ProposalFigures) -> tuple[Change, ...]:
    """Every difference in the order in which people look: journals, balances, exceptions, versions."""
    return (
        *_journals(before, now),
        *(
            Change("balance", role, before.closing.get(role, ""), now.closing.get(role, ""))
            for role in sorted({*before.closing, *now.closing})
            if before.closing.get(role, "") != now.closing.get(role, "")
        ),
        *(
            Change("exception", code, before.exceptions.get(key, ""), now.exceptions.get(key, ""))
            for key in sorted({*before.exceptions, *now.exceptions})
            for code in [f"{key[0]} {key[1]}"]
            if before.exceptions.get(key, "") != now.exceptions.get(key, "")
        ),
        *(
            Change(what, "version", was, is_now)
            for what, was, is_now in (
                ("policy", before.policy, now.policy),
                ("engine", before.engine, now.engine),
            )
            if was != is_now
        ),
    )


def _journals(before: ProposalFigures, now: ProposalFigures) -> list[Change]:
    """By kind and date: what is in both is left out, of the rest one stands against another."""
    same = {j.content_hash for j in before.journals} & {j.content_hash for j in now.journals}
    apart: dict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, figures in enumerate((before, now)):
        for journal in figures.journals:
            if journal.content_hash not in same:
                apart[journal.kind, journal.date][side].append(journal.total)
    found = []
    for (kind, day), (was, is_now) in sorted(apart.items()):
        for number in range(max(len(was), len(is_now))):
            old, new = (side[number] if number < len(side) else "" for side in (was, is_now))
            found.append(Change("journal", f"{kind} of {day}", old, new))
    return found
