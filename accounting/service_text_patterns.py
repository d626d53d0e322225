"""How days, months, quarters and years are written: the patterns in the order of their trial."""

from accounting.service_text_makers import (
    Maker,
    make_day,
    make_day_span,
    make_fraction,
    make_loose_month,
    make_month,
    make_month_span,
    make_months_of_two_years,
    make_numeric_day,
    make_part,
    make_part_span,
    make_weeks,
)
from accounting.service_text_words import (
    AND_WORDS,
    CALENDAR,
    FISCAL,
    HALF,
    MONTH,
    NOT_A_YEAR,
    PARTS,
    QUARTER,
    TO,
    WEEKDAY,
)

_NO_LETTER = r"(?![^\W\d_])"
_MON = rf"(?<![^\W\d_])(?P<month>{MONTH}){_NO_LETTER}\.?"
_DAY = r"(?<!\w)(?<!\b\d[/.])(?<!\b\d\d[/.])(?<!\d:)(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\d)"
_LAST = r"(?P<last>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\d)"
_YEAR4 = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_NO_COUNT = rf"(?![\s-]*{NOT_A_YEAR})"
_YEAR2 = (
    rf"(?P<year>(?<!\s)\d\d|\d\d{_NO_COUNT})"
    r"(?!\d|(?:st|nd|rd|th)\b|[.,:/]\d|\s*%|\s*,\s*(?:19|20)\d\d"
    rf"|\.?\s?(?:of\s)?(?:{MONTH}){_NO_LETTER})"
)
_TIME = (
    r"(?:(?:T|,?\s+(?:at\s)?)\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?"
    r"(?:\s?(?:[ap]m\b|Z\b|UTC|GMT|Uhr|[+-]\d\d:?\d\d))?|,?\s+(?:um\s)?\d{1,2}\sUhr"
    r"|\s?\(\d{1,2}:\d\d(?:\s?(?:[ap]m|Uhr))?\))?"
)
_FULL_YEAR = (
    rf"(?P<year>(?:19|20)\d\d|(?:(?:(?<!\s)|(?<=(?:FY|GJ)\s))\d\d|\d\d{_NO_COUNT})"
    rf"(?!\.?\s?(?:{MONTH}){_NO_LETTER}))(?!\d|[.,:]\d|\s*%)"
)
_TWO_YEARS = r"(?P<year>(?:19|20)\d\d|\d\d)\s?[/–-]\s?(?P<next>(?:20)?\d\d)(?!\d|[.,:/-]\d)"
_KIND = rf"(?:(?P<fiscal>{FISCAL})|(?P<calendar>{CALENDAR}))"
_PART = rf"(?:(?P<quarter>{QUARTER})|(?P<half>{HALF}))"
_JOIN = r"(?:(?<=\d[QH])|[\s,/'’–-]+(?:of\s|in\s|des\s|im\s|the\s)*|(?=FY|CY))['’]?"

_DM_MONTH = rf"{_DAY}\.?(?:\s*(?:of\s|(?<=st|nd|rd|th),)?\s*|[-/.]){_MON}"
_AFTER_MONTH = r"(?:,?\s+|[-/.]|\s?(?=['’])|(?=\d))['’]?"
_SPAN = (
    rf"{_DAY}\.?\s*(?:{TO}|(?P<and>{AND_WORDS}|/))\s*(?:the\s|den\s|dem\s)?"
    rf"(?:(?:{WEEKDAY})\.?,?\s)?{_LAST}\.?"
)
_SPAN_MD = rf"{_MON}\s+{_DAY}\s*(?:{TO}|(?P<and>{AND_WORDS}))\s*{_LAST}"
_DM_SPAN = rf"{_SPAN}[\s-]*(?:of\s)?{_MON}"
_NOT_ON = rf"(?!\d|\.?\s?(?:of\s)?(?:{MONTH}){_NO_LETTER}|[.,/:-]\d|,?\s*\d{{4}}|\s*{NOT_A_YEAR})"
_NUMBER_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_PARTS_JOIN = rf"(?:(?P<and>{AND_WORDS})|{TO}|/)"
_OF_ANOTHER_KIND = r"(?<!school )(?<!academic )(?<!tax )(?<!crop )(?<!season )"
_KW = r"(?:KW|Kalenderwochen?)"
_TO_WEEK = rf"\s?(?:[-–]|bis|to|(?P<and>{AND_WORDS}))\s?(?:(?:KW|CW|weeks?)\s?)?(?P<last>\d\d?)"
_HALVES = r"(?:(?<![\d./-])|(?<=[/.]\d-)|(?<=/\d\d-)|(?<=\.-))(?P<first>\d{1,2})"

