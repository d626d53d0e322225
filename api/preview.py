"""A preview: what a period's close would propose now, or with another policy or other rates.

Read in a transaction in which Postgres refuses every write, and which is rolled back.
"""

import json
from dataclasses import dataclass, replace
from datetime import date

from accounting.errors import AccountingError
from accounting.periods import ONE_DAY, Period
from accounting.policy import Role
from api.actions import no_role, period_of
from api.doors import Doors
from api.errors import BadInputError, ForbiddenError
from connectors.ecb import read_reference_file
from connectors.errors import PayloadError
from controls.audit import Actor
from controls.configuration import Configuration, ConfigurationError, parse_configuration
from controls.preview import AmountChange, FigureChange, LineChange, compared
from controls.steps import FIGURES_OPEN, Action, may
from models import CloseRow, ProposalRow
from store import Work
from store.config import AppliedConfig
from store.errors import UnstorableError
from store.previews import (
    LINES_MOST,
    SetAgainst,
    close_of_period,
    in_the_ledger,
    set_against,
)
from store.rates import RateTable, needed_from, of_one_euro
from store.users import Person

FILES_BYTES_MAX = 10_000_000
"""The bank's whole history of rates is under 3 MB."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """Files of other settings, or of rates on top of those on record, as they came."""

    policy: bytes | None = None
    rates: bytes | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """An amount as it is, as it would be, and the difference; functional currency.

    `name` is a balance account's role or a kind of journal, `account` the former's in the ledger.
    """

    name: str
    before: str
    now: str
    change: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure, a fact or an exception that would be another one; empty where there is none."""

    figure: str
    before: str
    now: str
    is_amount: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line that would change, or be new; `change` is the largest among its figures."""

    line: str
    label: str
    counterparty: str
    change: str
    changes: list[FigureView]
    is_new: bool


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What would be proposed, against the newest proposal of the period.

    `against` names that proposal; empty where there is none. `supposed` says what was taken from
    files, `notes` what to bear in mind. `same` says that the very proposal would come out again.
    `levels` are those who would have to approve. `lines` come with the largest change first, five
    hundred of the `lines_changed` at most.
    """

    entity: str
    period: str
    currency: str
    against: str
    supposed: list[str]
    notes: list[str]
    proposal_hash: str
    same: bool
    balances: list[ChangeView]
    journals: list[ChangeView]
    lines: list[LineView]
    lines_changed: int
    exceptions: list[FigureView]
    levels: list[str]


def preview(
    doors: Doors, person: Person, entity: str, period: str, supposed: Supposed
) -> PreviewView:
    """What would be proposed. Nothing is stored, not even that somebody asked.

    Raises ForbiddenError, BadInputError, NotFoundError where nothing was read of the ledger yet.
    """
    if not may(person.roles, Action.PREVIEW):
        raise ForbiddenError(no_role("preview proposals").message)
    with doors.store.reading(Actor("user", person.name)) as work:
        return _previewed(work, entity, period, supposed, doors.today())


def _previewed(
    work: Work, entity: str, period: str, supposed: Supposed, today: date
) -> PreviewView:
    days = period_of(work, entity, period)
    _next_open(work, entity, period, days)
    close = close_of_period(work, entity, period, days)
    config, rates = work.config.current(), work.rates
    told = []
    if supposed.policy is not None:
        config = _other_policy(config, supposed.policy, close)
        told.append(f"the settings of {entity} in the policy file, version {config.sha256[:12]}")
    if supposed.rates is not None:
        rates, words = _more_rates(work, supposed.rates)
        told.append(words)
    try:
        before = work.proposals.newest_of(entity, period)
        found = set_against(work, close, before, config, rates)
    except AccountingError as error:
        raise BadInputError(str(error)) from error
    return _view(work, close, config, before, found, told, _notes(work, close, today))


def _next_open(work: Work, entity: str, period: str, days: Period) -> None:
    """A period is calculated from what the one before froze. Raises BadInputError."""
    closed_to = work.closes.closed_to(entity)
    calendar = work.config.current().entity(entity).calendar
    following = calendar.name_at(closed_to + ONE_DAY)
    if days.end <= closed_to:
        raise BadInputError(
            f"{entity} {period} is closed, and what it froze stays: preview {following}, the first "
            "period that is open, or have it opened again."
        )
    if days.day_before > closed_to:
        raise BadInputError(
            f"{entity} {period} can't be previewed yet: it starts from what the periods before it "
            f"freeze, and {following} is still open. Preview that one."
        )


