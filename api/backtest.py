"""A back-test: what the ledger held of past months against what it should have held, by cause.

Read in a transaction in which Postgres refuses every write, and which is rolled back.
"""

from dataclasses import dataclass

from accounting.backtest_differences import BackTest, Difference, Stage
from accounting.backtest_wording import month_words
from accounting.calendars import FiscalCalendar
from accounting.errors import PeriodError
from accounting.periods import ONE_DAY, Period
from api.doors import Doors
from api.errors import BadInputError
from controls.audit import Actor
from controls.configuration import EntityConfig
from store import Work
from store.backtests import back_tested, is_read
from store.errors import NotFoundError
from store.users import Person

MONTHS_MAX = 60
YEAR = 12
"""So many months before adoption are tested where nobody says which; and so many before those asked
for are looked at, for where a mistake began.
"""
HELD_MAX = 10

Months = list[tuple[str, Period]]


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """What one mistake adds to an account's difference in a month: ledger − right, functional
    currency, above zero where the ledger took up too much. `mistake` numbers what belongs together.
    """

    period: str
    account: str
    role: str
    customer: str
    cause: str
    stage: str
    amount: str
    mistake: int
    document: str
    line: str
    sentence: str
    candidates: list[str]


@dataclass(frozen=True, slots=True)
class MonthView:
    """A balance account at a month's end; `arisen` is what came up of the difference in the month.
    `differs` says that either is not nothing.
    """

    period: str
    account: str
    role: str
    ledger: str
    right: str
    difference: str
    arisen: str
    differs: bool


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause on an account: how many mistakes, what they came to at their largest, what stands."""

    cause: str
    account: str
    role: str
    mistakes: int
    largest: str
    standing: str


@dataclass(frozen=True, slots=True)
class CarriedView:
    """What an account differed by when the first month began."""

    account: str
    role: str
    difference: str


@dataclass(frozen=True, slots=True)
class BackTestView:
    """Past months made anew against the ledger. Differences come by cause, mistake and month.

    `first` and `last` are the months asked for, `known_from` the first one that can be asked for.
    """

    entity: str
    currency: str
    adopted_on: str
    known_from: str
    first: str
    last: str
    months: int
    summary: str
    totals: list[CauseView]
    differences: list[DifferenceView]
    balances: list[MonthView]
    carried: list[CarriedView]
    notes: list[str]


def backtest(doors: Doors, person: Person, entity: str, first: str, last: str) -> BackTestView:
    """The months from `first` to `last`; empty names stand for the year before adoption.

    Nothing is stored, not even that somebody asked. Raises BadInputError; NotFoundError where there
    is no such entity, or nothing was read of its ledger yet.
    """
    with doors.store.reading(Actor("user", person.name)) as work:
        config = work.config.current()
        known = sorted(each.id for each in config.configuration.entities)
        if entity not in known:
            raise NotFoundError(f"There is no entity {entity!r}; there are {', '.join(known)}.")
        settings = config.entity(entity)
        known_from = _known_from(work, settings)
        months = _months(settings, known_from, first, last)
        around, shown = _around(settings, known_from, months)
        found = back_tested(work, settings, config.sha256, around, shown)
    return _view(settings, known_from, months, found)


def _known_from(work: Work, settings: EntityConfig) -> str:
    """The first period of which anything is known. Raises NotFoundError."""
    oldest = work.past_journals.known_from(settings.id) if is_read(work, settings.id) else None
    if oldest is None:
        period = settings.calendar.name_at(settings.adopted_on + ONE_DAY)
        raise NotFoundError(
            f"The history of {settings.id} has not been read from its ledger yet. Start the close of "
            f"{period}; once it has read the ledger, ask again."
        )
    if oldest > settings.adopted_on:
        raise NotFoundError(
            f"There is nothing in the ledger of {settings.id} from before {settings.adopted_on}, "
            "when it adopted: there is no old process to test."
        )
    return settings.calendar.name_at(oldest)


def _months(settings: EntityConfig, known_from: str, first: str, last: str) -> Months:
    """The months asked for. Raises BadInputError."""
    calendar, adopted = settings.calendar, settings.adopted_on
    newest = calendar.name_at(adopted)
    end = _named(calendar, last or newest)
    if end.end > adopted:
        raise BadInputError(
            f"{settings.id} adopted on {adopted}: {last} is closed by Tieout, and there is no old "
            f"process to test it against. Ask for months up to {newest}."
        )
    oldest = _named(calendar, known_from)
    start = _named(calendar, first) if first else _year_before(calendar, end, oldest)
    if start.start > end.start:
        raise BadInputError(f"{first} comes after {last or newest}: name the earlier month first.")
    if start.start < oldest.start:
        raise BadInputError(
            f"The history of {settings.id} is known from {known_from} on: there is nothing in its "
            f"ledger of {first}. Ask from {known_from}."
        )
    months = _following(calendar, start, end)
    if len(months) > MONTHS_MAX:
        raise BadInputError(f"At most {MONTHS_MAX} months are tested at once. Ask for fewer.")
    return months


def _named(calendar: FiscalCalendar, name: str) -> Period:
    """The period of a name, also of a month before a calendar's table begins. Raises BadInputError."""
    try:
        return calendar.named(name)
    except PeriodError as error:
        try:
            month = Period.month(name)
        except PeriodError:
            raise BadInputError(str(error)) from error
        if calendar.name_at(month.start) != name:
            raise BadInputError(str(error)) from error
        return calendar.containing(month.start)


