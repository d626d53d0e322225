"""Documents with those that name them: over contracts, what restates and bills them, to credits."""

from datetime import UTC, date, datetime
from decimal import Decimal

from accounting.documents import Document, DocumentKind, DocumentLine, Report, Treatment
from accounting.money import Money
from controls.audit import Actor
from models import ReportRow
from store import Store
from store.reports import report_row

WORKER_ACTOR = Actor("service", "worker")
AT = datetime(2026, 10, 5, 8, tzinfo=UTC)


def written(id_: str, kind: DocumentKind = DocumentKind.INVOICE, **given: object) -> Document:
    line: dict[str, object] = {"id": "1", "amount": Money(100, "GBP")}
    line |= {name: given.pop(name) for name in ("obligation", "against", "expense") & given.keys()}
    known: dict[str, object] = {
        "number": id_,
        "counterparty": "Acme",
        "date": date(2026, 9, 1),
        "currency": "GBP",
        "lines": (DocumentLine(**line),),  # type: ignore[arg-type]
        **given,
    }
    return Document(kind=kind, id=id_, **known)  # type: ignore[arg-type]


CREDIT, CONTRACT, BILL = DocumentKind.CREDIT_NOTE, DocumentKind.CONTRACT, DocumentKind.BILL


def test_documents_come_with_whatever_names_them(store: Store) -> None:
    for document in (
        written("C", CONTRACT),
        written("M", CONTRACT, modifies="C", treatment=Treatment.PROSPECTIVE),
        written("I-1", contract="C"),
        written("I-2", obligation="M/1"),
        written("N-1", CREDIT, credits="I-1"),
        written("N-2", CREDIT, against="I-2/1"),
        written("E", DocumentKind.EXPENSE),
        written("B", BILL, expense="E"),
        written("I-3"),
    ):
        with store.unit_of_work(WORKER_ACTOR) as work:
            work.documents.store("uk", "paper", document, "{}", AT)

    def around(*ids: str) -> set[str]:
        with store.unit_of_work(WORKER_ACTOR) as work:
            return {document.id for document in work.evidence.around("uk", ids)}

    assert around("C") == {"C", "M", "I-1", "I-2", "N-1", "N-2"}
    assert around("I-1") == {"I-1", "N-1"}
    assert around("E", "I-3") == {"E", "B", "I-3"}
    assert around("nothing") == set()
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.evidence.around("us", ["C"]) == ()


def test_every_version_that_a_close_may_see_comes_along(store: Store) -> None:
    with store.unit_of_work(WORKER_ACTOR) as work:
        work.documents.store("uk", "paper", written("I-1"), "{}", AT)
        work.documents.store("uk", "paper", written("I-1", voided=True), "{}", AT)
        found = work.evidence.around("uk", ["I-1"])
    assert [(document.version, document.voided) for document in found] == [(2, True)]


def test_reports_come_with_the_documents_of_their_lines(store: Store) -> None:
    def told(id_: str, line: str, *, deleted: bool = False) -> None:
        report = Report(id_, line, date(2026, 9, 5), units=Decimal(1))
        row = report_row("uk", "paper", report, "{}", deleted=deleted)
        with store.unit_of_work(WORKER_ACTOR) as work:
            work.reports.keep(ReportRow, [row])

    told("R-1", "C/1")
    told("R-2", "D/1")
    for line in ("C/1", "D/2"):
        told(f"gone {line}", line)
        told(f"gone {line}", line, deleted=True)
    told("R-4", "D/1")
    told("R-4", "C/2")  # it was of another document's line before
    with store.unit_of_work(WORKER_ACTOR) as work:
        reports, voids = work.reports.around("uk", ["C"])
        assert len(work.reports.reports("uk")) == 3
        assert len(work.reports.voids("uk")) == 2
    assert [(each.id, each.line) for each in reports] == [
        ("report/R-1", "C/1"),
        ("report/R-4", "C/2"),
    ]
    assert [each.against for each in voids] == ["report/gone C/1"]
