"""Lines as people write them, and the periods that an accountant reads in them."""

from datetime import date
from decimal import Decimal

import pytest

from accounting.periods import Period
from accounting.service_text import Locale, read_service_text, unusable

ON = date(2026, 3, 10)
UK = Locale()
US = Locale(day_first=False)
APRIL = Locale(fiscal_year_starts=4)
APRIL_NAMED_BY_START = Locale(fiscal_year_starts=4, fiscal_year_named="start")
JULY_US = Locale(day_first=False, fiscal_year_starts=7)


def periods(text, locale=UK, on=ON):
    """The periods read, in the order of time, as "2026-01-01 2026-12-31"."""
    read = read_service_text(text, on, locale)
    return sorted(f"{r.period.start} {r.period.end}" for r in read)


YEAR_2026 = "2026-01-01 2026-12-31"
FROM_APRIL = "2026-04-01 2027-03-31"
MARCH = "2026-03-01 2026-03-31"
Q2 = "2026-04-01 2026-06-30"
Q3 = "2026-07-01 2026-09-30"

RANGES = [
    ("Hosting 1 Jan 2026 – 31 Dec 2026", UK, YEAR_2026),
    ("Hosting 1 January 2026 - 31 December 2026", US, YEAR_2026),
    ("Insurance premium 01/04/2026-31/03/2027", UK, FROM_APRIL),
    ("Wartung 1.4.2026 bis 31.3.2027", UK, FROM_APRIL),
    ("Wartung vom 01.04.2026 bis zum 31.03.2027", UK, FROM_APRIL),
    ("Leistungszeitraum: 01.01.2026–31.12.2026", UK, YEAR_2026),
    ("Miete 01.01. - 31.12.2026", UK, YEAR_2026),
    ("Miete 1.1.–31.12.26", UK, YEAR_2026),
    ("Miete 1.-31.3.2026", UK, MARCH),
    ("Miete vom 1. bis 31. März 2026", UK, MARCH),
    ("Support 1. Januar 2026 bis 31. Dezember 2026", UK, YEAR_2026),
    ("SaaS platform 2026-01-01 to 2026-12-31", US, YEAR_2026),
    ("Usage 2026-01-01/2026-12-31", UK, YEAR_2026),
    ("API plan 2026-01-01-2026-12-31", UK, YEAR_2026),
    ("Cloud 2026-03-01 00:00 – 2026-03-31 23:59", UK, MARCH),
    ("Licence Jan 1, 2026 through Dec 31, 2026", US, YEAR_2026),
    ("Licence January 1st, 2026 thru December 31st, 2026", UK, YEAR_2026),
    ("Licence 1st January 2026 until 31st December 2026", UK, YEAR_2026),
    ("Licence from the 1st of January 2026 to the 31st of December 2026", UK, YEAR_2026),
    ("Retainer 15 Mar - 14 Apr 2026", UK, "2026-03-15 2026-04-14"),
    ("Retainer Mar 15 - Apr 14, 2026", US, "2026-03-15 2026-04-14"),
    ("Retainer 15 Dec - 14 Jan 2026", UK, "2025-12-15 2026-01-14"),
    ("Retainer 15 Dec 2025 - 14 Jan", UK, "2025-12-15 2026-01-14"),
    ("Retainer 15 March – 14 April", UK, "2026-03-15 2026-04-14"),
    ("Rent 1-31 March 2026", UK, MARCH),
    ("Rent March 1-31, 2026", US, MARCH),
    ("Rent 1st to 31st March 2026", UK, MARCH),
    ("Campaign 2 & 3 March 2026", UK, "2026-03-02 2026-03-03"),
    ("Plan [01/04/26 - 31/03/27]", UK, FROM_APRIL),
    ("Plan (1 Apr 26 to 31 Mar 27)", UK, FROM_APRIL),
    ("Plan 1-Apr-26 to 31-Mar-27", UK, FROM_APRIL),
    ("Plan 01APR2026-31MAR2027", UK, FROM_APRIL),
    ("Plan 04/01/2026 - 03/31/2027", US, FROM_APRIL),
    ("Plan 04/01/2026 - 03/31/2027", UK, FROM_APRIL),
    ("Plan 31/03/2026 - 30/04/2026", US, "2026-03-31 2026-04-30"),
    ("Plan 01/04/2026 - 06/05/2026", US, "2026-01-04 2026-06-05"),
    ("Plan 01/04/2026 - 06/05/2026", UK, "2026-04-01 2026-05-06"),
    ("Start: 01/04/2026 End: 31/03/2027", UK, FROM_APRIL),
    ("Cover commencing 1 April 2026 and expiring on 31 March 2027", UK, FROM_APRIL),
    ("Cover between 1 April 2026 and 31 March 2027", UK, FROM_APRIL),
    ("Service period from Wednesday, 1 April 2026 to Wednesday 31 March 2027", UK, FROM_APRIL),
    ("Order dated 3 Feb 2026, term 1 Apr 2026 - 31 Mar 2027", UK, FROM_APRIL),
    ("Rechnung vom 10.03.2026, Leistung 1.4.2026 bis 31.3.2027", UK, FROM_APRIL),
    ("1 Jan 2026 until end of March 2026", UK, "2026-01-01 2026-03-31"),
]

