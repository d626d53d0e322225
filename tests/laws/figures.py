"""What laws read from a scenario's output: figures as numbers, what stands at a period's end."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from scenario import parse, run
from tests.strategies_draft import Data

Output = dict[str, Any]
BALANCES = ("deferred", "accrued", "deferred_non_current", "prepaid", "expense_accrued")
TO_DATE = ("recognised_to_date", "billed_to_date", "deferred", "accrued", "prepaid")
GROUP = "group"


def closed(data: Data) -> Output:
    """The output of a scenario that is given as data; the data stays as it is."""
    return run(parse(deepcopy(data)))


def number(figures: Mapping[str, Any], name: str) -> Decimal:
    """A figure; nothing where it is not among them."""
    return Decimal(figures.get(name, "0"))


def entities(output: Output, period: str) -> dict[str, Output]:
    """The figures of the entities in a period, without the group's."""
    return {name: found for name, found in output[period].items() if name != GROUP}


def every_close(output: Output) -> Iterator[tuple[str, Output]]:
    """Each entity's figures at each close, in the order of the closes."""
    for period in output:
        yield from entities(output, period).items()


def standing(found: Output) -> Output:
    """What stands at the end: balances, each line to date, each contract; nothings are left out."""
    lines = {
        key: {name: number(line, name) for name in TO_DATE if number(line, name)}
        for key, line in found["lines"].items()
    }
    contracts = {
        key: {name: number(each, name) for name in each if number(each, name)}
        for key, each in found["contracts"].items()
    }
    return {
        "balances": {name: number(found, name) for name in BALANCES},
        "lines": {key: line for key, line in lines.items() if line},
        "contracts": {key: each for key, each in contracts.items() if each},
    }


def at_the_end(data: Data) -> dict[str, Output]:
    """What stands at the last close, by entity."""
    output = closed(data)
    return {name: standing(found) for name, found in entities(output, data["close"][-1]).items()}


def posted(found: Output, account: str) -> Decimal:
    """What the journals of a close put on an account, debits above zero."""
    return sum(
        (
            Decimal(line["debit"]) - Decimal(line["credit"])
            for journal in found["journals"]
            for line in journal["lines"]
            if line["account"] == account
        ),
        Decimal(0),
    )
