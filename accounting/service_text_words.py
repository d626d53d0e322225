"""The words in which a line's text speaks of time, English and German: names, units and cues.

Patterns are written for re.IGNORECASE. This file decides nothing about a text.
"""

MONTH_NAMES = (
    ("january", "januar", "jänner", "jaenner", "jan", "jän", "jaen"),
    ("february", "februar", "febuary", "feburary", "feber", "febr", "feb"),
    ("march", "märz", "maerz", "mar", "mär", "mrz"),
    ("april", "apr"),
    ("may", "mai"),
    ("june", "juni", "jun"),
    ("july", "juli", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nov"),
    ("december", "dezember", "dec", "dez"),
)
MONTH_NUMBER = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names}
NAMES_TOO = frozenset({"march", "mar", "april", "may", "mai", "june", "august", "jan", "jun"})
"""Months that are people's and firms' names as well: alone they need clearer company."""

MONTH = "|".join(sorted(MONTH_NUMBER, key=len, reverse=True))
WEEKDAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
)

NUMBER_WORDS = {
    **dict.fromkeys(("one", "ein", "eine", "einem", "einen", "einer", "eines"), 1),
    **dict.fromkeys(("two", "zwei"), 2),
    **dict.fromkeys(("three", "drei"), 3),
    **dict.fromkeys(("four", "vier"), 4),
    **dict.fromkeys(("five", "fünf"), 5),
    **dict.fromkeys(("six", "sechs"), 6),
    **dict.fromkeys(("seven", "sieben"), 7),
    **dict.fromkeys(("eight", "acht"), 8),
    **dict.fromkeys(("nine", "neun"), 9),
    **dict.fromkeys(("ten", "zehn"), 10),
    **dict.fromkeys(("eleven", "elf"), 11),
    **dict.fromkeys(("twelve", "zwölf", "zwoelf"), 12),
    **dict.fromkeys(("thirteen", "dreizehn"), 13),
    **dict.fromkeys(("fourteen", "vierzehn"), 14),
    **dict.fromkeys(("fifteen", "fünfzehn"), 15),
    **dict.fromkeys(("sixteen", "sechzehn"), 16),
    **dict.fromkeys(("eighteen", "achtzehn"), 18),
    **dict.fromkeys(("twenty", "zwanzig"), 20),
    **dict.fromkeys(("twenty-four", "twenty four", "vierundzwanzig"), 24),
    **dict.fromkeys(("thirty", "dreißig"), 30),
    **dict.fromkeys(("thirty-six", "thirty six", "sechsunddreißig"), 36),
    **dict.fromkeys(("forty-eight", "forty eight", "achtundvierzig"), 48),
    **dict.fromkeys(("sixty", "sechzig"), 60),
    **dict.fromkeys(("ninety", "neunzig"), 90),
}
NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
ORDINALS = {
    **dict.fromkeys(("first", "erstes", "erste", "ersten", "i"), 1),
    **dict.fromkeys(("second", "zweites", "zweite", "zweiten", "ii"), 2),
    **dict.fromkeys(("third", "drittes", "dritte", "dritten", "iii"), 3),
    **dict.fromkeys(("fourth", "viertes", "vierte", "vierten", "iv"), 4),
}
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))

