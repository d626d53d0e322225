"""All lines of an entity as known on a day, with what was found wrong."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.second_opinion.calendars import day_of
from tests.second_opinion.documents import Raw, in_force, known_on
from tests.second_opinion.entity import Entity
from tests.second_opinion.evidence import service_dates
from tests.second_opinion.lines import Line, Report, Terms
from tests.second_opinion.money import minor


@dataclass(frozen=True)
class Finding:
    """An accountant's exception; one that only tells holds nothing."""

    code: str
    subject: str
    holds: bool = True


@dataclass
class LedgerLine:
    """A line of an invoice or a bill, and the lines that it bills in which shares."""

    key: str
    document: Raw
    amount: int
    currency: str
    targets: list[tuple[str, Fraction]]
    left: int


@dataclass
class Model:
    """What is known on `day`, read once per close."""

    entity: Entity
    day: date
    documents: dict[str, Raw]
    imports: dict[str, int]
    lines: dict[str, Line] = field(default_factory=dict)
    raws: dict[str, Raw] = field(default_factory=dict)
    gross: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    as_signed: dict[str, list[tuple[str, Fraction]]] = field(default_factory=dict)
    ledger: dict[str, LedgerLine] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    @classmethod
    def known(cls, entity: Entity, day: date, imports: dict[str, int]) -> "Model":
        return cls(entity, day, in_force(entity.documents, day), imports)

    def of_kind(self, *kinds: str) -> list[Raw]:
        return [raw for raw in self.documents.values() if raw["kind"] in kinds]

    def find(self, code: str, subject: str, *, holds: bool = True) -> None:
        finding = Finding(code, subject, holds)
        if finding not in self.findings:
            self.findings.append(finding)

    def one_named(self, reference: str) -> str | None:
        """The key of the one line that a reference means."""
        found = self.entity.chains.lines_named(reference, self.keys)
        return found[0] if found else None

    def overrides_of(self, key: str) -> list[Raw]:
        """The latest word first."""
        found = [raw for raw in self.of_kind("override") if self.one_named(raw["line"]) == key]
        return sorted(found, key=lambda raw: (known_on(raw), raw["id"]), reverse=True)

    def terms_of(self, key: str, raw: Raw, document: Raw, method: str, own: str) -> Terms:
        named = self.entity.calendar.named
        manual = raw.get("manual") or {}
        milestones = raw.get("milestones") or []
        price = raw.get("standalone_price")
        document_date = day_of(document["date"])
        return Terms(
            method=method,
            dates=service_dates(raw, self.overrides_of(key), document_date, own),
            units=Fraction(raw["units"]) if raw.get("units") else None,
            milestones=tuple((item["id"], Fraction(item["weight"])) for item in milestones),
            manual=tuple((named(name), Fraction(amount)) for name, amount in manual.items()),
            standalone_price=Fraction(price) if price is not None else None,
        )

    def reports_of(self, kind: str, key: str, currency: str) -> list[Report]:
        return [
            report_of(raw, currency)
            for raw in self.of_kind(kind)
            if self.one_named(raw["obligation"]) == key
        ]

    def add(self, line: Line, raw: Raw, document: Raw) -> None:
        """A new line with its reports and, unless forgotten, its imported figure."""
        line.deliveries = self.reports_of("delivery", line.key, line.currency)
        line.usage = self.reports_of("usage", line.key, line.currency)
        self.lines[line.key] = line
        self.raws[line.key] = {**raw, "method": line.terms.method}
        line.imported_at = self.entity.adopted_on
        known_at_adoption = known_on(document) <= line.imported_at and all(
            known_on(item) <= line.imported_at for item in self.overrides_of(line.key)
        )
        if known_at_adoption:
            line.imported = self.imports.get(line.key)

    def judge_materiality(self, line: Line, document: Raw) -> None:
        """Below the amount, or inside its document's period: whole on the document's date."""
        if line.terms.method == "usage":
            return
        limits: dict[str, Any] = self.entity.policy.get("materiality") or {}
        limit = minor(limits.get("amount", "0") or "0", self.entity.currency)
        rate = self.entity.rate_of(document, line.currency)
        if rate is None:
            return
        exact = Fraction(line.total) * rate * currency_step(line.currency, self.entity.currency)
        dates, calendar = line.terms.dates, self.entity.calendar
        small = abs(exact) < limit
        inside = False
        if limits.get("single_period") and dates.start and dates.end:
            own = calendar.of_day(line.document_date)
            inside = own == calendar.of_day(dates.start) == calendar.of_day(dates.end)
        if small or inside:
            line.whole_on = line.document_date

    def restate_terms(self, line: Line, raw: Raw, document: Raw) -> None:
        """What a modification leaves out stays."""
        given = {name: value for name, value in raw.items() if value is not None}
        merged = {**self.raws[line.key], **given}
        self.raws[line.key] = merged
        line.terms = self.terms_of(line.key, merged, document, merged["method"], "contract")

    def tell_of_reports(self) -> None:
        """Completion that falls and units above the contract are told; they hold nothing."""
        for line in self.lines.values():
            dated = [report for report in line.deliveries if report.date <= self.day]
            if line.terms.method == "percent_complete" and falls(completions_of(dated)):
                self.find("completion_falls", line.key, holds=False)
            if line.terms.method == "units" and line.terms.units:
                delivered = sum((item.units or Fraction(0) for item in dated), Fraction(0))
                if delivered > line.terms.units:
                    self.find("units_exceed_contract", line.key, holds=False)


def report_of(raw: Raw, currency: str) -> Report:
    return Report(
        id=raw["id"],
        date=day_of(raw["date"]),
        percent=Fraction(raw["percent"]) if raw.get("percent") is not None else None,
        units=Fraction(raw["units"]) if raw.get("units") is not None else None,
        milestone=raw.get("milestone"),
        amount=minor(raw["amount"], currency) if raw.get("amount") is not None else 0,
    )


def currency_step(source: str, target: str) -> Fraction:
    """Minor units of the target for one minor unit of the source at a rate of 1."""
    return Fraction(minor("1", target), minor("1", source))


def completions_of(deliveries: list[Report]) -> list[Fraction]:
    """The completions reported, in the order of their dates."""
    ordered = sorted(deliveries, key=lambda report: (report.date, report.id))
    return [report.percent for report in ordered if report.percent is not None]


def falls(completions: list[Fraction]) -> bool:
    return any(later < earlier for earlier, later in pairwise(completions))
