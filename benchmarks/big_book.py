"""A book of as many lines as a benchmark wants, in the tables of a scratch Postgres, set by set.

What a subscription business has on its books: 1.2 lines a document; 85 % earn by days, 10 % by
months, 5 % by half months, most over a year or two or three from a month's first day; 3 % credits,
a tenth in dollars; contracts, billed and not, and bills of cost. The same whenever it is asked for.
"""

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

from accounting.periods import Period
from controls.audit import Actor
from controls.configuration import Configuration, parse_configuration
from models import DocumentLineRow, DocumentRow, ExceptionRow, JournalPartRow, PositionRow
from store import Store
from store.books import ADOPTION_READING
from store.calculations import calculated
from tieout.demo import CONFIGURATION
from tieout.embedded.postgres import API, OWNER, SUPERUSER, WORKER, EmbeddedPostgres, give_rights
from tieout.migrate import migrate

ENTITY = "uk"
ACTOR = Actor("service", "benchmark")
FOR_NO_LONGER = (
    "alter system set fsync = off",
    "alter system set full_page_writes = off",
    "alter system set max_wal_size = '16GB'",
)
"""Nothing here must outlive the power, and loading waits for no checkpoint."""
ACCOUNTS = {
    "deferred_revenue": "850",
    "accrued_revenue": "630",
    "prepayments": "620",
    "accrued_expenses": "840",
    "fx_gain_loss": "495",
    "revenue": ["200", "210"],
    "expense": ["433"],
    "product_revenue": {"DAYS": "200", "MONTHS": "200", "HALVES": "210"},
}
RECOGNITION = {
    "method": "daily",
    "rules": [
        {"product": "MONTHS", "method": "monthly"},
        {"product": "HALVES", "method": "half_month"},
    ],
}
DRAW = (
    """select setseed(0.20260930)""",
    """create temp table drawn as
with chance as materialized (
  select n, random() as a, random() as b, random() as c, random() as d, random() as e
  from generate_series(1, %(documents)s::int) n
), dated as (
  select n, md5('document ' || n)::uuid::text as id,
    case when n %% 33 = 1 and n > 1 then 'credit_note' when n %% 20 = 3 then 'contract'
      when n %% 20 = 7 then 'bill' else 'invoice' end as kind,
    case when n %% 10 = 9 then 'USD' else 'GBP' end as currency,
    '2024-01-01'::date + (a * 1003)::int as date,
    case when b < 0.6 then 0 else (b * 50)::int - 30 end as later, c, d, e
  from chance
)
select d.*, case when b.kind = 'invoice' and d.kind = 'credit_note' then b.id end as credits,
  case when d.kind = 'invoice' and b.kind = 'contract' and d.n %% 40 = 4 then b.id end as bills
from dated d left join dated b on b.n = d.n - 1""",
    """update drawn d set currency = b.currency, date = greatest(d.date, b.date)
from drawn b where b.n = d.n - 1 and (d.credits is not null or d.bills is not null)""",
    """analyze drawn""",
)
DOCUMENTS = """
insert into document (entity_id, source, kind, source_id, version, content_hash, raw_hash, raw,
  number, counterparty, date, currency, rate, contract, voided, details, modified_at, synced_at)
select 'uk', case kind when 'contract' then 'salesforce' else 'xero' end, kind, id, 1,
  md5(id) || md5('c' || id), md5(id) || md5('r' || id), rpad('{', 300, id), 'DOC-' || n,
  'Customer ' || n %% 9000, date, currency,
  case when currency <> 'GBP' and n %% 50 <> 9 then to_char(0.70 + e * 0.2, 'FM0.000000') end, null,
  false, case when credits is null then '{}' else jsonb_build_object('credits', credits) end,
  date::timestamptz, date::timestamptz + interval '1 hour'
from drawn order by n
"""
LINES = """
insert into document_line (document_id, number, line_id, amount_minor, account, product, text,
  service_start, service_end, dimensions, details)
select d.id, g.number, md5('line ' || n || g.number)::uuid::text,
  case w.kind when 'credit_note' then -100 - (e * 400)::int else 5000 + (c * c * c * 9e6)::bigint + n %% 97 end,
  case w.kind when 'contract' then null when 'bill' then '433' else case p.product when 'HALVES' then '210' else '200' end end,
  p.product, case when w.kind <> 'credit_note' then 'Subscription' when n %% 99 = 1
    then 'Cancelled, 2026-10-20 to 2027-09-15' else 'Goodwill' end,
  s.start, case when w.kind = 'credit_note' then null when w.d < 0.1 then s.start + 16 + (w.e * 700)::int
    when w.d < 0.3 then (s.start + interval '1 month')::date - 1
    else (s.start + case when w.d < 0.75 then 12 when w.d < 0.9 then 24 else 36 end * interval '1 month')::date - 1 end,
  case n %% 3 when 0 then '[["Region", "EMEA"]]' else '[]' end,
  case when bills is null or g.number > 1 then '{}'
    else jsonb_build_object('obligation', bills || '/' || md5('line ' || n - 1 || '1')::uuid::text) end
from drawn w
join document d on d.entity_id = 'uk' and d.kind = w.kind and d.source_id = w.id
cross join lateral generate_series(1, case when n %% 5 = 0 then 2 else 1 end) g(number)
cross join lateral (select case when w.n * 7 %% 100 < 85 then 'DAYS' when w.n * 7 %% 100 < 95
  then 'MONTHS' else 'HALVES' end as product) p
cross join lateral (select case when w.kind = 'credit_note' then null when w.later > 0 then w.date + w.later
  else (date_trunc('month', w.date) + case when n %% 6 = 0 then 0 else 1 end * interval '1 month')::date
  end as start) s
order by d.id, g.number
"""
RATES = """
insert into rate (source_currency, target_currency, kind, at, rate, origin)
select 'EUR', c.code, 'spot', to_char(day, 'YYYY-MM-DD'),
  to_char(c.level + extract(doy from day) / 4000, 'FM0.0000'), 'benchmark'
from generate_series('2023-12-25'::timestamp, '2026-09-30', interval '1 day') day
cross join (values ('GBP', 0.83), ('USD', 1.06)) c(code, level)
"""