_NTH = rf"(?:[1-4](?:\.|st|nd|rd|th)?|(?:{_ORDINAL})\.?)"
QUARTER = (
    r"Q[1-4]|[1-4]\.?\s?Q(?!ua)\.?|(?:IV|I{1,3})(?=\s?/\s?20\d\d)|(?:Qtr\.?|quarter|Quartal)\s?[1-4]"
    rf"|[1-4](?:st|nd|rd|th)\s(?:quarter|qtr)|(?:{_ORDINAL})\.?\s(?:quarter|Quartals?)"
    r"|[1-4]\.\s?(?:Quartals?|Quart\.|Qu\.)"
)
HALF = (
    r"H[12]|[12]H|HY[12]|HJ\s?[12]|half\s[12]|[12](?:st|nd)\shalf(?:[-\s]year)?"
    rf"|(?:{_ORDINAL})\.?\s(?:half(?:[-\s]year)?|Halbjahr(?:es)?)|[12]\.\s?(?:Halbjahr(?:es)?|HJ\.?)"
)
PARTS = (
    (
        rf"(?P<first>{_NTH})\s?JOIN\s?(?P<last>{_NTH})\s?"
        r"(?:(?P<quarters>quarters?|qtrs?\.?|Quartale?[ns]?)|(?:half|halves|Halbjahre?s?|HJ)\.?)"
    ),
    (
        r"(?:(?P<quarters>Q|Qtrs?\.?\s|quarters?\s|Quartale?\s)|(?:H|halves\s|Halbjahre?\s))"
        r"(?P<first>[1-4])\s?JOIN\s?(?P<last>[1-4])(?!\d)"
    ),
)
"""Quarters or halves that share one word: "3. und 4. Quartal", "Q1-3". JOIN stands for what joins."""
FISCAL = (
    r"FY|F\.Y\.|(?:fiscal|financial)(?:\syear)?|Geschäftsjahr(?:es)?|GJ|Wirtschaftsjahr(?:es)?|WJ"
)
CALENDAR = r"CY|calendar(?:\syear)?|Kalenderjahr(?:es)?|KJ"

_SHORT_OF = (
    r"(?=\s(?:from|ab|starting|commencing|term|subs|licen|renew|support|contract|plan|lizenz))"
)
MONTH_UNIT = (
    r"(?:calendar\s|full\s|consecutive\s|volle\s)?"
    rf"(?:m{_SHORT_OF}|mon\.(?!\s?[-–])|mte\.?|months?|mths?|mos?|monate?n?|monat)"
)
UNITS: tuple[tuple[str, int, int], ...] = (  # pattern, months, days
    (r"(?:half[-\s]years?|Halbjahre?n?|Halbjahres(?=\w|-))", 6, 0),
    (r"(?:quarters?|Quartale?n?|Quartals(?=\w|-))", 3, 0),
    (rf"(?:{MONTH_UNIT}|monthly|monatige?[nrsm]?|Monats(?=-|\w+(?<!en)(?<!s)\b))", 1, 0),
    (
        (
            rf"(?:full\s|whole\s)?(?:y{_SHORT_OF}|years?|yrs?|jahre?n?|yearly|jahr|jährige?[nrsm]?"
            r"|(?<=-)Jahres(?=\w|-)|Jahres(?=-|\w+(?<!en)(?<!s)\b))"
        ),
        12,
        0,
    ),
    (r"(?:fortnights?)", 0, 14),
    (r"(?:weeks?|wks?|wochen?|wöchige?[nrsm]?)", 0, 7),
    (r"(?:calendar\s)?(?:days?|tage?n?|tag|tägige?[nrsm]?)", 0, 1),
)
NOT_A_YEAR = (
    r"(?:months?|mths?|mos?|weeks?|wks?|days?|years?|yrs?|hours?|hrs?|h|users?|seats?|units?|pcs"
    r"|licen[cs]es|x|×|monate?n?|tage?n?|wochen?|jahre?n?|stück|stk|std|stunden|nutzer|lizenzen"
    r"|employees|devices|people|participants|persons?|personen|sites?|servers?|gb|tb|[ap]m|sq|ft|inch(?:es)?|mm|cm|kg)\b"
)
"""What follows a number that counts something, and so is not the end of a date."""

