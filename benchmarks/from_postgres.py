"""Closes of big books from Postgres and back: read, calculated, written with what each line freezes.

Contracts with their invoices, and invoices that stand alone, as a subscription business has them by the
hundred thousand. The second close of each is measured, since it reads what the first one froze and booked; of all but the largest
the least of three. Counted is the processor time of this process; Postgres' own stands beside it as
the time that passed.
"""

import os
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import psycopg

from accounting.periods import Period
from benchmarks.big_book import ACTOR, ENTITY, BigBook, scratch_postgres
from benchmarks.figures import Figure
from controls.messages import CloseRef, ShardRef
from controls.preview import compared
from store import Work, plain_lines
from store.books import ADOPTION_READING
from store.calculations import calculated
from store.config import AppliedConfig
from store.previews import close_of_period, set_against

SIZES = (10_000, 100_000, 1_000_000)
ONE_BY_ONE = 3_000
TIMES = 3
TARGETS_S = {100_000: 0.9, 1_000_000: 7.0}
TARGET_PREVIEW_S = 1.0
MEMORY_MB = 2_048
LINEAR = 1.15
"""The dearest line of a big book costs at most so many times one of the smallest book."""
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))

ORDINARY = (
    "select setseed(0.20261031)",
    """
create temp table ordinary as
select n, case when mod(n, 2) = 0 then 'contract' when random() < 0.06 then 'credit_note'
    else 'invoice' end as kind,
  case when random() < 0.1 then 'USD' else 'GBP' end as currency,
  (date '2023-10-01' + floor(random() * 36)::int * interval '1 month'
    + case when random() < 0.6 then 0 else floor(random() * 28)::int end * interval '1 day')::date
    as start,
  floor(random() * 31)::int as before, (array[12, 18, 24, 30, 36])[1 + floor(random() * 5)::int]
    as months, case when random() < 0.1 then floor(random() * 28)::int else 0 end as odd,
  1000 + floor(exp(random() * 12))::bigint as amount,
  case when mod(n * 7, 100) < 85 then 'DAYS' when mod(n * 7, 100) < 95 then 'MONTHS'
    else 'HALVES' end as product,
  case mod(n, 3) when 0 then '[["Region", "EMEA"]]' else '[]' end as dimensions
from generate_series(1, %(lines)s::int) n
""",
    """
insert into document (entity_id, source, kind, source_id, version, content_hash, raw_hash, raw,
  number, counterparty, date, currency, rate, contract, voided, details, modified_at, synced_at)
select 'uk', source, d.kind, md5(name || n)::uuid::text, 1, md5('a' || name || n) || md5('b' || n),
  md5('c' || name || n) || md5('d' || n), rpad('{', 300, 'x'), 'DOC-' || n,
  'Customer ' || mod(n, 9000), start - before, currency,
  case when currency = 'USD' and d.kind <> 'contract'
    then to_char(0.7 + before * 0.002, 'FM0.000000') end,
  case name when 'bill ' then md5('document ' || n)::uuid::text end, false,
  case d.kind when 'contract' then '{"type": "New"}' else '{}' end::jsonb,
  start::timestamptz, start::timestamptz
from ordinary o
cross join lateral (
  select o.kind, 'document ' as name, case o.kind when 'contract' then 'salesforce' else 'xero' end
  union all select 'invoice', 'bill ', 'xero' where o.kind = 'contract'
) d (kind, name, source)
order by n
""",
    """
insert into document_line (document_id, number, line_id, amount_minor, account, product, text,
  service_start, service_end, dimensions, details)
select document.id, 1, md5(name || n)::uuid::text,
  case o.kind when 'credit_note' then -amount else amount end,
  case document.kind when 'contract' then null else '200' end, product, 'Subscription',
  case name when 'document ' then start end,
  case name when 'document ' then (start + months * interval '1 month')::date - 1 - odd end,
  o.dimensions, '{}'::jsonb
from ordinary o cross join (values ('document '), ('bill ')) names (name)
join document on document.entity_id = 'uk' and document.source_id = md5(name || n)::uuid::text
order by document.id
""",
    """
insert into rate (source_currency, target_currency, kind, at, rate, origin)
select 'USD', 'GBP', kind, to_char(month, 'YYYY-MM'),
  to_char(0.72 + extract(month from month) / 400, 'FM0.0000'), 'benchmark'
from generate_series(timestamp '2023-01-01', '2026-12-01', '1 month') month,
  (values ('average'), ('closing')) kinds (kind)
""",
)
"""Half of the lines are contracts', each with an invoice that bills it; the rest stand alone."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of this process, and seconds that passed."""

    cpu_s: float
    passed_s: float


def measure() -> Iterator[Figure]:
    """Each size, the smallest first: memory is the most that the process ever held."""
    with scratch_postgres() as server:
        per_line = _one_by_one(BigBook(server, "one_by_one"))
        each: dict[int, float] = {}
        for lines in SIZES:
            book = BigBook(server, f"lines_{lines}")
            spent = _second_close(book, lines)
            each[lines] = spent.cpu_s / lines
            yield _close_figure(lines, spent, per_line)
            if lines == SIZES[1]:
                yield _preview_figure(book, lines)
            book.leave()
        dearest = max(each[lines] for lines in SIZES[1:])
        yield Figure(
            f"A line's CPU in the dearer of the big books against one of {SIZES[0]:,}",
            f"{dearest / each[SIZES[0]]:.2f} times",
            f"at most {LINEAR} times",
            dearest / each[SIZES[0]] <= LINEAR,
            ", ".join(f"{cost * 1e6:.1f} µs of {lines:,}" for lines, cost in each.items()),
        )
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Figure(
            f"Memory of the process that closed {SIZES[-1]:,} lines",
            f"{used:,.0f} MB at most",
            f"{MEMORY_MB:,} MB",
            used < MEMORY_MB,
            f"{used / SIZES[-1] * 1e6:,.0f} bytes a line",
        )


