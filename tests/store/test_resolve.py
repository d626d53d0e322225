"""What is no answer to an exception is refused by the clause that it offends, and nothing is kept."""

from collections.abc import Iterator
from typing import Any

import pytest

from controls.verdicts import Fixed
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, MonthEnd, configured, invoice, line

DATES = {"remedy": "dates", "service_start": "2026-09-01", "service_end": "2026-09-30"}


@pytest.fixture
def uk(altered: Database) -> Iterator[MonthEnd]:
    """An invoice of which nothing says when it is delivered."""
    month_end = MonthEnd(altered, configured("uk"))
    month_end.paper.write(invoice("INV-1", "2026-09-01", line("61.00")))
    yield month_end
    month_end.leave()


@pytest.mark.parametrize(
    ("given", "clause"),
    [
        ({"subject": "INV-2/1"}, Fixed.CURRENT),
        ({"reason": " "}, Fixed.REASON),
        ({"remedy": "accept"}, Fixed.ANSWER),
        ({"service_end": "2026-08-31"}, Fixed.ANSWER),
        ({"service_end": "soon"}, Fixed.ANSWER),
    ],
)
def test_a_refusal_cites_its_clause(uk: MonthEnd, given: dict[str, Any], clause: Fixed) -> None:
    close = uk.open("2026-09")
    uk.sync(close)
    uk.calculate(close)
    whole = {"code": "no_service_period", "subject": "INV-1/1", **DATES}
    answer = uk.resolve(close, **whole | given)
    assert (answer.accepted, answer.clause) == (False, clause)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        assert work.approvals.resolutions("uk") == []
    assert uk.resolve(close, **whole).accepted