TERMS = [
    ("12 months from 15/03/26", UK, "2026-03-15 2027-03-14"),
    ("12 months from 03/15/26", US, "2026-03-15 2027-03-14"),
    ("Licence, 3 years commencing 1 April 2026", UK, "2026-04-01 2029-03-31"),
    ("24-month term starting 2026-01-31", UK, "2026-01-31 2028-01-30"),
    ("6 weeks from 2 March 2026", UK, "2026-03-02 2026-04-12"),
    ("30 days from 1 April 2026", UK, "2026-04-01 2026-04-30"),
    ("12 Monate ab 01.04.2026", UK, FROM_APRIL),
    ("zwölf Monate ab 1. April 2026", UK, FROM_APRIL),
    ("Laufzeit von 3 Monaten, Beginn: 01.04.2026", UK, Q2),
    ("3-Jahres-Vertrag ab 1.4.2026", UK, "2026-04-01 2029-03-31"),
    ("twelve (12) months effective from 1 April 2026", UK, FROM_APRIL),
    ("one year with effect from 1 April 2026", UK, FROM_APRIL),
    ("1 April 2026 for 12 months", UK, FROM_APRIL),
    ("12 months from April 2026", UK, FROM_APRIL),
    ("1 month from 31 January 2026", UK, "2026-01-31 2026-02-28"),
    ("1 year and 6 months from 1 Jan 2026", UK, "2026-01-01 2027-06-30"),
    ("1.5 years from 1 Jan 2026", UK, "2026-01-01 2027-06-30"),
    ("Annual licence from 1 April 2026", UK, FROM_APRIL),
    ("Annual licence 01/04/2026", UK, FROM_APRIL),
    ("Annual renewal (renewal date 1 April 2026)", UK, FROM_APRIL),
    ("Jährliche Wartungsgebühr ab 1. April 2026", UK, FROM_APRIL),
    ("Insurance for the year ending 31 March 2027", UK, FROM_APRIL),
    ("12 months to 31 March 2027", UK, FROM_APRIL),
    ("Rent, quarter to 24 June 2026", UK, "2026-03-25 2026-06-24"),
    ("Contractor, week ending 13 March 2026", UK, "2026-03-07 2026-03-13"),
    ("Cleaning w/c 9 March 2026", UK, "2026-03-09 2026-03-15"),
    ("Annual subscription", UK, "2026-03-10 2027-03-09"),
    ("Yearly plan, 25 seats", US, "2026-03-10 2027-03-09"),
    ("Quarterly support fee", UK, "2026-03-10 2026-06-09"),
    ("Monthly retainer", UK, "2026-03-10 2026-04-09"),
    ("Semi-annual maintenance", UK, "2026-03-10 2026-09-09"),
    ("Biennial certificate", UK, "2026-03-10 2028-03-09"),
    ("Jahreslizenz Basis", UK, "2026-03-10 2027-03-09"),
    ("Vierteljährliche Pauschale", UK, "2026-03-10 2026-06-09"),
    ("Monatspauschale Hosting", UK, "2026-03-10 2026-04-09"),
    ("Support 12 months", UK, "2026-03-10 2027-03-09"),
    ("Lizenz 3 Monate", UK, "2026-03-10 2026-06-09"),
    ("Licence 1 year, 30 days net", UK, "2026-03-10 2027-03-09"),
]