def _renamed(name: str) -> str:
    """A document's id, or a line's key that begins with it, as it is in copy k."""
    return f"md5(left({name}, 36) || k)::uuid::text || substr({name}, 37)"


def _copied(model: type[SQLModel], **changed: str) -> str:
    """The statement that copies a table's rows, some columns changed."""
    names = [column.name for column in model.__table__.columns if column.name not in changed]  # type: ignore[attr-defined]
    table = model.__tablename__
    into = ", ".join([*changed, *names])
    values = ", ".join([*changed.values(), *names])
    source = f"generate_series(1, %(copies)s::int) k cross join {table}"
    return f"insert into {table} ({into}) select {values} from {source}"  # noqa: S608 - our own words


COPIES = (
    _copied(
        DocumentRow,
        id="id + k * %(ids)s",
        source_id=_renamed("source_id"),
        details="case when details = '{}' then details else jsonb_build_object('credits', "
        + _renamed("details ->> 'credits'")
        + ") end",
    ),
    _copied(
        DocumentLineRow,
        document_id="document_id + k * %(ids)s",
        details="case when details = '{}' then details else jsonb_build_object('obligation', "
        + _renamed("details ->> 'obligation'")
        + ") end",
    ),
    _copied(
        PositionRow,
        line=_renamed("line"),
        unit=_renamed("unit"),
        document=_renamed("document"),
    ),
    _copied(
        JournalPartRow,
        id="nextval('journal_part_id_seq')",
        line=_renamed("line"),
        unit=_renamed("unit"),
    ),
    _copied(ExceptionRow, subject=_renamed("subject")),
)
SUMS = (
    """update journal_line
      set debit_minor = debit_minor * %(times)s, credit_minor = credit_minor * %(times)s""",
    """update proposal set summary = summary || jsonb_build_object(
      'non_current', ((summary ->> 'non_current')::numeric * %(times)s)::text,
      'fx', ((summary ->> 'fx')::numeric * %(times)s)::text,
      'opening', (select jsonb_object_agg(key, (value::numeric * %(times)s)::text)
        from jsonb_each_text(summary -> 'opening')),
      'closing', (select jsonb_object_agg(key, (value::numeric * %(times)s)::text)
        from jsonb_each_text(summary -> 'closing')))""",
)


