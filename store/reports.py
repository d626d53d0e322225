"""Deliveries, usage and payments: stored once per version, read back as core values."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from sqlalchemy import ColumnElement, any_, bindparam, func, literal_column, true
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Session, col, select

from accounting.documents import Payment, Report, Void
from accounting.money import Money
from controls.canonical import digest
from models import PaymentRow, ReportRow
from store.audit import AuditTrail
from store.closes import Closes
from store.document_rows import corrected_unseen

Row = TypeVar("Row", ReportRow, PaymentRow)


class Reports:
    """Reads and stores versions of reports and payments, as documents are (store/documents.py)."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def keep(self, kind: type[Row], told: Sequence[Row]) -> int:
        """Keep each version that differs from the one before it. How many did.

        `told` are rows of one entity as `report_row` and `payment_row` make them. One that is gone
        when it is first seen is not kept.
        """
        if not told:
            return 0
        entity = told[0].entity_id
        newest = self._newest(kind, entity, [row.source_id for row in told])
        open_from = Closes(self._session, self._audit).open_from(entity)
        kept = []
        for row in told:
            version, content_hash = newest.get(row.source_id, (0, ""))
            if (not version and row.deleted) or content_hash == row.content_hash:
                continue
            row.version, row.open_from = version + 1, open_from
            newest[row.source_id] = row.version, row.content_hash
            kept.append(row)
        self._session.add_all(kept)
        self._session.flush()
        return len(kept)

    def _newest(
        self, kind: type[Row], entity: str, ids: Sequence[str]
    ) -> dict[str, tuple[int, str]]:
        """Version and content hash of what was kept last, by id."""
        rows = self._session.exec(
            select(kind.source_id, kind.version, kind.content_hash)
            .where(kind.entity_id == entity, col(kind.source_id).in_({*ids}))
            .order_by(col(kind.version))
        )
        return {key: (version, content) for key, version, content in rows}

    def reports(self, entity: str) -> tuple[Report, ...]:
        """Every version of every report that a close may see, with the day it is known on.

        A correction is known as soon as it was told, whatever its own date: the core counts a
        report from its date on anyway.
        """
        return _told(self._seen(ReportRow, entity))

    def around(
        self, entity: str, documents: Iterable[str]
    ) -> tuple[tuple[Report, ...], tuple[Void, ...]]:
        """The same of the reports of which any version is of a line of these documents; and those
        of them that are gone.
        """
        wanted = bindparam("documents", sorted(set(documents)), type_=ARRAY(TEXT))
        document = func.split_part(
            col(ReportRow.line), literal_column("'/'"), literal_column("1"), type_=TEXT
        )
        named = select(ReportRow.source_id).where(
            ReportRow.entity_id == entity, document == any_(wanted)
        )
        seen = list(self._seen(ReportRow, entity, col(ReportRow.source_id).in_(named)))
        return _told(seen), tuple(_gone(seen))

    def payments(self, entity: str) -> tuple[Payment, ...]:
        """The same of payments."""
        return tuple(
            Payment(
                id=_name(row),
                against=row.against,
                date=row.date,
                amount=Money(row.amount_minor, row.currency),
                known_on=_known_on(row),
                version=row.version,
            )
            for versions in self._seen(PaymentRow, entity)
            for row in versions
            if not row.deleted
        )

    def voids(self, entity: str) -> tuple[Void, ...]:
        """Reports and payments that are gone at their source, as far as a closed period saw them.

        One that came back voids its void.
        """
        return (*_gone(self._seen(ReportRow, entity)), *_gone(self._seen(PaymentRow, entity)))

    def _seen(
        self, kind: type[Row], entity: str, which: ColumnElement[bool] | None = None
    ) -> Iterator[list[Row]]:
        """Each one's versions, older first, without those that no closed period saw."""
        rows = self._session.exec(
            select(kind)
            .where(kind.entity_id == entity, which if which is not None else true())
            .order_by(col(kind.source_id), col(kind.version))
        ).all()
        for _, group in groupby(rows, key=lambda row: row.source_id):
            versions: list[Row] = list(group)
            after = [row.open_from for row in versions[1:]]
            yield [
                row
                for place, row in enumerate(versions)
                if place == len(after) or not corrected_unseen(_known_on(row), after[place])
            ]


def _told(seen: Iterable[Sequence[ReportRow]]) -> tuple[Report, ...]:
    return tuple(_report_of(row) for versions in seen for row in versions if not row.deleted)


def _gone(seen: Iterable[Sequence[Row]]) -> Iterator[Void]:
    for versions in seen:
        gone: Void | None = None
        for row in versions:
            if row.deleted == (gone is not None):
                continue
            against = gone.id if gone is not None else _name(row)
            void = Void(f"{_name(row)}#{row.version}", against, row.date, _known_on(row))
            gone = void if row.deleted else None
            yield void


def report_row(
    entity: str, source: str, report: Report, raw: str, *, deleted: bool = False
) -> ReportRow:
    """A version of a report as it is kept, its number aside."""
    usage = report.usage
    return ReportRow(
        entity_id=entity,
        source=source,
        source_id=report.id,
        version=1,
        content_hash=_hash(
            deleted, report.line, report.date, report.units, report.percent, report.milestone,
            usage,
        ),
        raw=raw,
        line=report.line,
        date=report.date,
        units=str(report.units) if report.units is not None else None,
        percent=str(report.percent) if report.percent is not None else None,
        milestone=report.milestone,
        usage_minor=usage.minor if usage is not None else None,
        usage_currency=usage.currency if usage is not None else None,
        deleted=deleted,
    )  # fmt: skip


def payment_row(
    entity: str, source: str, payment: Payment, raw: str, *, deleted: bool = False
) -> PaymentRow:
    """A version of a payment as it is kept, its number aside."""
    return PaymentRow(
        entity_id=entity,
        source=source,
        source_id=payment.id,
        version=1,
        content_hash=_hash(deleted, payment.against, payment.date, payment.amount),
        raw=raw,
        against=payment.against,
        date=payment.date,
        amount_minor=payment.amount.minor,
        currency=payment.amount.currency,
        deleted=deleted,
    )


def _name(row: ReportRow | PaymentRow) -> str:
    """Its name in the book: vendors number reports, payments and documents each from one on."""
    return f"{row.__tablename__}/{row.source_id}"


def _known_on(row: ReportRow | PaymentRow) -> date:
    if row.version > 1 and row.open_from is not None:
        return row.open_from
    return max(row.date, row.open_from or row.date)


def _hash(*content: object) -> str:
    return digest([str(part) if part is not None else None for part in content])


def _report_of(row: ReportRow) -> Report:
    usage = None
    if row.usage_minor is not None and row.usage_currency is not None:
        usage = Money(row.usage_minor, row.usage_currency)
    return Report(
        id=_name(row),
        line=row.line,
        date=row.date,
        units=Decimal(row.units) if row.units is not None else None,
        percent=Decimal(row.percent) if row.percent is not None else None,
        milestone=row.milestone,
        usage=usage,
        known_on=_known_on(row),
        version=row.version,
    )
