"""A database of the version before is brought along with what it holds."""

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from models.schema import REVISION
from tests.store.database import Database
from tieout.migrate import MIGRATIONS, migrate

BEFORE = """
insert into config_version values (1, 'c', '{}', 'ada');
insert into entity values ('uk', 'UK', 'xero', 'xero-uk', 'GBP', 'Europe/London', '2026-07-31', 1);
insert into close (id, entity_id, period, number, period_start, period_end, step, awaiting, detail,
    round, proposal_id, started_by, closed_at)
values (1, 'uk', '2026-08', 1, '2026-08-01', '2026-08-31', 'closed', '', '', 1, 1, 'priya',
    '2026-09-05 12:00Z'),
    (2, 'uk', '2026-09', 1, '2026-09-01', '2026-09-30', 'review', '', '', 1, 2, 'priya', null);
insert into proposal values (1, 1, 'h', 1, '1', '{}'), (2, 2, 'i', 1, '1', '{}');
insert into document (id, entity_id, source, kind, source_id, version, content_hash, raw_hash, raw,
    number, counterparty, date, currency, voided, modified_at, synced_at)
values (1, 'uk', 'xero', 'invoice', 'a', 1, 'h', 'r', '{}', 'A', 'Acme', '2026-08-10', 'GBP', false,
    '2026-08-10Z', '2026-09-02Z'),
    (2, 'uk', 'xero', 'invoice', 'a', 2, 'i', 'r', '{}', 'A', 'Acme', '2026-08-10', 'GBP', false,
    '2026-09-10Z', '2026-09-10Z');
insert into document_line values (1, 1, '1', 100, '200', null, '', null, null, '[]');
insert into resolution (close_id, entity_id, code, subject, remedy, reason, actor, nonce, decided_at)
values (1, 'uk', 'no_service_period', 'a/1', 'exclude', 'x', 'priya', 'n1', '2026-09-02Z'),
    (2, 'uk', 'no_service_period', 'a/1', 'exclude', 'x', 'priya', 'n2', '2026-09-10Z');
insert into position values
    (1, 'a/1', 'a', 'a', 'h', 'Acme', 'A', null, false, 'daily', '2026-08-01', '2026-09-30', 'line',
     10000, 'GBP', 10000, 10000, 4000, 0, 4000, '{}', '{"deferred_revenue": "60.00"}'),
    (1, 'b/1', 'b', 'b', 'h', 'Acme', 'B', null, false, 'daily', '2026-08-01', '2026-09-30', 'line',
     -5000, 'USD', -4000, -4000, -1000, 0, -1000, '{}', '{}');
insert into decision (close_id, round, step, level, verdict, actor, roles, reason, proposal_hash,
    nonce, tag)
values (1, 1, 'review', -1, 'submit', 'priya', 'preparer', '', 'h', 'd1', 't'),
    (1, 1, 'review', 0, 'approve', 'ruth', 'reviewer', '', 'h', 'd2', 't');
insert into journal_part (proposal_id, line, unit, role, account, dimensions, amount_minor,
    catch_up_minor)
values (1, 'a/1', 'a', 'deferred_revenue', '210', '[]', 1, 0),
    (1, 'a/1', 'a', 'deferred_revenue', '200', '[["Region", "North"]]', 1, 0);
"""


def to_version(dsn: str, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


def test_what_a_first_version_holds_is_brought_along(empty: Database) -> None:
    to_version(empty.owner, "0001")
    with psycopg.connect(empty.owner) as work:
        work.execute(BEFORE)
    assert migrate(empty.owner) == REVISION
    with psycopg.connect(empty.worker) as work:

        def asked(words: str) -> list[tuple[object, ...]]:
            return work.execute(words).fetchall()

        told = "select open_from::text from {} order by id"
        assert asked(told.format("document")) == [(None,), ("2026-09-01",)]
        assert asked(told.format("resolution")) == [(None,), ("2026-09-01",)]
        cited = asked("select actor, clause, delegations, seen, kinds from decision order by id")
        assert cited == [("priya", "", [], "", ""), ("ruth", "", [], "", "")]
        assert asked("select details from document_line") == [({},)]
        assert asked(
            "select ahead_minor, in_a_year_minor, negative, held, account, dimensions, "
            "billed_document_minor, recognised_document_minor from position order by line"
        ) == [
            (6000, 0, False, False, "200", '[["Region", "North"]]', 10000, 4000),
            (-3000, 0, True, False, "", "[]", 0, 0),
        ]