_NO_SERVICE = (
    r"abschl|tag|end|zeit|bericht|report|wechsel|haupt|erkl|steuer|meld|gespr|umsatz|verbr|mitte"
    r"|anfang|bilanz|invent|prüf|zahlen"
)
FREQUENCIES: tuple[tuple[str, int], ...] = (  # pattern, months
    (r"semi-?\s?annual(?:ly)?|half-?\s?yearly|halbjährl(?:\.|ich(?:e[nrsm]?)?)|Halbjahres-?\w+", 6),
    (r"bi-?ennial(?:ly)?|zweijährlich(?:e[nrsm]?)?", 24),
    (r"tri-?ennial(?:ly)?", 36),
    (r"quarterly|vierteljährl(?:\.|ich(?:e[nrsm]?)?)|quartalsweise|quartalsw\.", 3),
    (rf"Quartals-?(?!{_NO_SERVICE}|weise)(?=\w)\w+", 3),
    (r"annual(?:ly)?|yearly|jährl(?:\.|ich(?:e[nrsm]?)?)", 12),
    (rf"Jahres-?(?!{_NO_SERVICE})(?=\w)\w+", 12),
    (r"monthly|monatl(?:\.|ich(?:e[nrsm]?)?)|mtl\.", 1),
    (rf"Monats-?(?!{_NO_SERVICE})(?=\w)\w+", 1),
)
TWO_MEANINGS = r"bi-?annual(?:ly)?"
"""Twice a year to some, every two years to others."""

HAPPENS = (  # what happens yearly or monthly without being a period of service
    r"(?:\w+\s)?(?:report\w*|accounts?|audit\w*|conference|meetings?|reviews?|statements?|general"
    r"|inspections?|servicing|tests?|testing|calibration|overhaul|party|summit|dinner|leave|returns?|tax|budget|revenue|turnover|increase|uplift|bonus|newsletters?"
    r"|backups?|active\susers?|visits?|visitors|page\w*|requests?|volume|minimum|e?-?mails?|contacts"
    r"|transactions?|bericht\w*|besprechung\w*|sitzung\w*)\b"
)
BILLING_BEFORE = (
    r"(?:billed|invoiced|paid|payable|charged|billing|invoicing|payments?|instal?lments?|zahlbar"
    r"|abgerechnet|berechnet|zahlung|zahlweise|abrechnung|fällig)\W*(?:in\s|is\s|:\s?)?"
)
BILLING_AFTER = (
    r"(?:billing|billed|payments?|instal?lments?|invoicing|invoices?|in\s(?:advance|arrears)"
    r"|zahlung|zahlweise|abrechnung|raten?|im\svoraus|zahlbar|payable)\b"
)

TERM_REFUSED_BEFORE = (
    r"(?:\b(?:net|within|after|every|each|per|alle|innerhalb(?:\svon)?|binnen|nach|notice|last|past"
    r"|retention|aufbewahrung"
    r"|previous|prior|letzten?|first|ersten?|min(?:imum|\.)?(?:\s(?:contract|term|period|commitment))*"
    r"|mindest(?:vertrags)?(?:laufzeit|dauer)|up\sto|bis\szu|zahlungsziel|kündigungsfrist|frist"
    r"|lead\stime|delivery(?:\stime)?|lieferzeit|payment(?:\sterms?)?|terms|once|twice"
    r"|notice\speriod)"
    r"(?:\sof|\svon)?(?:\san?|\sder|\sden)?[\s:(]*|\b(?:\d|year|jahr)\sof(?:\san?|\sthe)?"
    r"[\s:(]*|(?<=\d)[-–/.,]|/)"
)
UNNAMED_START = (
    r"\W*(?:support\s|licen[cs]e\s|subscription\s)?"
    r"(?:from|after|ab|seit|starting|commencing|beginning|following|upon)\s"
    r"(?!(?:the\s|der\s)?(?:date\sof\s)?(?:this\s)?"
    r"(?:invoic|rechnung|today|now\b|heute|purchas|kauf))"
    r"(?P<event>(?:the\s|der\s|dem\s)?(?:\d\d?(?:st|nd|rd|th|\.)\s(?:day\s)?(?:of\s|des\s)?)?(?:[^\W\d_][\w-]*)(?:\s[^\W\d_][\w-]*)?)"
)
"""A length that starts with an event: "12 months from go-live"."""
TERM_REFUSED_AFTER = (
    r"\s(?:a|per|pro|im|in\sder|each)\s(?:week|month|quarter|year|woche|monat|quartal|jahr)\b"
    r"|['’]?s?\W{0,2}(?:written\s)?(?:notice(?!\speriod\W{1,2}\d)|net\b|netto|ago|old\b|after\b|data\b"
    r"|(?:data\s)?retention|history|lookback|experience"
    r"|minimum|commitment|mindest|free\b|gratis|kündigung(?!\w*\W{1,2}\d)|zahlungsziel|nach\b|payment|zahlbar|lead|lieferzeit|rolling\snotice)"
)
NOT_CONTRADICTED = (
    r"\b(?:pro[-\s]?rat\w*|anteilig\w*|stub|co-?term\w*|\d\d?/12|partial|zeitanteilig"
    r"|(?:contract\s)?year\s\d|(?:vertrags)?jahr\s\d\b(?!\d)|\d\.\s(?:vertrags)?jahr\b"
    r"|(?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th)\s(?:contract\s)?year)\b"
)
"""Says that the dates are a part of the stated length."""

