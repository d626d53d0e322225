"""Lines that are easily read into confident wrong dates: a person is asked, or the right ones read."""

import unicodedata
from datetime import date

import pytest

from accounting.service_text import Locale, read_service_text, unusable

ON = date(2026, 3, 10)
UK = Locale()
US = Locale(day_first=False)
APRIL = Locale(fiscal_year_starts=4)


def periods(text, locale=UK, on=ON):
    """The periods read, in the order of time, as "2026-01-01 2026-12-31"."""
    read = read_service_text(text, on, locale)
    return sorted(f"{r.period.start} {r.period.end}" for r in read)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Annual support renewal 2026/27", "fiscal year starts in January"),
        ("Annual dues 26/27", "fiscal year starts in January"),
        ("Annual plan through 31 Dec 2026", "only the end"),
        ("Certificate exp. 20/04/2027", "only the end"),
        ("Lizenz läuft am 31.12.2026 ab", "only the end"),
        ("Hosting April 2026 to date", "only the start"),
        ("Hosting 1 April 2026 until further notice", "only the start"),
        ("Nutzungsrecht ab 01.05.2026, Mindestlaufzeit 24 Monate", "only the start"),
        ("Hosting second half of April 2026", "Only a part"),
        ("Hosting pro rata April 2026", "Only a part"),
        ("Hosting Rest April 2026", "Only a part"),
        ("Hosting mid April to mid May 2026", "Only a part"),
        ("Hosting 2026 excluding August", "left out"),
        ("Hosting April 2026 less 2 days", "left out"),
        ("Licence 1 April 2026 to 1 April 2027 (excl.)", "left out"),
        ("Monthly hosting in arrears", "does not start with this document"),
        ("Hosting, invoice 4 of 12, 12 month contract", "does not start with this document"),
        ("Second instalment of annual fee", "does not start with this document"),
        ("Security deposit, 3 months rent", "does not start with this document"),
        ("Support 12 months from 1st of next month", "not named"),
        ("Hosting 06 and March 2026", "more than can be read"),
        ("Annual licence, article 01.02.2026", "a date or a number"),
        ("KW 53 2025", "does not exist"),
        ("Renewal of licence expiring 30 June 2026 for a further 12 months", "only the end"),
    ],
)
def test_what_a_line_leaves_open_is_told(text, says):
    assert periods(text) == []
    assert says in (unusable(text, ON, UK) or "")


MARCH = "2026-03-01 2026-03-31"
TERM = "2026-03-10 2027-03-09"


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Seats Nov 25 - Feb 26", US, ["2025-11-01 2026-02-28", "2025-11-25 2026-02-26"]),
        ("Retainer Mar 26", US, [MARCH, "2026-03-26 2026-03-26"]),
        ("Annual licence AutoCAD 2026", UK, ["2026-01-01 2026-12-31", TERM]),
        ("Annual fee due 1 April 2026", UK, [TERM, "2026-04-01 2027-03-31"]),
        (
            "Annual plan, renews 1 April 2026",
            UK,
            ["2025-04-01 2026-03-31", "2026-04-01 2027-03-31"],
        ),
        (
            "3 x monthly fee from 1 April 2026",
            UK,
            ["2026-04-01 2026-04-30", "2026-04-01 2026-06-30"],
        ),
        (
            "3 years from 1 April 2026, year 2",
            UK,
            ["2026-04-01 2029-03-31", "2027-04-01 2028-03-31"],
        ),
        ("w/e 6 March, w/e 13 March", UK, ["2026-02-28 2026-03-06", "2026-03-07 2026-03-13"]),
        ("Quarterly fee, March", UK, [MARCH, "2026-03-01 2026-05-31"]),
        ("Maintenance, H2", UK, ["2025-07-01 2025-12-31", "2026-07-01 2026-12-31"]),
    ],
)
def test_a_line_that_means_either_offers_both(text, locale, expected):
    assert periods(text, locale) == expected


NOUNS = (
    "suite", "unit", "version", "release", "level", "desk", "item", "project", "contract", "policy",
    "account", "ticket", "batch", "order", "invoice", "plan", "pack", "module", "seat", "platform",
    "delivery", "payment", "fee", "deposit", "report", "visit", "course", "Auftrag", "Raum", "Artikel",
    "Rechnung", "Paket", "Ausgabe", "Abschlag",
)  # fmt: skip


@pytest.mark.parametrize("noun", NOUNS)
def test_a_whole_range_is_read_after_any_word(noun):
    year = "2026-04-01 2027-03-31"
    assert periods(f"Gold {noun} 01/04/2026 - 31/03/2027") == [year]
    assert periods(f"Gold {noun}: 1 Apr 26 - 31 Mar 27") == [year]
    assert periods(f"{noun} Apr 2026 - Mar 2027") == [year]
    assert periods(f"{noun} 04/2026 - 03/2027") == [year]


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("text", ["monthly {} April", "annual {} from 1 April 2026"])
def test_no_length_starts_with_the_document_beside_another_start(noun, text):
    read = read_service_text(text.format(noun), ON, UK)
    assert not read or any(reading.period.start == date(2026, 4, 1) for reading in read)