SPANS = [
    ("Retainer March 2026", UK, MARCH),
    ("Retainer Mar-26", UK, MARCH),
    ("Retainer Mar 26", UK, MARCH),
    ("Retainer 03/2026", UK, MARCH),
    ("Retainer 2026-03", UK, MARCH),
    ("Retainer - March", UK, MARCH),
    ("Rent for December", UK, "2025-12-01 2025-12-31"),
    ("Miete März", UK, MARCH),
    ("Miete 03/26", UK, MARCH),
    ("Monthly retainer March 2026", UK, MARCH),
    ("Licences Mar-26 to Feb-27", UK, "2026-03-01 2027-02-28"),
    ("Licences Mar 26 - Feb 27", UK, "2026-03-01 2027-02-28"),
    ("Licences 03/26–02/27", UK, "2026-03-01 2027-02-28"),
    ("Licences March 2026 - February 2027", UK, "2026-03-01 2027-02-28"),
    ("Ads Nov - Jan 2026", UK, "2025-11-01 2026-01-31"),
    ("Ads Apr–Jun 2026", UK, Q2),
    ("Ads Apr–Jun", UK, Q2),
    ("Hosting März bis Mai 2026", UK, "2026-03-01 2026-05-31"),
    ("Hosting January, February and March 2026", UK, "2026-01-01 2026-03-31"),
    ("Hosting Jan/Feb 2026", UK, "2026-01-01 2026-02-28"),
    ("Support Q2 2026", UK, Q2),
    ("Support Q2/2026", UK, Q2),
    ("Support 2026-Q2", UK, Q2),
    ("Support 2Q26", UK, Q2),
    ("Support second quarter of 2026", UK, Q2),
    ("Support 2. Quartal 2026", UK, Q2),
    ("Support Q2", UK, Q2),
    ("Support Q2-Q3 2026", UK, "2026-04-01 2026-09-30"),
    ("Support Q2 FY26", UK, Q2),
    ("Support Q2 FY26", APRIL, "2025-07-01 2025-09-30"),
    ("Support FY26 Q2", APRIL, "2025-07-01 2025-09-30"),
    ("Support Q2 FY26", APRIL_NAMED_BY_START, Q3),
    ("Support Q2 FY2025/26", APRIL, "2025-07-01 2025-09-30"),
    ("Support H1 FY2026", JULY_US, "2025-07-01 2025-12-31"),
    ("Support H1 2026", UK, "2026-01-01 2026-06-30"),
    ("Support 1. Halbjahr 2026", UK, "2026-01-01 2026-06-30"),
    ("Support FY26", APRIL, "2025-04-01 2026-03-31"),
    ("Support FY2025/26", APRIL, "2025-04-01 2026-03-31"),
    ("Support FY26", APRIL_NAMED_BY_START, FROM_APRIL),
    ("Support FY26–FY27", APRIL, "2025-04-01 2027-03-31"),
    ("Support calendar year 2026", APRIL, YEAR_2026),
    ("Beitrag Kalenderjahr 2026", APRIL, YEAR_2026),
    ("Annual membership 2026", UK, YEAR_2026),
    ("Jahresbeitrag 2026", UK, YEAR_2026),
    ("Agentur KW 12/2026", UK, "2026-03-16 2026-03-22"),
    ("Q2 2026 (Apr-Jun 2026)", APRIL, Q2),
    ("Schulung am 12.03.2026", UK, "2026-03-12 2026-03-12"),
    ("Workshop on 12 March 2026", UK, "2026-03-12 2026-03-12"),
    ("Annual licence 1 Jan 2026 – 31 Dec 2026", UK, YEAR_2026),
    ("12 months from 1 Jan 2026 to 31 Dec 2026", UK, YEAR_2026),
    ("Year 1 of 3-year agreement, 1 Jan 2026 – 31 Dec 2026", UK, YEAR_2026),
    ("Licence 1 Jan 2026 – 31 Dec 2026, billed quarterly", UK, YEAR_2026),
    ("Annual licence, pro rata 1 Jan 2026 – 31 Mar 2026", UK, "2026-01-01 2026-03-31"),
]

