"""The back-test of an entity from what is on record: read, and never stored."""

from collections.abc import Sequence
from dataclasses import replace

from accounting.backtest import back_test
from accounting.backtest_differences import BackTest
from accounting.backtest_ledger import Past
from accounting.periods import Period
from controls.configuration import EntityConfig
from store.errors import NotFoundError
from store.past_journals import PAST
from store.rates import OF_SPOTS
from store.unit_of_work import Work


def is_read(work: Work, entity: str) -> bool:
    """Whether the ledger's journals from before adoption are on record."""
    return work.documents.cursor(entity, PAST) is not None


def back_tested(
    work: Work,
    entity: EntityConfig,
    version: str,
    months: Sequence[tuple[str, Period]],
    shown: range,
) -> BackTest:
    """Past months of the entity, made anew by the settings of this version; those at the places
    `shown` are told of.

    Averages of periods that nobody closed are reckoned for it, and not kept. Raises NotFoundError
    where nothing was read of the ledger yet.
    """
    policy, adopted = entity.policy(version), entity.adopted_on
    book = work.books.at_adoption(entity.id, policy)
    if book.adoption is None or book.adoption.balances is None:
        raise NotFoundError(f"The ledger's balances at {adopted} have not been read yet.")
    pairs = work.books.pairs(entity.id, policy.functional_currency)
    averages = work.rates.averages(entity.id, entity.calendar, pairs, adopted, adopted)
    rates = work.rates.supposing(averages, OF_SPOTS).table(entity.id, pairs, adopted)
    past = Past(adopted, book.adoption.balances, work.past_journals.movements(entity.id))
    return back_test(replace(book, rates=rates), policy, months, past, shown)