def test_a_year_without_a_number_that_is_billed_ahead_may_be_the_next() -> None:
    late = date(2026, 12, 10)
    assert periods("Licence Jan - Dec", UK, ON) == ["2026-01-01 2026-12-31"]
    assert periods("Licence Jan - Dec", UK, late) == [
        "2026-01-01 2026-12-31",
        "2027-01-01 2027-12-31",
    ]


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Radiokampagne KW 6–9/2026", UK, "2026-02-02 2026-03-01"),
        ("Betriebskosten 01-03/2026", UK, "2026-01-01 2026-03-31"),
        ("Lizenz 3. und 4. Quartal 2026", UK, "2026-07-01 2026-12-31"),
        ("Pauschale 2. Hj. 2026", UK, "2026-07-01 2026-12-31"),
        ("Vorauszahlung Mai u. Juni 2026", UK, "2026-05-01 2026-06-30"),
        ("Jahresbeitrag 2026 IHK", UK, "2026-01-01 2026-12-31"),
        ("3 Jahreslizenzen Office", UK, TERM),
        ("Notdienst 14./15. März 2026", UK, "2026-03-14 2026-03-15"),
        ("Audit support, FY2025/26, site 3", APRIL, "2025-04-01 2026-03-31"),
        ("H1 FY27 licence fee", APRIL, "2026-04-01 2026-09-30"),
        ("Dues 26/27", APRIL, "2026-04-01 2027-03-31"),
        ("Support Oct 26-Sep 27", UK, "2026-10-01 2027-09-30"),
        ("Ads Nov–Jan 2026/27", UK, "2026-11-01 2027-01-31"),
        ("Co-term to 31/12/2026, start 15/04/2026", UK, "2026-04-15 2026-12-31"),
        ("Storage 1 Apr 2026/31 Mar 2027", UK, "2026-04-01 2027-03-31"),
        ("Patrols 01/03/2026 18:00 - 31/03/2026 06:00", UK, MARCH),
        ("Hire w/c 09/03/26 for 2 weeks", UK, "2026-03-09 2026-03-22"),
        ("Payroll 3/1-3/15", US, "2026-03-01 2026-03-15"),
        ("36 months beginning 04/01/2026, billed annually", US, "2026-04-01 2029-03-31"),
        ("Contractor T. May, w/e 20-03-26", UK, "2026-03-14 2026-03-20"),
        ("Storage unit 04/26, April 2026", UK, "2026-04-01 2026-04-30"),
        ("Lizenz April 2026 bis inkl. März 2027", UK, "2026-04-01 2027-03-31"),
        ("Lizenz, Laufzeit vom 1.4.2026, 12 Monate", UK, "2026-04-01 2027-03-31"),
        ("Annual licence active from 1 April 2026", UK, "2026-04-01 2027-03-31"),
        ("Febuary - March 2026", UK, "2026-02-01 2026-03-31"),
    ],
)
def test_a_line_is_read_whole(text, locale, expected):
    assert periods(text, locale) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Licence key 05-2026-XYZ",
        "SKU DEC-26",
        "Price list 06/2026 item 12",
        "Vertragsnr. 2026-11",
        "NIST SP 800-53 (2020)",
        "Pallet 12/26 sq ft",
        "Upgrade 365 days a year",
        "Hosting Jun 30",
        "Consulting 3/2-3/6",
        "Support - bi-monthly",
        "Desk calendar 2026",
        "Academic year 2026",
        "Advert in May/June issue",
        "24 months warranty included",
        "Service charge Lady Day quarter 2026",
    ],
)
def test_what_only_looks_like_a_period_is_left_alone(text):
    assert periods(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Licence ２０２６-０４-０１ ～ ２０２７-０３-３１",
        "Licence 1 Apr 2026 &ndash; 31 Mar 2027",
        "Licence&nbsp;<b>1&#160;Apr 2026</b><br>- 31 Mar 2027",
        "Lic\u00adence 1\u00a0Apr\u200b 2026\u2009→\u206031\u202fMar 2027",
        unicodedata.normalize("NFD", "Lizenz für 12 Monate ab 1. April 2026, zwölf Plätze"),
    ],
)
def test_a_pasted_text_is_read_and_its_place_is_the_lines_own(text):
    (reading,) = read_service_text(text, ON, UK)
    assert f"{reading.period.start} {reading.period.end}" == "2026-04-01 2027-03-31"
    start, end = reading.span
    assert text[start:end][0] in "1２"
    assert text[start:end].rstrip("</b>")[-1] in "67１"


def test_a_month_in_letters_with_their_marks_apart_is_read() -> None:
    assert periods(unicodedata.normalize("NFD", "Miete März 2026")) == [MARCH]
