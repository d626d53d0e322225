"""Sentences that admit two readings, and the one that was followed.

Each entry: the document and section, the sentence, the reading and why it was chosen.
"""

METHODS = [
    (
        "accounting §3 materiality, 'a foreign line by its document's rate, and without one not': the"
        " document's rate is its own, else the spot of its date (§8, 'Rates: a document's own; else the"
        " spot'); without one neither the amount nor the single period makes a line immaterial, because"
        " the clause stands for both."
    ),
    (
        "accounting §3 materiality and §4: a line that is recognised whole needs no service period, so"
        " it raises no no_service_period."
    ),
    (
        "accounting §3 materiality, 'whose service period lies inside the fiscal period': any line with"
        " both dates, whatever its method (usage excepted), even one that waits for deliveries."
    ),
    (
        "accounting §3 materiality, 'what a later event leaves of it is earned at once': on the event's"
        " day d, but not before the document's date."
    ),
    (
        "accounting §3 daily_360: not one of the methods 'that weigh months'; inside a month the 30/360"
        " count itself runs (28 Feb brings three days, 31 Jan none after the 30th)."
    ),
    (
        "accounting §3 point_in_time, 'else (ledger lines only) the document date': an expense is not"
        " a ledger line; without dates and deliveries it has cost nothing yet."
    ),
    "accounting §3 percent_complete, 'latest reported': by the report's date, then by its id.",
    (
        "accounting §3 manual: amounts that sum to another P (after an allocation) are taken as"
        " proportions, f = keyed in to date / all keyed in."
    ),
    (
        "accounting §3 calendars, 'one outside lies in its calendar month, as far as that is outside"
        " the table': the days of one calendar month before and after a table are one period."
    ),
    (
        "accounting §3 rules: an amount in 'when' is compared as a number; the other keys with the"
        " line's, then the document's, field of that name."
    ),
]

DATES = [
    (
        "accounting §4, order of evidence, against §5 'R runs over the contract's service period': the"
        " dates of an obligation come from an override, else the contract; dates or text of the invoice"
        " lines that bill it are not asked, because §5 is the rule for contract-led lines."
    ),
    (
        "accounting §4: evidence is asked per end; an override that gives only a start leaves the end"
        " to the next evidence, and dates_from names the first that gave one."
    ),
    (
        "scenario, 'A line whose dates were looked for': methods that go by time, and point_in_time"
        " where a date was found. An expense's own dates are dates_from 'line'."
    ),
    "scenario, override: of several, the one known latest (then the higher id) goes before.",
]

CONTRACTS = [
    (
        "accounting §5: obligations earned by usage take no part in an allocation, in the default price"
        " (Σ amounts), in 'all that was earned' of a pool, or in the split of an invoice line."
    ),
    (
        "accounting §5 relative_ssp: an obligation without a stand-alone price weighs its amount; where"
        " none of the listed has one, the contract is treated as with allocation none."
    ),
    (
        "accounting §5, whole-contract lines 'split over its obligations as signed': weights are the"
        " allocated totals of the first contract, also when a modification's id is named; where they"
        " sum to 0, equal weights."
    ),
    (
        "scenario, modifications with a price and allocation none: the price is split over the listed"
        " amounts; what absent obligations earned is not taken off, because that is said only of"
        " relative SSP."
    ),
    (
        "accounting §7, credits 'are taken off it (with SSP off the pool)': the credits of the listed"
        " obligations only; what absent ones earned is net of theirs already."
    ),
    "accounting §7 prospective: an added obligation, too, is earned over max(d, start)…end.",
    (
        "accounting §7, 'a catch-up modification from the close whose period contains d': before that"
        " close it plays no part at all, not in the non-current part either; the obligations that it"
        " adds exist (an invoice can bill them) with a total of 0."
    ),
    (
        "scenario, 'under the first contract's id': the lines and contract of a separate modification"
        " stand under its own id, because it is a contract of its own."
    ),
    (
        "accounting §7, 'a cancellation stays in force' together with 'replaces the segments by one':"
        " after a later full credit the one segment has what is left of P after both credits, and from"
        " the day of the cancellation R = P; a later price credit is taken on its own day."
    ),
    (
        "accounting §7, 'Where d is after the end, the remainder is earned at d': said of the methods"
        " that go by time; those that wait for reports go on by the remaining progress, and at progress"
        " 1 the remainder is earned at d."
    ),
    (
        "accounting §7 edits: as documents are read anew at each close, an edit leaves the prospective"
        " events standing and computes them on the new version ('as if it had always been so')."
    ),
    (
        "accounting §7, 'an imported figure is forgotten when the event is known after t0': read of"
        " the retroactive events (full, price by catch_up, catch_up modification) and of edits and"
        " overrides of the line; prospective events known later leave it. A retroactive event known by"
        " t0 keeps the imported figure over its new total. A final bill of an expense is not an edit."
    ),
    (
        "accounting §7 final bill: bill lines known now count, whatever their date; credits on them are"
        " events on that sum. Partial bills alone leave the estimate."
    ),
    "accounting §7, order of events: an effective date that is left out is the document's date.",
]