LINES = [
    ("Enterprise Subscription: 03/15/2026 – 03/14/2027 (50 users)", US, "2026-03-15 2027-03-14"),
    ("Start Date: 4/1/2026; End Date: 3/31/2027; Term: 12 mo", US, FROM_APRIL),
    ("Service 4/1-4/30/2026", US, "2026-04-01 2026-04-30"),
    ("Retainer for the month ended March 31, 2026", US, MARCH),
    ("Mar 26 - Apr 25", US, "2026-03-26 2026-04-25"),
    ("12 months from Mar 26", UK, "2026-03-01 2027-02-28"),
    ("Workshop on Mar 26", UK, "2026-03-26 2026-03-26"),
    ("Monthly base rent, may 2026", US, "2026-05-01 2026-05-31"),
    ("Usage: Feb 1st - Feb 28th", US, "2026-02-01 2026-02-28"),
    ("Policy 00:01 1 April 2026 to 23:59 31 March 2027", UK, FROM_APRIL),
    ("Policy 12345/26: 01.04.2026, 12 Uhr bis 01.04.2027, 12 Uhr", UK, "2026-04-01 2027-04-01"),
    ("Quarterly rent 25 March 2026 to 23 June 2026", UK, "2026-03-25 2026-06-23"),
    ("Service charge half year to 30 June 2026", UK, "2026-01-01 2026-06-30"),
    ("Service charge y/e 31 March 2027", UK, FROM_APRIL),
    ("half a year from 1 Jan 2026", UK, "2026-01-01 2026-06-30"),
    ("Domain renewal for 2 years (01/04/2026 - 31/03/2028)", UK, "2026-04-01 2028-03-31"),
    ("Content package Q1/Q2 2026", UK, "2026-01-01 2026-06-30"),
    ("March SEO retainer", UK, MARCH),
    ("MARCH RENT", UK, MARCH),
    ("rent february", UK, "2026-02-01 2026-02-28"),
    ("Campaign Dec-Feb", UK, "2025-12-01 2026-02-28"),
    ("Licence Jan26-Dec26", UK, YEAR_2026),
    ("Invoice for March 2026, due 30 April 2026", UK, MARCH),
    ("Annual licence 1 Jan 2026 – 31 Dec 2026, renews 1 Jan 2027", UK, YEAR_2026),
    ("Price valid until 31 March 2026; 1 April 2026 – 31 March 2027", UK, FROM_APRIL),
    ("3 months free, then 12 months from 1 April 2026", UK, FROM_APRIL),
    ("24/7 support 12 months from 1 April 2026", UK, FROM_APRIL),
    ("Contract 4500012345 dated 15.01.2026, 12 months from 01.04.2026", UK, FROM_APRIL),
    ("Support contract SC-2026-117 (01/04/2026 to 31/03/2027)", UK, FROM_APRIL),
    ("Suite 300 April 2026 rent", UK, "2026-04-01 2026-04-30"),
    ("Minimum term 12 months, monthly fee March 2026", UK, MARCH),
    ("99 year lease, ground rent 1 Jan 2026 – 31 Dec 2026", UK, YEAR_2026),
    ("Versicherungsbeitrag für ein Jahr ab dem 1. April 2026", UK, FROM_APRIL),
    ("Softwaremiete 36 Monate, Beginn 01.04.2026", UK, "2026-04-01 2029-03-31"),
    ("24-monatige Wartung ab 01.04.2026", UK, "2026-04-01 2028-03-31"),
    ("Vertragsbeginn 01.04.2026, Vertragsende 31.03.2027", UK, FROM_APRIL),
    ("Gemäß Angebot A-2026-03 vom 01.02.2026: Hosting 03/2026", UK, MARCH),
    ("Leistungsmonat 03/2026", UK, MARCH),
    ("Wartung II. Quartal 2026", UK, Q2),
    ("2. Quartal GJ 2025/26", APRIL, "2025-07-01 2025-09-30"),
    ("Nebenkosten 2025", UK, "2025-01-01 2025-12-31"),
    ("Membership 2026/27", APRIL, FROM_APRIL),
    ("P3 FY26", APRIL, "2025-06-01 2025-06-30"),
    ("Lizenz für 12 Monate ab Rechnungsdatum", UK, "2026-03-10 2027-03-09"),
    ("Photo shoot 3 May", UK, "2026-05-03 2026-05-03"),
    ("Leistungsdatum: 12.03.2026", UK, "2026-03-12 2026-03-12"),
]


