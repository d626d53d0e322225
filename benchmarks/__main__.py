"""`python -m benchmarks [NAME…]`: every benchmark, or those named; 1 where a target is missed."""

import sys

from benchmarks import (
    approval,
    bulk,
    explain,
    from_postgres,
    ledger_calls,
    many_entities,
    reperformance,
    worker_death,
)
from benchmarks.figures import say
from benchmarks.machine import machine

BENCHMARKS = {
    "ledger_calls": ledger_calls.measure,
    "approval": approval.measure,
    "worker_death": worker_death.measure,
    "many_entities": many_entities.measure,
    "bulk": bulk.measure,
    "from_postgres": from_postgres.measure,
    "reperformance": reperformance.measure,
    "explain": explain.measure,
}


def main(names: list[str]) -> int:
    """Run them one after another and print each figure as it is there."""
    unknown = sorted({*names} - {*BENCHMARKS})
    if unknown:
        say(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
        return 2
    met = True
    for name, measure in BENCHMARKS.items():
        if names and name not in names:
            continue
        say(f"{name}, on {machine()}")
        for figure in measure():
            say(f"  {figure}")
            met = met and figure.met
        say(f"  load at the end: {machine().rpartition(', ')[2]}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