def configuration() -> Configuration:
    """The demo group's, with one method a product."""
    data = json.loads(CONFIGURATION.read_text())
    uk = next(each for each in data["entities"] if each["id"] == ENTITY)
    uk |= {"accounts": ACCOUNTS, "recognition": RECOGNITION}
    return parse_configuration(data)


class BigBook:
    """A scratch database with one entity's first close, and the worker's door to it."""

    def __init__(self, server: EmbeddedPostgres, name: str) -> None:
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as work:
            words = sql.SQL("create database {} owner {} template template0")
            work.execute(words.format(sql.Identifier(name), sql.Identifier(OWNER)))
            give_rights(work, name)
        migrate(server.dsn(OWNER, name))
        self.superuser = server.dsn(SUPERUSER, name)
        self.store = Store(server.dsn(WORKER, name))
        api = Store(server.dsn(API, name))
        with api.unit_of_work(ACTOR) as work:
            work.config.apply(configuration())
        api.close()

    def fill(self, lines: int) -> None:
        """Documents with about so many lines."""
        with psycopg.connect(self.superuser) as work:
            for words in (*DRAW, DOCUMENTS, LINES, RATES):
                work.execute(words, {"documents": lines * 5 // 6})

    def calculate(self) -> int:
        """The entity's first close, calculated and stored as the worker does it; its id."""
        with self.store.unit_of_work(ACTOR) as work:
            config = work.config.current()
            adopted = config.entity(ENTITY).adopted_on
            nothing = [("850", 0), ("630", 0)]
            work.documents.save_reading(ENTITY, ADOPTION_READING, adopted, nothing)
        return self._calculated(Period(date(2026, 9, 1), date(2026, 9, 30)))

    def calculate_next(self) -> int:
        """The close of the month after, everything having been posted and closed; its id."""
        self.sign_off()
        return self._calculated(Period(date(2026, 10, 1), date(2026, 10, 31)))

    def _calculated(self, period: Period) -> int:
        with self.store.unit_of_work(ACTOR) as work:
            name = f"{period.start:%Y-%m}"
            close = work.closes.open(ENTITY, name, period, ACTOR.name)
            calculated(work, close, work.config.current())
            return close.id or 0

    def sign_off(self) -> None:
        """As if all was posted and every period closed."""
        with psycopg.connect(self.superuser) as work:
            work.execute("update journal set state = 'posted', ledger_id = 'L-' || id")
            work.execute("update close set step = 'closed', closed_at = now()")
            work.execute("analyze position; analyze journal_part")

    def multiply(self, times: int) -> None:
        """So many times the same book, each under other ids: what is calculated of it is, too.

        Of independent lines the close's sums are so many times those of one.
        """
        given = {"copies": times - 1, "times": times}
        with psycopg.connect(self.superuser) as work:
            work.execute("set session_replication_role = replica")
            (given["ids"],) = work.execute("select max(id) from document").fetchone() or (0,)
            for words in (*COPIES, *SUMS):
                work.execute(words, given)
            work.commit()
            work.autocommit = True
            work.execute("analyze")

    def leave(self) -> None:
        """Give back every connection."""
        self.store.close()


@contextmanager
def scratch_postgres() -> Iterator[EmbeddedPostgres]:
    """A server for a benchmark that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tieout-benchmark-") as folder:
        server = EmbeddedPostgres(Path(folder))
        server.start()
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as work:
            for setting in FOR_NO_LONGER:
                work.execute(setting)
            work.execute("select pg_reload_conf()")
        try:
            yield server
        finally:
            if server.pid is not None:
                os.kill(server.pid, signal.SIGQUIT)
            server.reset()