def _year_before(calendar: FiscalCalendar, end: Period, oldest: Period) -> Period:
    return _back(calendar, end, oldest, YEAR - 1)


def _back(calendar: FiscalCalendar, period: Period, oldest: Period, count: int) -> Period:
    """So many periods before, at most the oldest."""
    for _ in range(count):
        if period.start <= oldest.start:
            break
        period = calendar.containing(period.day_before)
    return period


def _around(settings: EntityConfig, known_from: str, months: Months) -> tuple[Months, range]:
    """The months with a year before them, as far as it is known, and those after them up to
    adoption, which say what became of a mistake; the places of those asked for.
    """
    calendar = settings.calendar
    first = _back(calendar, months[0][1], _named(calendar, known_from), YEAR)
    before = _following(calendar, first, months[0][1])[:-1]
    after: Months = []
    day = months[-1][1].end
    while day < settings.adopted_on and len(after) < MONTHS_MAX:
        period = calendar.containing(day + ONE_DAY)
        after.append((calendar.name_at(period.start), period))
        day = period.end
    return [*before, *months, *after], range(len(before), len(before) + len(months))


def _following(calendar: FiscalCalendar, start: Period, end: Period) -> Months:
    months: Months = []
    period = start
    while period.start <= end.start and len(months) <= MONTHS_MAX:
        months.append((calendar.name_at(period.start), period))
        period = calendar.containing(period.end + ONE_DAY)
    return months


def _view(settings: EntityConfig, known_from: str, months: Months, found: BackTest) -> BackTestView:
    accounts = settings.policy("").accounts
    return BackTestView(
        entity=settings.id,
        currency=found.currency,
        adopted_on=settings.adopted_on.isoformat(),
        known_from=known_from,
        first=months[0][0],
        last=months[-1][0],
        months=len(months),
        summary=_summary(months, found),
        totals=[
            CauseView(
                each.cause,
                each.account,
                each.role,
                each.misstatements,
                each.largest.text(),
                each.standing.text(),
            )
            for each in found.totals
        ],
        differences=[_difference(each) for each in found.differences],
        balances=[
            MonthView(
                period=each.period,
                account=each.account,
                role=each.role,
                ledger=each.ledger.text(),
                right=each.right.text(),
                difference=each.difference.text(),
                arisen=each.arisen.text(),
                differs=bool(each.difference or each.arisen),
            )
            for each in found.balances
        ],
        carried=[
            CarriedView(accounts.of(role), role, amount.text())
            for role, amount in found.carried.items()
        ],
        notes=_notes(found),
    )


def _difference(each: Difference) -> DifferenceView:
    return DifferenceView(
        period=each.period,
        account=each.account,
        role=each.role,
        customer=each.customer,
        cause=each.cause,
        stage=each.stage,
        amount=each.amount.text(),
        mistake=each.misstatement,
        document=each.document,
        line=each.line,
        sentence=each.sentence,
        candidates=list(each.candidates),
    )


def _summary(months: Months, found: BackTest) -> str:
    arisen = sum(1 for each in found.differences if each.stage is Stage.ARISES)
    names = [month_words(months[place][0]) for place in (0, -1)]
    over = names[0] if len(months) == 1 else f"{names[0]} to {names[1]}"
    if not found.differences and not found.carried:
        return f"{over}: the ledger held what it should, on every account, at every month's end."
    mistakes = f"{arisen} mistake{'' if arisen == 1 else 's'} in {over}"
    standing = {
        (each.account, each.difference)
        for each in found.balances
        if each.period == months[-1][0] and each.difference
    }
    if not standing:
        return f"{mistakes}. All were made good: at the end the ledger held what it should."
    left = "; ".join(f"{amount} on account {account}" for account, amount in sorted(standing))
    return f"{mistakes}. At the end the ledger still differed by {left}."


def _notes(found: BackTest) -> list[str]:
    told = [f"Not tested, for it has no figures: {text}" for text in found.held[:HELD_MAX]]
    if len(found.held) > HELD_MAX:
        told.append(f"{len(found.held) - HELD_MAX} more exceptions keep lines from being tested.")
    return told