PLAIN, BARE, BOUND, NUMERIC, LOOSE = "", "bare", "bound", "numeric", "loose"
PATTERNS: tuple[tuple[str, Maker, str], ...] = (
    (
        (
            rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<s>[-/.]){_NUMBER_MONTH}(?P=s)"
            rf"(?P<day>0?[1-9]|[12]\d|3[01])(?!\d){_TIME}"
        ),
        make_day,
        NUMERIC,
    ),
    (r"(?<!\w)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\w)", make_day, BOUND),
    (rf"{_DM_SPAN}{_AFTER_MONTH}{_YEAR4}", make_day_span, PLAIN),
    (rf"{_SPAN_MD}\s*,?\s*{_YEAR4}", make_day_span, PLAIN),
    (
        (
            rf"(?<![\d.])(?<!\d:)(?P<day>\d\d?)\.\s*(?:{TO}|(?P<and>{AND_WORDS}))\s*(?P<last>\d\d?)\.\s?"
            rf"{_NUMBER_MONTH}\.\s?{_FULL_YEAR}"
        ),
        make_day_span,
        NUMERIC,
    ),
    (
        rf"(?<![\d./-])(?<!\d:)(?P<day>\d\d?)\s?[-–]\s?(?P<last>\d\d?)/{_NUMBER_MONTH}/{_FULL_YEAR}",
        make_day_span,
        NUMERIC,
    ),
    (rf"{_DM_MONTH}{_AFTER_MONTH}{_YEAR4}{_TIME}", make_day, PLAIN),
    (rf"{_MON}(?:\s+|-)?{_DAY}(?:\s*,\s*|\s+|-|/){_YEAR4}{_TIME}", make_day, PLAIN),
    (
        (
            r"(?<!\d)(?P<day>\d\d?)(?P<s>[./-])\s?(?P<second>\d\d?)(?P=s)\s?"
            rf"(?P<year>(?:19|20)\d\d|\d\d)(?!\d|[.,:]\d|\s*%){_TIME}"
        ),
        make_numeric_day,
        NUMERIC,
    ),
    (rf"{_DM_SPAN}{_AFTER_MONTH}{_YEAR2}", make_day_span, PLAIN),
    (rf"{_DM_MONTH}{_AFTER_MONTH}{_YEAR2}", make_day, PLAIN),
    (rf"{_MON}\s+{_DAY}(?:\s*,\s*['’]?|\s*['’]|(?<=st|nd|rd|th)\s){_YEAR2}", make_day, PLAIN),
    *(
        (
            (
                rf"(?<!\w)(?:Period|P|M|Month|Monat|Periode)\s?(?P<period>0?[1-9]|1[0-2])[\s,/-]*"
                rf"(?P<fiscal>{FISCAL})\s?[-'’]?{year}"
            ),
            make_part,
            PLAIN,
        )
        for year in (_TWO_YEARS, _FULL_YEAR)
    ),
    *(
        (
            rf"(?<!\w){parts.replace('JOIN', _PARTS_JOIN)}{_JOIN}(?:{_KIND}\s?[-'’]?)?{_FULL_YEAR}",
            make_part_span,
            PLAIN,
        )
        for parts in PARTS
    ),
    *(
        (pattern.replace("YEAR", year), make_part, PLAIN)
        for pattern in (
            rf"(?<!\w){_KIND}[\s-]*{_PART}{_JOIN}YEAR",
            rf"(?<!\w){_PART}{_JOIN}{_KIND}\s?[-'’]?YEAR",
            rf"(?<!\w){_PART}{_JOIN}YEAR",
            rf"(?<!\w){_KIND}\s?[-'’]?YEAR[\s/,'’-]*{_PART}(?!\w)",
            rf"(?<!\w){_KIND}\s?[-'’]?(?:of\s)?YEAR",
        )
        for year in (_TWO_YEARS, _FULL_YEAR)
    ),
    (rf"(?<![\w.,/:-]){_TWO_YEARS}[\s/,'’-]*{_PART}(?!\w)", make_part, PLAIN),
    *((rf"(?<!\w){year}\s{_KIND}(?!\w)", make_part, PLAIN) for year in (_TWO_YEARS, _YEAR4)),
    *(
        (rf"(?<!\w){_OF_ANOTHER_KIND}(?:year|jahr(?:es)?)\s{year}", make_part, PLAIN)
        for year in (_TWO_YEARS, _YEAR4)
    ),
    (
        (
            rf"(?<![^\W\d_])(?P<first>{MONTH})\.?\s*{TO}\s*(?P<last>{MONTH})\.?"
            rf"[\s,]+(?:FY\s?)?{_TWO_YEARS}"
        ),
        make_months_of_two_years,
        PLAIN,
    ),
    (rf"{_MON}[\s,./'’-]*(?:of\s)?{_YEAR4}", make_month, PLAIN),
    (rf"(?<!\w){_YEAR4}[\s/,'’-]*{_PART}(?!\w)", make_part, PLAIN),
    (
        (
            rf"(?<!\w)(?:CW|(?:calendar\s)?weeks?|{_KW})\s?(?P<first>\d\d?)"
            rf"(?:{_TO_WEEK.replace(AND_WORDS, f'{AND_WORDS}|/')})?[\s,/-]*{_YEAR4}"
        ),
        make_weeks,
        PLAIN,
    ),
    (rf"(?<!\w){_YEAR4}-?W(?P<first>\d\d)(?!\w)", make_weeks, PLAIN),
    (
        (
            rf"(?<!\w){_KW}\s?(?P<first>\d\d?)(?:{_TO_WEEK})?(?:/(?P<year>\d\d))?"
            r"(?!\w|\s?(?:und|and|&|\+|,)\s?(?:KW\s?)?\d)"
        ),
        make_weeks,
        PLAIN,
    ),
    (
        (
            r"(?<!\w)(?P<first>\d\d?)\.(?:\s?(?:[-–]|bis)\s?(?P<last>\d\d?)\.)?\s?"
            rf"{_KW}(?:[\s,/]*{_YEAR4})?(?!\w)"
        ),
        make_weeks,
        PLAIN,
    ),
    (
        (
            rf"(?<![\d./-])(?P<from>0?[1-9]|1[0-2])\.?\s?(?:[-–]|(?P<and>{AND_WORDS}))\s?"
            rf"(?P<month>0?[1-9]|1[0-2])[/.]{_YEAR4}"
            r"(?![/.,-]\d)"
        ),
        make_month_span,
        LOOSE,
    ),
    (
        r"(?<![\d./-])(?P<from>0[1-9]|1[0-2])[-–](?P<month>0[1-9]|1[0-2])/(?P<year>\d\d)(?![/.,-]?\d)",
        make_month_span,
        LOOSE,
    ),
    (
        (
            rf"(?:(?<![\d./-])|(?<=[/.]20\d\d-)){_NUMBER_MONTH}\s?[/.-]\s?{_YEAR4}"
            rf"(?![/.,-]\d(?!\d?[/.]20\d\d))"
        ),
        make_month,
        NUMERIC,
    ),
    (
        (
            r"(?:(?<![\d./-])|(?<=20\d\d[/.]\d\d-))(?P<year>20\d\d)[-/.](?P<month>0[1-9]|1[0-2])"
            r"(?!\d|[.,/]\d|-\d(?!\d{3}[/.]\d\d))"
        ),
        make_month,
        NUMERIC,
    ),
    (rf"{_DM_SPAN}{_NOT_ON}", make_day_span, PLAIN),
    (rf"{_SPAN_MD}{_NOT_ON}", make_day_span, PLAIN),
    (_DM_MONTH, make_day, PLAIN),
    (rf"{_MON}(?:[-/]|\s?['’]|)['’]?{_YEAR2}(?![-–/]['’]?\d\d(?!\d))", make_month, PLAIN),
    (rf"{_MON}\s+{_YEAR2}", make_loose_month, PLAIN),
    (rf"{_MON}(?:\s+|-){_DAY}(?![.,:]\d|[\s-]*{NOT_A_YEAR})", make_day, PLAIN),
    (rf"{_HALVES}\.(?P<second>\d\d?)\.(?!\d)", make_fraction, BOUND),
    (rf"{_HALVES}[/.](?P<second>\d\d?)(?![\d/]|[.,]\d|\s?{NOT_A_YEAR})", make_fraction, BOUND),
    (_MON, make_month, BARE),
    (rf"(?<!\w){_PART}(?!\w|\s\d\d(?!\d){_NO_COUNT})", make_part, BARE),
    (rf"(?<![\w.,/:-]){_TWO_YEARS}(?![\w%])", make_part, BARE),
    (rf"(?<![\w.,/:-]){_YEAR4}(?![\w%]|[.,:/-]\d)", make_part, BARE),
)
"""Pattern, maker of its value, manner. An earlier pattern takes its text from the later ones."""
