"""What recurs in every entity: instalments, usage, hosting, insurance, rent, recharges."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from sandbox.world.builder import Bookkeeper, year_from
from sandbox.world.records import Span
from sandbox.world.seller import Seller
from sandbox.world.wording import month_text

HISTORY_START = date(2025, 3, 1)


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last days of the months from `first` to `last`."""
    day = first.replace(day=1)
    while True:
        end = month_end(day)
        if end > last:
            return
        yield end
        day = end + timedelta(days=1)


def shares(total: int, parts: int) -> Iterator[int]:
    """A total in equal parts that sum to it."""
    for part in range(1, parts + 1):
        yield total * part // parts - total * (part - 1) // parts


def instalments(
    book: Bookkeeper, crm: Seller, customer: str, term: Span, price: int, *, arrears: bool = False
) -> None:
    """A contract of a year, billed monthly: in advance on the first, or in arrears on the day
    after the month.
    """
    case = "monthly-arrears" if arrears else "monthly-advance"
    deal = crm.opportunity(
        book.entity, customer, term.start - timedelta(days=9), ("PLAT", price, term), case=case
    )
    ends = list(month_ends(term.start, term.end))
    for end, share in zip(ends, shares(price, len(ends)), strict=True):
        text = f"{book.words('PLAT')}, {month_text(end, german=book.entity.german)}"
        book.invoice(
            customer,
            end + timedelta(days=1) if arrears else end.replace(day=1),
            book.line("PLAT", share, None, show="none", text=text),
            opportunity=deal,
            case=case,
        )


def usage(book: Bookkeeper, crm: Seller, customer: str, first: date) -> None:
    """A contract by usage: reported in the CRM at each month's end, billed three days later."""
    deal = crm.opportunity(
        book.entity,
        customer,
        first - timedelta(days=12),
        ("USGE", 0, year_from(first)),
        case="usage",
    )
    for end in month_ends(first, book.today):
        amount = 40_001 + book.rng.randrange(90_000)
        crm.used(deal, "USGE", end, amount, book.entity.currency)
        text = f"{book.words('USGE')}, {month_text(end, german=book.entity.german)}"
        book.invoice(
            customer,
            end + timedelta(days=3),
            book.line("USGE", amount, None, show="none", text=text),
            opportunity=deal,
            case="usage",
        )


def costs(book: Bookkeeper, *, insurer: str, host: str, landlord: str | None) -> None:
    """Insurance ahead; hosting ordered, then billed in arrears; rent (out of scope)."""
    chart = book.entity.chart
    german = book.entity.german
    cover = "Betriebshaftpflichtversicherung" if german else "Business insurance"
    cyber = "Cyberversicherung" if german else "Cyber insurance"
    machines = "Hosting im Rechenzentrum" if german else "Data centre hosting"
    for start, price in ((date(2025, 4, 1), 13_870_00), (date(2026, 4, 1), 14_600_00)):
        book.bill(
            insurer,
            start - timedelta(days=11),
            book.cost(chart.insurance, price, cover, year_from(start)),
            case="insurance",
        )
    book.bill(
        insurer,
        date(2026, 9, 17),
        book.cost(chart.insurance, 5_475_00, cyber, year_from(date(2026, 9, 15))),
        case="insurance-september",
    )
    reserved = "Reservierte Kapazität" if german else "Reserved capacity"
    book.bill(
        host,
        date(2026, 1, 12),
        book.cost(chart.hosting, 10_000_01, reserved, year_from(date(2026, 1, 10))),
        case="hosting-reserved",
    )
    backup = "Datensicherung" if german else "Backup storage"
    quarter = Span(date(2026, 7, 15), date(2026, 10, 14))
    book.order(
        host,
        date(2026, 7, 13),
        book.cost(chart.hosting, 3_219_00, backup, quarter),
        mark="backup",
        case="hosting-unbilled",
    )
    hosting(book, host, machines)
    for end in month_ends(HISTORY_START, book.today):
        if landlord and chart.rent:
            text = f"{'Büromiete' if german else 'Office rent'} {month_text(end, german=german)}"
            book.bill(
                landlord,
                end.replace(day=1),
                book.cost(chart.rent, 3_200_00, text),
                case="rent",
            )


def hosting(book: Bookkeeper, host: str, text: str) -> None:
    """Ordered on the first of each month at an estimate, billed on the fourth of the next."""
    account = book.entity.chart.hosting
    for end in month_ends(HISTORY_START, month_end(book.today)):
        amount = 180_000 + book.rng.randrange(60_000)
        month = Span(end.replace(day=1), end)
        mark = f"hosting-{end:%Y-%m}"
        book.order(
            host,
            month.start,
            book.cost(account, 210_000, text, month),
            mark=mark,
            case="hosting-order",
        )
        book.bill(
            host,
            end + timedelta(days=4),
            book.cost(account, amount, text, month),
            order=mark,
            case="hosting-arrears",
        )


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def recharges_received(book: Bookkeeper, price: int) -> None:
    """The British company's recharges at quarter ends, out of scope here too."""
    account = book.entity.chart.intercompany
    for end in month_ends(HISTORY_START, book.today):
        if end.month % 3 == 0:
            text = f"Management recharge {month_text(end, german=False)}"
            line = book.cost(account, price, text, taxed=False)
            book.bill("Northwind Analytics Ltd", end, line, case="intercompany")


def intercompany_quarters(book: Bookkeeper, sister: str, price: int) -> None:
    """Recharges to a sister company at quarter ends, out of scope."""
    account = book.entity.chart.intercompany
    for end in month_ends(HISTORY_START, book.today):
        if end.month % 3 == 0:
            text = f"Management recharge {month_text(end, german=False)}"
            line = book.cost(account, price, text, taxed=False)
            book.invoice(sister, end, line, case="intercompany")