@pytest.mark.parametrize(("text", "locale", "expected"), RANGES + TERMS + SPANS + LINES)
def test_a_line_says_one_period(text, locale, expected):
    assert periods(text, locale) == [expected]
    assert unusable(text, ON, locale) is None


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Support Q2 2026", APRIL, [Q2, "2025-07-01 2025-09-30"]),
        ("Support Q3", APRIL, [Q3, "2025-07-01 2025-09-30", "2025-10-01 2025-12-31"]),
        ("Maintenance, H2", UK, ["2025-07-01 2025-12-31", "2026-07-01 2026-12-31"]),
        ("Support H1 2026", APRIL, ["2026-01-01 2026-06-30", "2025-04-01 2025-09-30"]),
        ("Licence Jan 2026, support Mar 2026", UK, ["2026-01-01 2026-01-31", MARCH]),
        ("Annual licence 1 Jan 2026 – 31 Mar 2026", UK, ["2026-01-01 2026-03-31", YEAR_2026]),
        ("24 months, 1 Jan 2026 – 31 Dec 2026", UK, [YEAR_2026, "2026-01-01 2027-12-31"]),
        ("Jan and Mar 2026", UK, ["2026-01-01 2026-01-31", MARCH]),
        ("Annual plan, billed monthly", UK, ["2026-03-10 2026-04-09", "2026-03-10 2027-03-09"]),
        ("12 months from Mar 26", US, ["2026-03-01 2027-02-28", "2026-03-26 2027-03-25"]),
        ("Biannual service", UK, ["2026-03-10 2026-09-09", "2026-03-10 2028-03-09"]),
    ],
)
def test_a_line_that_can_be_read_in_two_ways_offers_both(text, locale, expected):
    assert periods(text, locale) == sorted(expected)


NOTHING = """
Consulting 40 hours @ 150
Article 2026-03-4711
Order 2026-01-4711
Order 2026-01-15
SKU-2026-01
INV-2026-03-01
Phone +49 30 1234-5678
Room 3/12
Raum 03/26
Support 24/7
Software v2.1.3
Version 2026.03
10 x 5 boards
Audit ISO 27001:2022
Windows Server 2022 licence
Invoice date 12/03/2026
Order of 12 February 2026
Rechnung vom 12.03.2026
Angebot Nr. 4711 vom 12.02.2026
Prices as agreed on 1 Feb 2026
Payment within 14 days
Payment due by 30 April 2026
3 months' notice
Zahlbar innerhalb 30 Tagen
You may cancel at any time
May include travel
March Networks camera
April Smith consulting
Theresa May, speaker
Beratung durch Frau August
Audi Q3
Q2 Software platform setup
Annual report design
5 days consulting
£12.03 per unit
1,200.00 EUR
Delivery to site
Onboarding
Jahresabschluss
12m cable
Platform subscription as agreed
Kündigungsfrist 3 Monate zum Quartalsende
Contract month 3 of 12
May & Sons retainer
We may invoice March expenses
1/2 - 3/4 page advert
Support Mon–Fri 8:00-18:00
""".strip().splitlines()


@pytest.mark.parametrize("text", ["", *NOTHING])
def test_a_line_without_a_period_gives_none(text):
    assert periods(text) == []
    assert unusable(text, ON, UK) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Subscription until 31 Dec 2026", "only the end"),
        ("Licence expires 31/12/2026", "only the end"),
        ("Lizenz gültig bis 31.12.2026", "only the end"),
        ("Cover valid to December 2026", "only the end"),
        ("Annual plan until 31 Dec 2026", "only the end"),
        ("Subscription from 1 April 2026", "only the start"),
        ("1 Apr 2026 – 31 Mar 2026", "before it starts"),
        ("Lizenz 1.4.2026 bis 31.3.2026", "before it starts"),
        ("Lease 1 Jan 2026 – 31 Dec 2031", "longer than five years"),
        ("10 years from 1 Jan 2026", "longer than five years"),
        ("1 Jan 2026 – 31 Feb 2026", "does not exist"),
        ("Support FY2025/26", "fiscal year starts in January"),
        ("12 months from go-live", "not named"),
        ("12 months from 31/02/2026", "does not exist"),
    ],
)
def test_a_period_that_can_not_be_used_says_why(text, says):
    assert periods(text) == []
    assert says in (unusable(text, ON, UK) or "")


def test_five_years_are_read():
    assert periods("5 years from 1 Jan 2026") == ["2026-01-01 2030-12-31"]


def test_the_other_order_of_a_date_is_less_certain():
    (sure,) = read_service_text("13/02/2026 - 12/03/2026", ON, UK)
    (less,) = read_service_text("02/13/2026 - 03/12/2026", ON, UK)
    assert sure.period == less.period == Period(date(2026, 2, 13), date(2026, 3, 12))
    assert less.confidence < sure.confidence == Decimal(1)


def test_a_reading_tells_rule_and_place():
    (reading,) = read_service_text("Hosting 12 months from 15/03/26, gold", ON, UK)
    start, end = reading.span
    assert reading.rule == "term_from"
    assert "Hosting 12 months from 15/03/26, gold"[start:end] == "12 months from 15/03/26"