DAYS_OF = (
    r"\s(?:of\s)?(?:\w+\s)?(?:access|licen[cs]e|subscription|support|pass|trial|plan|cover|hosting"
    r"|membership|maintenance|monitoring|storage|rental|hire|warranty|zugang|lizenz|abo\b|support|miete"
    r"|wartung|hosting|testphase)"
)
"""After a number of days that are a length, and no effort: "90 days of support"."""
WARRANTY_WITH = (
    r"\s(?:\w+\s)?(?:warranty|guarantee|garantie|gewährleistung)\b(?=\W*(?:incl|inkl|included|$))"
)

YEAR_OF_TERM = r"\b(?:(?:year|jahr)\s(?P<number>[1-5])\b(?!\d)|(?:first|1st|erstes)\s(?:year|jahr|vertragsjahr))"
"""One year of a longer term: "3 years from April 1, Year 1 fees"."""
FURTHER = r"\b(?:further|another|additional|extra|weitere[nr]?|zusätzliche[nr]?)\s$"
"""A length that follows on an end rather than leads up to it."""

_DATE_WORD = r"(?:\s?(?:date|datum))?"
START_CUE = (
    rf"(?:from(?:\sand\sincluding)?|start(?:s|ing|ed)?{_DATE_WORD}"
    rf"|commenc(?:es|ing|ed|ement)(?:\sfrom)?{_DATE_WORD}"
    rf"|begin(?:s|ning)?{_DATE_WORD}|effective(?:\sfrom|\sas\sof)?{_DATE_WORD}|w\.?e\.?f\.?"
    rf"|with\seffect\sfrom|as\s(?:of|from)|since|go-?live{_DATE_WORD}|inception{_DATE_WORD}"
    rf"|activated|renewal{_DATE_WORD}|renewed|anniversary{_DATE_WORD}|von|ab|seit"
    r"|(?:monate?n?|jahre?n?|jahr|\w*laufzeit|\w*zeitraum|gültig)\svom"
    rf"|beginnend|beginnt|(?:\w*beginn)|\w*start{_DATE_WORD}|startdatum"
    r"|mit\swirkung\s(?:ab|vom|zum)"
    r"|w/c|week\scommencing|check-?in|arriv(?:al|ing)|pick-?up|anreise|abholung)"
)
END_CUE = (
    rf"(?:until|till?|to(?:\sand\sincluding)?|through(?:\sto)?|thru|up\sto(?:\sand\sincluding)?"
    rf"|end(?:s|ing|ed)?{_DATE_WORD}|expir(?:es|ing|ed|y){_DATE_WORD}|expiration{_DATE_WORD}"
    rf"|terminat(?:es|ing|ed|ion){_DATE_WORD}|bis(?:\s(?:zum|(?:und\s)?mit|(?:einschl|inkl)(?:ießlich|usive|\.)?))*|endet"
    r"|endend|\w*ende|enddatum|ablauf\w*|läuft(?:\s(?:bis|ab|aus))?|check-?out|depart(?:ure|ing)|drop-?off"
    r"|abreise|rückgabe|exp\.?|finish(?:es|ing|ed)?|conclud(?:es|ing|ed))"
)
END_OF_CUE = r"(?:y/e|fye?|w/e|q/e|ye)"
"""Ends of a year, week or quarter, which no other day can be the start of."""
AND_WORDS = r"(?:and|und|u\.?(?!\w)|sowie|&|\+)"
DASH = r"(?:[-–—−~→‐‑‒⇒➔➜▶›»∼〜]+|[-=]*>)"
TO = (
    rf"(?:{DASH}|\.{{2,3}}|…|b\.|to(?:\sand\sincluding)?|until|till?|through(?:\sto)?|thru"
    r"|up\sto(?:\sand\sincluding)?|bis(?:\s(?:zum|(?:und\s)?mit|(?:einschl|inkl)(?:ießlich|usive|\.)?))*)"
)
ON_CUE = (
    r"(?:(?<!based )on|am|(?:date\sof\s)?(?:service|delivery|supply|event|visit)(?:\sdate)?"
    r"|leistungs(?:datum|tag|zeitpunkt)|liefer(?:datum|tag)|veranstaltungs(?:datum|tag)|termin)"
)
EVENT_CUE = (
    r"(?:training|workshops?|webinar|seminar|session|training\sday|course|schulung\w*|veranstaltung"
    r"|\w*workshop|\w*seminar|\w*schulung|call-?out|consult(?:ing|ancy|ation)|photo\s?shoot|beratung|\w*montage|\w*einsatz|repairs?|inspection)"
)
_PAPER = (
    r"(?:invoice|bill|order|purchase\sorder|p\.?o\.?|quote|quotation|offer|proposal|receipt"
    r"|credit\snote|ticket|price\slist|issue|rechnung|auftrag|bestellung|angebot|lieferschein"
    r"|gutschrift|preisliste|bestell|auftrags|rechnungs|angebots)"
)
_DEED = r"(?:contract|agreement|sow|statement\sof\swork|msa|vertrag|vereinbarung|rahmenvertrag)"
_NUMBER_OF = r"(?:\s?(?:no\.?|number|nr\.?|ref\.?|#)?\s?[\w/-]*\d[\w/-]*)?"
ADMIN_CUE = (
    rf"(?:{_PAPER}{_NUMBER_OF}\s?(?:-?date|-?datum)?(?:\s?(?:of|on|from|by|dated|vom|v\.|am))*"
    rf"|{_DEED}{_NUMBER_OF}[,\s]*(?:-?date|-?datum|of|on|dated|signed|vom)+(?:\s?on|\s?am)?"
    r"|(?:invoiced|billed|issued|ordered|signed|dated|created|paid|due|payable|printed|booked"
    r"|purchased|agreed|approved|received|accepted|cancelled|terminated|quoted|overdue|payment"
    r"|\w*lastschrift|einzug|abbuchung|abgebucht|überweisung|direct\sdebit|collect(?:ed|ion)|debited"
    r"|charged|bestellt|unterzeichnet|beauftragt|fällig|zahlbar|zahlung|skonto|bezahlt|erteilt|gekündigt|vereinbart)"
    r"(?:\s(?:due|on|of|by|from|until|before|am|zum|bis|vom|at))*"
    r"|(?<!monate )(?<!monaten )(?<!jahr )(?<!jahre )(?<!laufzeit )(?<!wirkung )(?<!zeitraum )"
    r"(?<!gültig )(?:vom|v\.)"
    r"|as\sat|stand|no\slater\sthan|by|before|\bdue(?:\sdate)?|based\son|tax\spoint)"
)
REFERENCE = (
    r"(?:\b(?:no|\w*nr|number|\w*nummer|ref|reference|referenz|rev|room|raum|zimmer|unit|apt|apartment"
    r"|wohnung|flat|version|release|rel|ver|sku|article|artikel|art|item|model|modell|serial"
    r"|iso|iec|din|en|rfc|tel|phone|telefon|fax|lot|part|bin|level|floor|desk|platz|haus"
    r"|issue|edition|ausgabe|heft|vol|volume|band|size|ratio|chapter|section|clause|house|bay|plot|stand\sno|kw\sno)"
    r"(?:\.|-nr\.?|nummer)?(?:\s(?:no\.?|nr\.?|number))?\s?[:#]?|#)\s*[\[(]?"
)
"""What goes before a number that is no date: a room's, an article's, a standard's."""
NUMBERED = (
    r"\b(?:po|p\.o\.|lieferschein|gutschrift|receipt|ticket|order|invoice|quote|project"
    r"|projekt|auftrag|bestellung|rechnung"
    r"|angebot|contract|vertrag|policy|police|account|konto|asset|job|case|batch|price\slist|preisliste|catalog(?:ue)?|katalog|form)\s?[:#]?\s*"
)
"""What may go before a number of its own as well as before a date."""

