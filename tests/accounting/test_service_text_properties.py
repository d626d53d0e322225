"""A period that is written in any style is read back; what is no period is left alone."""

import unicodedata
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accounting.periods import Period, months_later
from accounting.service_text import Locale, read_service_text, unusable

UK = Locale()
US = Locale(day_first=False)


def ordinal(day):
    ending = "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


MONATE = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember",
)  # fmt: skip

DAY_STYLES = {
    "1 Jan 2026": (UK, lambda d: f"{d.day} {d:%b} {d.year}"),
    "1 January 2026": (US, lambda d: f"{d.day} {d:%B} {d.year}"),
    "1st January 2026": (UK, lambda d: f"{ordinal(d.day)} {d:%B} {d.year}"),
    "the 1st of January, 2026": (UK, lambda d: f"the {ordinal(d.day)} of {d:%B}, {d.year}"),
    "Jan 1, 2026": (UK, lambda d: f"{d:%b} {d.day}, {d.year}"),
    "January 1st, 2026": (US, lambda d: f"{d:%B} {ordinal(d.day)}, {d.year}"),
    "01-Jan-26": (UK, lambda d: f"{d:%d-%b-%y}"),
    "01JAN2026": (UK, lambda d: f"{d:%d%b%Y}".upper()),
    "Thu 1 Jan 2026": (UK, lambda d: f"{d:%a} {d.day} {d:%b} {d.year}"),
    "2026-01-31": (US, lambda d: f"{d:%Y-%m-%d}"),
    "2026/01/31": (UK, lambda d: f"{d:%Y/%m/%d}"),
    "31/01/2026": (UK, lambda d: f"{d:%d/%m/%Y}"),
    "31/1/26": (UK, lambda d: f"{d.day}/{d.month}/{d:%y}"),
    "01/31/2026": (US, lambda d: f"{d:%m/%d/%Y}"),
    "1/31/26": (US, lambda d: f"{d.month}/{d.day}/{d:%y}"),
    "31.01.2026": (UK, lambda d: f"{d:%d.%m.%Y}"),
    "31.1.26": (UK, lambda d: f"{d.day}.{d.month}.{d:%y}"),
    "31. Januar 2026": (UK, lambda d: f"{d.day}. {MONATE[d.month - 1]} {d.year}"),
}
RANGE_STYLES = (
    "{} – {}", "{} - {}", "{} — {}", "{} to {}", "from {} to {}", "{} until {}", "{} through {}",
    "{} thru {}", "{} bis {}", "vom {} bis zum {}", "[{} – {}]", "({} to {})",
    "starting {}, ending {}",
    "between {} and {}", "Start: {} End: {}", "{} → {}",
)  # fmt: skip
TERM_STYLES = (
    "{n} months from {d}", "{n}-month term starting {d}", "{d} for {n} months", "{n} Monate ab {d}",
    "commencing {d}, {n} months", "{n} months effective {d}",
)  # fmt: skip
WORDS = (
    "",
    "Hosting ",
    "Gold support, 25 seats: ",
    "Miete ",
    "Plan #4711 ",
    "Order 2026-01-4711, ",
)
days = st.dates(date(2022, 1, 1), date(2030, 12, 31))


@settings(deadline=None)
@given(
    days, st.integers(0, 1825), st.sampled_from(sorted(DAY_STYLES)),
    st.sampled_from(RANGE_STYLES), st.sampled_from(WORDS), days,
)  # fmt: skip
def test_a_range_written_in_any_style_is_read_back(start, length, style, range_style, word, today):
    period = Period(start, date.fromordinal(start.toordinal() + length))
    assume(period.end <= months_later(start, 60))
    locale, render = DAY_STYLES[style]
    text = word + range_style.format(render(period.start), render(period.end))
    assert [r.period for r in read_service_text(text, today, locale)] == [period], text


@settings(deadline=None)
@given(
    days, st.integers(1, 60), st.sampled_from(sorted(DAY_STYLES)), st.sampled_from(TERM_STYLES),
    st.sampled_from(WORDS), days,
)  # fmt: skip
def test_a_term_written_in_any_style_is_read_back(start, months, style, term_style, word, today):
    locale, render = DAY_STYLES[style]
    text = word + term_style.format(n=months, d=render(start))
    expected = Period(start, months_later(start, months))
    assert [r.period for r in read_service_text(text, today, locale)] == [expected], text