def _other_policy(config: AppliedConfig, content: bytes, close: CloseRow) -> AppliedConfig:
    """The file's settings in place of those in force. Raises BadInputError."""
    found = _configuration(content)
    was = config.entity(close.entity_id)
    try:
        wanted = found.entity(was.id)
        days = wanted.calendar.named(close.period)
    except (ConfigurationError, AccountingError) as error:
        raise BadInputError(f"The policy file: {error}") from error
    fixed = (was.functional_currency, was.adopted_on)
    if (wanted.functional_currency, wanted.adopted_on) != fixed:
        raise BadInputError(
            f"The policy file gives {was.id} another currency or adoption date than "
            f"{was.functional_currency} and {was.adopted_on}, which are in force: a preview "
            "compares only within them."
        )
    if (days.start, days.end) != (close.period_start, close.period_end):
        raise BadInputError(
            f"The policy file's calendar has {close.period} from {days.start} to {days.end}; it "
            f"runs from {close.period_start} to {close.period_end}."
        )
    return AppliedConfig(config.id, found.sha256, found)


def _configuration(content: bytes) -> Configuration:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"The policy file is not JSON: {error}.") from error
    try:
        return parse_configuration(data)
    except ConfigurationError as error:
        raise BadInputError(f"The policy file: {error}") from error


def _more_rates(work: Work, content: bytes) -> tuple[RateTable, str]:
    """The rates on record with the file's on top, and what they are. Raises BadInputError."""
    first = needed_from(row.adoption_date for row in work.config.entities())
    try:
        found = read_reference_file(content, first)
        rates = [of_one_euro(each.currency, each.day, each.rate) for each in found.rates]
        supposing = work.rates.supposing(rates, found.origin)
    except (PayloadError, AccountingError, UnstorableError) as error:
        raise BadInputError(f"The rates file: {error}") from error
    words = f"{len(rates)} rates from {found.rates[0].day} to {found.last} in the rates file"
    return supposing, words


def _notes(work: Work, close: CloseRow, today: date) -> list[str]:
    told = []
    if close.period_end >= today:
        told.append(f"{close.period} is not over yet: what is still to come is missing.")
    posted = in_the_ledger(work, close)
    if posted and close.step not in FIGURES_OPEN:
        told.append(
            f"{posted} journals of this close are in the ledger: they count as booked, and only "
            "what would be left to post is proposed."
        )
    return told


def _view(
    work: Work,
    close: CloseRow,
    config: AppliedConfig,
    before: ProposalRow | None,
    against: SetAgainst,
    supposed: list[str],
    notes: list[str],
) -> PreviewView:
    entity = config.entity(close.entity_id)
    currency, made = entity.functional_currency, against.made
    found = compared(against.was, against.now)
    return PreviewView(
        entity=entity.id,
        period=close.period,
        currency=currency,
        against=_against(work, before),
        supposed=supposed,
        notes=notes,
        proposal_hash=made.hash,
        same=before is not None and before.hash == made.hash,
        balances=[
            replace(_change(each), account=entity.accounts.account_map.of(Role(each.name)))
            for each in found.balances
        ],
        journals=[_change(each) for each in found.journals],
        lines=[_line(each) for each in found.lines[:LINES_MOST]],
        lines_changed=len(found.lines) + against.more,
        exceptions=[_figure(each) for each in found.exceptions],
        levels=[
            f"{level.clause}: {level.count} {level.role.value}"
            f"{f', {level.because}' if level.because else ''}"
            for level in made.levels
        ],
    )


def _against(work: Work, before: ProposalRow | None) -> str:
    if before is None:
        return ""
    number = work.closes.get(before.close_id).number
    which = f"close {number}, " if number > 1 else ""
    return f"{which}round {work.proposals.round_of(before)}, proposal {before.hash[:12]}"


def _change(each: AmountChange) -> ChangeView:
    return ChangeView(each.name, *(a.text() for a in (each.before, each.now, each.change)))


def _line(each: LineChange) -> LineView:
    changes = [_figure(change) for change in each.changes]
    return LineView(each.line, each.label, each.counterparty, each.by.text(), changes, each.is_new)


def _figure(each: FigureChange) -> FigureView:
    return FigureView(each.figure, each.before, each.now, each.is_amount)