SERVICE_NOUN = (
    r"(?:retainer|\w*hosting|\w*support|maint|licen[cs]|subscri|rent|leas|fee|\w*service|premium"
    r"|manage|market|seo\b|ppc\b|consult|advert|campaign|instal|payment|bill|charge|clean"
    r"|member|cover|insur|plan\b|invoice|content|social|bookkeep|payroll|account|work|hours"
    r"|commission|royalt|honorar|lohn|gehalt|filing|admin|storage|usage|saas|security|monitor|design|develop|train|deliver|dues|levy|tuition"
    r"|period|month|quarter|sponsor|access|warranty|contract|agreement|renewal|desk|parking"
    r"|\w*(?:miete|gebühr|pauschal|wartung|lizenz|beitrag|prämie|abo\b|abonnement|vertrag|pflege"
    r"|betreuung|nutzung|nebenkosten|beratung|reinigung|leistung|abrechnung"
    r"|rate\b|zeitraum|versicherung))"
)
GOES_WITH_A_YEAR = (
    r"(?:annual|yearly|for|für|incl(?:uding)?|inkl(?:usive)?|and|und|with|mit|as|gemäß|laut|lt|per|pro"
    r"|at|to|zu[mr]?|by|on|of|in|plus|only|nur|only|je|der|des|die|the|zzgl|plan)"
)
VERSION_WORD = r"(?:edition|version|release|model|modell|lt|standard|pro|professional|r2)"
COUNTED_PAYMENT = r"(?:rate|instal?lment|payment|charge|bill|invoice|number|zahlung|rechnung)"
"""After these "04/36" is the fourth of 36 rather than a month."""
MONTH_CUE = (
    r"(?:for|in|of|during|month|period|für|im|monat|zeitraum|\w*miete|\w*zeitraum|rent|abrechnung"
    r"|\w*pauschale|\w*gebühr)"
)
MONTH_ADMIN_CUE = (
    r"(?:dated|issued|signed|agreed|due|payable|paid|ordered|version|edition|release|published"
    r"|by|before|vor|completion|delivery|handover|go-?live|launch|fertigstellung|abnahme"
    r"|lieferung)[\s-]*(?:in|on|im)?"
)
FOR_A_DAY = r"(?:for|für)(?:\s(?:the|den))?"
"""Before a single day that is all the text says: "Marquee hire for 12 September 2026"."""
PAYMENT_BEFORE = (
    r"\b(?:pay(?:ment)?(?!\sfrom)|payable\s(?:by|until|before|within|no)|paid"
    r"|invoice\s(?:is\s)?due|instal?lments?|zahlbar|zahlung\w*|rechnung\s(?:ist\s)?fällig|skonto"
    r"|bezahlt)\b[^.;]{0,30}$"
)
DUE_CUE = r"(?<!payment )(?<!invoice )(?<!zahlung )(?<!rechnung )(?:falls\s)?(?:due|fällig)"
PART_OF = (
    r"(?:(?:remainder|balance)\sof|rest(?:liche[nrs]?)?|part(?:ial|ly)?|half|(?:first|last|second|third"
    r"|fourth|[1-4](?:st|nd|rd|th)|erste[nr]?|letzte[nr]?|zweite[nr]?)\s(?:week|half|fortnight|days?"
    r"|woche|hälfte|tage?)|mid|middle|mitte|early|late)"
)
"""Before a month or quarter of which only some days are meant, without saying which."""
PRO_RATA = r"(?:(?:zeit)?anteilig\w*|pro[-\s]?rat\w*|stub)"
LEAVES_OUT_BEFORE = (
    r"(?:excl(?:uding|\.)?|except(?:\sfor)?|without|minus|ohne|außer|ausgenommen|exkl(?:usive|\.)?"
    r"|abzüglich)"
)
LEAVES_OUT_AFTER = (
    r"\s(?:exclusive\b(?!\sof)|ausschließlich|not\sincluded"
    r"|(?:less|minus|abzgl\.?|abzüglich)\s\d+\s(?:days?|weeks?|tage?n?|wochen?)\b)"
    r"|\s\((?:exclusive|exclud\w+|excl\.?|exkl\.?)\)"
)
OPEN_END = (
    r"\s(?:(?:to|until|bis)\s(?:date|present|today|now|heute|auf\sweiteres|further\snotice|tb[cda]\b)"
    r"|until\sfurther|[-–—]\s?(?:present|ongoing|tb[cda]\b|today|now\b|open|heute|laufend))|\sff\b"
)
LATER_ISSUE = r"\s(?:issue|edition|ausgabe|heft)\b"
NOT_FROM_NOW = (  # says that a length doesn't start with the document
    r"\barrears\b|\bdeposit\b|\w*kaution\b|\bnachträglich\w*|\brückwirkend\w*|\bretrospective\w*|\bto\sdate\b"
    r"|\b(?:instal?lments?|teilbetrag|teilzahlung|rate|raten)\s(?:no\.?\s|nr\.?\s)?\d"
    r"|\b(?:invoice|month|monat|payment|bill(?:ing)?|charge|rechnung|zahlung|year|jahr)\s(?:no\.?\s)?"
    r"\d{1,2}\s?(?:of|von|/)\s?\d"
    r"|\b\d{1,2}/\d{1,2}\s(?:of|von|der|des)\b"
    r"|\b(?:\d\.|\d(?:st|nd|rd|th)|first|second|third|fourth|final|last)\s(?:\w+\s)?"
    r"(?:instal?lment|rate\b|teilbetrag|teilzahlung)"
)
RENEWS_CUE = (
    r"(?:(?:auto-?)?renews|renewing|next\s(?:renewal|due|payment|invoice)|renewal\s(?:is\s|falls\s)?due|due\sfor\srenewal"
    r"|verlängert\ssich|verlängerung\s(?:am|zum))"
)
NAME_BEFORE = r"(?:by|with|durch|von|mr|mrs|ms|herrn?|frau|dr|attn|c/o|dear|mit|bei|und|and|&)"
FIRM_AFTER = (
    r"\b(?:GmbH|Ltd|Limited|Inc|LLC|AG|Group|Holdings?|Networks?|plc|KG|UG|Corp|Bros|Partners?)\b"
)
