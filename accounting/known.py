"""What a close sees: the newest versions known on a day, without what was voided (docs §9)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

from accounting.book import Book
from accounting.documents import Document, DocumentKind, Override, Payment, Report, Void


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=_Versioned)


@dataclass(frozen=True, slots=True)
class Known:
    """A book as it is known on a day, whatever order it came in.

    `documents` and `reports` (by line) by date, then id; `overrides` are one a line.
    """

    documents: tuple[Document, ...]
    overrides: dict[str, Override]
    reports: dict[str, tuple[Report, ...]]
    payments: tuple[Payment, ...]
    contracts: dict[str, Document]
    expenses: dict[str, Document]


def _newest(versions: Iterable[tuple[tuple[str, ...], V]]) -> list[V]:
    """The highest version of each name, in the order in which the names came first."""
    found: dict[tuple[str, ...], V] = {}
    for name, version in versions:
        if name not in found or version.version >= found[name].version:
            found[name] = version
    return list(found.values())


def known_at(book: Book, at: date) -> Known:
    """The book as it is known at the end of the day."""
    gone = _gone(_newest(((v.id,), v) for v in book.voids if v.known <= at))
    newest = _newest(((d.kind, d.id), d) for d in book.documents if d.known <= at)
    documents = tuple(
        document
        for document in sorted(newest, key=lambda d: (d.date, d.id, d.kind))
        if not document.voided and document.id not in gone
    )
    reports: dict[str, list[Report]] = {}
    for report in _newest(((r.id,), r) for r in book.reports if r.known <= at):
        if report.id not in gone:
            reports.setdefault(report.line, []).append(report)
    return Known(
        documents=documents,
        overrides=_overrides(book.overrides, at, gone),
        reports={
            key: tuple(sorted(given, key=lambda r: (r.date, r.id)))
            for key, given in reports.items()
        },
        payments=tuple(
            payment
            for payment in _newest(((p.id,), p) for p in book.payments if p.known <= at)
            if payment.id not in gone
        ),
        contracts={d.id: d for d in documents if d.kind is DocumentKind.CONTRACT},
        expenses={d.id: d for d in documents if d.kind is DocumentKind.EXPENSE},
    )


def _gone(voids: Iterable[Void]) -> set[str]:
    """What is void. A void that is void itself never was."""
    by_target: dict[str, list[str]] = {}
    for void in voids:
        by_target.setdefault(void.against, []).append(void.id)

    def is_gone(name: str, asked: frozenset[str]) -> bool:
        return name not in asked and any(
            not is_gone(void, asked | {name}) for void in by_target.get(name, ())
        )

    return {name for name in by_target if is_gone(name, frozenset())}


def _overrides(overrides: Iterable[Override], at: date, gone: set[str]) -> dict[str, Override]:
    """What people said of each line, a later word on the same thing before an earlier one."""
    named = [o for o in overrides if o.known_on is None or o.known_on <= at]
    newest = _newest(((o.id or str(index), o.line), o) for index, o in enumerate(named))
    said = [o for o in newest if o.id not in gone or not o.id]
    merged: dict[str, Override] = {}
    for word in sorted(said, key=lambda o: (o.known_on is not None, o.known_on or date.min, o.id)):
        before = merged.get(word.line)
        merged[word.line] = word if before is None else _over(before, word)
    return merged


def _over(before: Override, word: Override) -> Override:
    return replace(
        word,
        service_start=word.service_start or before.service_start,
        service_end=word.service_end or before.service_end,
        obligation=word.obligation or before.obligation,
        excluded=word.excluded,
        effect=word.effect or before.effect,
        effective=word.effective or before.effective,
    )
