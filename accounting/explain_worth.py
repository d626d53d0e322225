"""What a foreign line is worth in functional currency, in words (docs/accounting.md §8).

Everything is read from the walk that gave the figures (currency.measured, recognition.ahead_of).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from accounting.currency import STATED, Billing, Measured, Parcel, measured
from accounting.explained import RateUsed, Term
from accounting.rates import Quote
from accounting.recognition import AheadBy, RevenueLine, ahead_of
from accounting.written import amount, day, rate, unrounded


@dataclass(frozen=True, slots=True)
class Worth:
    """A foreign line at the end of a day, as it was measured."""

    line: RevenueLine
    at: date
    state: Measured

    @classmethod
    def of(cls, line: RevenueLine, at: date) -> "Worth":
        """The line at the end of the day. Raises MissingRateError."""
        return cls(line, at, measured(line.life, line.billings, line.conversion, at))

    def recognised(self) -> tuple[Term, ...]:
        """The terms of R in functional currency: each stretch of revenue at its rate."""
        return tuple(
            Term(
                self._stretch(found), sum((parcel.functional for parcel in found), start=Fraction())
            )
            for _, parcels in groupby(self.state.parcels, self._measured_by)
            for found in [list(parcels)]
        )

    def _measured_by(self, parcel: Parcel) -> tuple[str, str]:
        """What parcels must have in common to be told together."""
        if parcel.covered_by is not None:
            return parcel.covered_by.number, parcel.covered_by.line
        assert parcel.at_rate_of is not None
        quote = self.line.conversion.average_quote(parcel.at_rate_of)
        return quote.kind, quote.at

    def _stretch(self, parcels: list[Parcel]) -> str:
        source = self.line.conversion.source
        earned = f"{amount(sum(parcel.amount for parcel in parcels), source)} {source}"
        billing, on = parcels[0].covered_by, parcels[0].at_rate_of
        if billing is not None:
            return f"{earned} covered by {billing.number}, {self._booked(billing)}"
        assert on is not None
        quote = self.line.conversion.average_quote(on)
        return f"{earned} earned before it was billed, × {rate(quote.rate)}, {_kind(quote)}"

    def _booked(self, billing: Billing) -> str:
        source, target = self.line.conversion.source, self.line.conversion.target
        return (
            f"booked at {amount(billing.functional, target)} {target} for "
            f"{amount(billing.amount, source)} {source}"
        )

    def ahead(self, recognised: int) -> tuple[Term, ...]:
        """The terms of deferred − accrued, with R as given."""
        found = ahead_of(
            self.line, self.state, recognised, self.at, remeasured=self.line.remeasured
        )
        source = self.line.conversion.source
        billed = self.state.billed
        beyond = f"{amount(recognised - billed, source)} {source} earned beyond the billings"
        words: tuple[str, ...]
        match found.by:
            case AheadBy.LAYERS:
                words = (
                    f"What is billed: {self._layers() or 'nothing'}",
                    f"of it earned, first billed first: {amount(recognised, source)} {source}",
                )
            case AheadBy.CLOSING_RATE:
                quote = self._closing(recognised)
                at = f" × {rate(quote.rate)}, {_kind(quote)}" if quote else ""
                words = (f"{beyond}{at}",)
            case AheadBy.OPPOSITE:
                words = (f"What is billed: {self._layers()}", "all that is earned, as measured")
            case AheadBy.AS_EARNED:
                words = (f"{beyond}, as it was measured when it was earned",)
        return tuple(Term(said, minor) for said, minor in zip(words, found.parts, strict=True))

    def _layers(self) -> str:
        """The billings as they lie, first in first out, each with what is left of it."""
        source, target = self.line.conversion.source, self.line.conversion.target
        return "; ".join(
            f"{amount(layer.amount, source)} {source} of {layer.origin.number} at "
            f"{unrounded(layer.functional, target)} {target}"
            for layer in self.state.layers
        )

    def _closing(self, recognised: int) -> Quote | None:
        """The closing rate, where what is earned beyond the billings is valued by it."""
        beyond = recognised - self.state.billed
        return self.line.conversion.closing_quote(self.at) if beyond else None

    def rates(self, recognised: int) -> Iterator[RateUsed]:
        """Every rate that the figures were measured by, each once."""
        seen: set[tuple[str, str, str]] = set()
        for quote, used_for in self._quotes(recognised):
            key = (quote.kind, quote.at, used_for)
            if quote.kind and key not in seen:
                seen.add(key)
                conversion = self.line.conversion
                yield RateUsed(conversion.source, conversion.target, quote, used_for)

    def _quotes(self, recognised: int) -> Iterator[tuple[Quote, str]]:
        for billing in self.line.billings:
            if billing.date <= self.at:
                yield billing.quote, f"{billing.number} of {day(billing.date)}"
        for parcel in self.state.parcels:
            if parcel.at_rate_of is not None:
                quote = self.line.conversion.average_quote(parcel.at_rate_of)
                yield quote, "what was earned before it was billed"
        found = ahead_of(
            self.line, self.state, recognised, self.at, remeasured=self.line.remeasured
        )
        if found.by is AheadBy.CLOSING_RATE and (quote_at_end := self._closing(recognised)):
            yield quote_at_end, "what is earned beyond the billings, at the period's end"


def billed_terms(line: RevenueLine, at: date) -> tuple[Term, ...]:
    """The terms of B in functional currency: each billing at its rate, rounded once."""
    source = line.conversion.source
    return tuple(
        Term(
            f"{_what(billing)}: {amount(billing.amount, source)} {source} × "
            f"{rate(billing.quote.rate)}, {_kind(billing.quote)}",
            billing.functional,
        )
        for billing in _known(line, at)
    )


def billed_in_document_terms(line: RevenueLine, at: date) -> tuple[Term, ...]:
    """The terms of B in the documents' currency."""
    return tuple(Term(_what(billing), billing.amount) for billing in _known(line, at))


def _known(line: RevenueLine, at: date) -> Iterable[Billing]:
    known = (billing for billing in line.billings if billing.date <= at)
    return sorted(known, key=lambda billing: (billing.date, billing.credits is not None))


def _what(billing: Billing) -> str:
    credit = ", a credit" if billing.credits is not None else ""
    return f"{billing.number} of {day(billing.date)}{credit}"


def _kind(quote: Quote) -> str:
    match quote.kind:
        case kind if kind == STATED:
            return f"the rate that {quote.at} states"
        case "spot":
            return f"the rate of {day(date.fromisoformat(quote.at))}"
        case _:
            return f"the {quote.kind} rate of {quote.at}"