@settings(deadline=None)
@given(
    days, st.integers(0, 59),
    st.sampled_from(("{:%B %Y}", "{:%b-%y}", "{:%b %y}", "{:%m/%Y}", "{:%Y-%m}", "{:%b '%y}")),
    st.sampled_from((" to ", " - ", "–", " bis ", " through ")), st.sampled_from(WORDS),
)  # fmt: skip
def test_months_written_in_any_style_are_read_back(day, more, style, to, word):
    start = day.replace(day=1)
    period = Period(start, months_later(start, more + 1))
    assume(period.end.year <= start.year + 4)
    text = word + style.format(start) + (to + style.format(period.end) if more else "")
    assert [r.period for r in read_service_text(text, start, UK)] == [period], text


@settings(deadline=None)
@given(
    st.integers(2022, 2030), st.integers(1, 4), st.integers(1, 12),
    st.sampled_from(("start", "end")),
    st.sampled_from((
        "Q{q} FY{y:02}", "FY{y:02} Q{q}", "Q{q} FY20{y:02}", "{q}Q FY{y:02}",
        "{q}. Quartal GJ 20{y:02}",
    )),
)  # fmt: skip
def test_a_fiscal_quarter_is_read_in_the_fiscal_year(year, quarter, first_month, named, style):
    locale = Locale(fiscal_year_starts=first_month, fiscal_year_named=named)
    starts = date(year - (named == "end" and first_month > 1), first_month, 1)
    fourths = [starts]
    for _ in range(4):
        fourths.append(date.fromordinal(months_later(fourths[-1], 3).toordinal() + 1))
    expected = Period(fourths[quarter - 1], months_later(fourths[quarter - 1], 3))
    text = "Support " + style.format(q=quarter, y=year % 100)
    assert [r.period for r in read_service_text(text, date(2026, 3, 10), locale)] == [expected], (
        text
    )


PASTED = {
    "as it is": lambda text: text,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "entities": lambda text: text.replace(" ", "&nbsp;").replace("–", "&ndash;"),
    "mark-up": lambda text: f"<b>{text}</b><br>25 seats",
    "full-width": lambda text: text.translate({48 + n: 0xFF10 + n for n in range(10)}),
    "marks apart": lambda text: unicodedata.normalize("NFD", text),
    "invisible": "\u200b".join,
}


@settings(deadline=None)
@given(
    days, st.integers(0, 1825), st.sampled_from(sorted(DAY_STYLES)),
    st.sampled_from(RANGE_STYLES), st.sampled_from(sorted(PASTED)),
)  # fmt: skip
def test_a_range_is_read_however_it_was_pasted(start, length, style, range_style, pasted):
    period = Period(start, date.fromordinal(start.toordinal() + length))
    assume(period.end <= months_later(start, 60))
    locale, render = DAY_STYLES[style]
    text = PASTED[pasted]("Gebühr " + range_style.format(render(period.start), render(period.end)))
    (reading,) = read_service_text(text, start, locale)
    assert reading.period == period, text
    first, last = reading.span
    assert 0 <= first < last <= len(text)


@settings(deadline=None)
@given(
    days, st.integers(1, 60), st.integers(1, 5), st.sampled_from(("year {n}", "Jahr {n}")),
)  # fmt: skip
def test_the_year_that_is_billed_is_offered_inside_its_term(start, months, number, name):
    term = Period(start, months_later(start, months))
    text = f"{months} months from {start}, {name.format(n=number)}"
    read = [r.period for r in read_service_text(text, start, UK)]
    assert term in read
    assert all(term.start <= period.start and period.end <= term.end for period in read), text


@given(st.from_regex(r"\A[BVXZ]{1,4}[-./ ]?\d{1,6}([-./][0-9BVXZ]{1,4}){0,3}\Z"))
def test_the_number_of_an_article_is_no_period(text):
    assert read_service_text(f"Article {text}", date(2026, 3, 10), UK) == ()


@settings(deadline=None)
@given(st.text(max_size=60), days)
def test_any_text_is_either_read_or_not_and_never_both(text, today):
    readings, reason = read_service_text(text, today, UK), unusable(text, today, UK)
    assert not (readings and reason)
    assert len({reading.period for reading in readings}) == len(readings)