CREDITS = [
    (
        "accounting §7, 'A credit above what is left of its line … is an exception and takes no part':"
        " the subject is the credit's line; nothing else is held, the credited line goes on as if the"
        " credit were not there. (scenario lists credit_exceeds_line among those that hold: what it"
        " holds is read as the credit itself.)"
    ),
    (
        "accounting §7, 'what is left': the ledger line's amount less the credits applied before it in"
        " the order of events; of the obligation its total less its credits (for billing credits only"
        " the ledger line counts). A credit on a negative line is above what is left."
    ),
    (
        "accounting §7: a credit on a line that is void or not yet known finds nothing left:"
        " credit_exceeds_line until the line is there."
    ),
    "accounting §7 billing on a line of its own: only B falls, as written, R goes on.",
    (
        "accounting §7: a credit line without 'against' that names an obligation or expense is a"
        " matched credit-note line (§5): only B falls."
    ),
    (
        "accounting §7 refund: code refund_without_credit_note, subject the payment; a payment with a"
        " negative amount, beyond the credit notes on the same document; it tells and holds nothing."
    ),
    (
        "scenario, account of a credit line: revenue (expense) unless it says so itself; that of the"
        " line it credits is not taken over."
    ),
]

EXCEPTIONS = [
    (
        "accounting §7 holding: read through: what bills a held obligation is held, and what such"
        " a line bills besides is held, because half a line cannot stand still."
    ),
    (
        "scenario, subjects: completion_falls and units_exceed_contract name the line and are told in"
        " every close whose reports show it; adoption_difference names the account and is told in the"
        " first close; accounts that 'balances' does not name are not compared."
    ),
    (
        "accounting §7 and §8: a missing rate of an invoice names the invoice line, one for measuring"
        " or remeasuring names the line that waits. For the non-current part it is an exception only"
        " where it can change the figure (something deferred in a unit of several lines)."
    ),
    "accounting §7, 'a line never closed before has none': it is shown with zeros.",
    "accounting §7: a voided line raises no exception.",
]

JOURNALS = [
    (
        "accounting §6, 'what rises … what falls' on a negative unit: by sign (0 to -70 falls: release),"
        " the accounts are the same either way."
    ),
    (
        "accounting §6 remeasurement: one journal for a date, gains and losses and both sides netted by"
        " account, because journals are matched by kind and date."
    ),
    (
        "accounting §6 remeasurement 'goes against accrued revenue': also where the gain comes from"
        " deferred revenue (a credit at its own rate); accrual_reversal then clears it."
    ),
    (
        "accounting §6 auto-reversing accruals: the journal is balance - remeasurement - what documents"
        " of the period put on the account; with a negative result debit and credit change sides; the"
        " reversal is the whole balance, dated the day after the period's end."
    ),
    "scenario, a journal of 0 is left out.",
]

CURRENCY = [
    (
        "accounting §8, 'Billings lie in layers': a negative invoice line (a discount) takes from the"
        " end of the layers, at their rates; what they cannot give is a negative layer. First in by"
        " date, then credits last, then document id, then place on the document."
    ),
    (
        "accounting §8 and law 8, 'keeps the rate at which it was first measured': computed anew from"
        " the documents known now, each day by the layers at its end; a document known late is in them"
        " from its own date."
    ),
    (
        "accounting §8 credit: 'what was not yet earned, on the day before' is R(date - 1) as known"
        " now, the date being the credit note's, not its effective date."
    ),
    (
        "accounting §8, 'A rate given only the other way round': a direct spot within seven days goes"
        " before an inverted one; an average is looked up both ways before closing is asked."
    ),
    "accounting §8 closing at t0: that of the period in which t0 lies.",
    (
        "accounting §8 accrued without remeasuring: the latest earned R - B at what it was measured at,"
        " rounded once; a cent between three roundings is fx."
    ),
    (
        "accounting §8 group: after a gap the movement since the last close is translated at the"
        " average of the closed period; a missing rate is missing_rate on the entity, whose figures are"
        " then left out; a figure of 0 needs none."
    ),
    "scenario, billed: of the revenue side only; catch_up likewise; fx of both sides.",
    "scenario, lines: every line known now or frozen before is shown, with zeros where nothing is.",
]

AMBIGUITIES: list[str] = [
    *METHODS,
    *DATES,
    *CONTRACTS,
    *CREDITS,
    *EXCEPTIONS,
    *JOURNALS,
    *CURRENCY,
]