def _one_by_one(book: BigBook) -> float:
    """CPU seconds that a line costs where every document is an object; also brings in all imports."""
    _second_close(book, ONE_BY_ONE)
    few = plain_lines.FEW
    plain_lines.FEW = 10 * ONE_BY_ONE
    try:
        with _timing() as spent:
            _calculated(book, OCTOBER)
    finally:
        plain_lines.FEW = few
    book.leave()
    return spent[0].cpu_s / ONE_BY_ONE


def _second_close(book: BigBook, lines: int) -> Spent:
    with psycopg.connect(book.superuser) as work:
        for words in ORDINARY:
            work.execute(words, {"lines": lines} if "%(lines)s" in words else None)
        work.execute("analyze document; analyze document_line")
    with _at_work(book) as (worker, config):
        adopted = config.entity(ENTITY).adopted_on
        nothing = [("850", 0), ("630", 0), ("620", 0), ("840", 0)]
        worker.documents.save_reading(ENTITY, ADOPTION_READING, adopted, nothing)
    _calculated(book, SEPTEMBER)
    book.sign_off()
    found = []
    for _ in range(TIMES if lines < SIZES[-1] else 1):
        with psycopg.connect(book.superuser) as work:
            work.execute("delete from kept_reading")
        with _timing() as spent:
            _calculated(book, OCTOBER)
        found += spent
    return min(found, key=lambda each: each.cpu_s)


@contextmanager
def _at_work(book: BigBook) -> Iterator[tuple[Work, AppliedConfig]]:
    with book.store.unit_of_work(ACTOR) as work:
        yield work, work.config.current()


@contextmanager
def _timing() -> Iterator[list[Spent]]:
    cpu, began = time.process_time(), time.monotonic()
    spent: list[Spent] = []
    yield spent
    spent.append(Spent(time.process_time() - cpu, time.monotonic() - began))


def _calculated(book: BigBook, period: Period) -> None:
    """What activities/calculate.py does: in shards, side by side, where the book is so big."""
    name = f"{period.start:%Y-%m}"
    with _at_work(book) as (work, config):
        close = work.closes.find(ENTITY, name) or work.closes.open(ENTITY, name, period, ACTOR.name)
        ref = CloseRef(close.id or 0, ENTITY, name)
        cut = work.books.cut(close, config.entity(ENTITY).policy(config.sha256))
        shards = [ShardRef(ref, cut.id or 0, n) for n in range(len(cut.bounds) + 1)] if cut else []
        if not shards:
            calculated(work, close, config)
            return
    with ThreadPoolExecutor(os.cpu_count()) as beside:
        list(beside.map(lambda shard: _read(book, shard), shards))
    with _at_work(book) as (work, config):
        calculated(work, work.closes.lock(ref.close_id), config)


def _read(book: BigBook, shard: ShardRef) -> None:
    with _at_work(book) as (work, config):
        policy = config.entity(ENTITY).policy(config.sha256)
        work.books.read_shard(work.closes.get(shard.close.close_id), policy, shard)


def _close_figure(lines: int, spent: Spent, per_line: float) -> Figure:
    target = TARGETS_S.get(lines)
    return Figure(
        f"Close of {lines:,} lines from Postgres, frozen rows and journals written",
        f"{spent.cpu_s:.2f} s of this process, {spent.passed_s:.1f} s passed",
        f"less than {target} s of this process" if target else "none",
        target is None or spent.cpu_s < target,
        f"{per_line * 1e6:.0f} µs a line one by one, {spent.cpu_s / lines * 1e6:.1f} µs here",
    )


def _preview_figure(book: BigBook, lines: int) -> Figure:
    """By another method for most lines, against the proposal that stands, by whose reading it goes."""
    spent = min((_previewed(book, lines) for _ in range(TIMES)), key=lambda each: each.passed_s)
    with psycopg.connect(book.superuser) as work:
        work.execute("delete from kept_reading")
    alone = _previewed(book, lines)
    return Figure(
        f"Preview of {lines:,} lines by another method, {lines * 85 // 100:,} of them changed",
        f"{spent.passed_s:.2f} s passed, {spent.cpu_s:.2f} s of this process",
        f"at most {TARGET_PREVIEW_S} s passed",
        spent.passed_s <= TARGET_PREVIEW_S,
        f"{alone.passed_s:.1f} s passed where the calculation's reading was not kept",
    )


def _previewed(book: BigBook, lines: int) -> Spent:
    with book.store.reading(ACTOR) as work:
        other = _by_months(work.config.current())
        with _timing() as timed:
            close = close_of_period(work, ENTITY, "2026-10", OCTOBER)
            before = work.proposals.newest_of(ENTITY, "2026-10")
            against = set_against(work, close, before, other, work.rates)
            found = len(compared(against.was, against.now).lines) + against.more
    assert found == lines * 85 // 100
    return timed[0]


def _by_months(config: AppliedConfig) -> AppliedConfig:
    """The same settings, but that what goes by days goes by months."""
    data = config.configuration.model_dump(mode="json")
    (entity,) = (each for each in data["entities"] if each["id"] == ENTITY)
    entity["recognition"]["method"] = "monthly"
    found = type(config.configuration).model_validate(data)
    return replace(config, sha256=found.sha256, configuration=found)
