"""Alembic's environment: one transaction, an advisory lock, time-outs; the caller hands a connection."""

from alembic import context
from sqlalchemy import text

from models import metadata

ADVISORY_LOCK = 7_431_026

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True)
with context.begin_transaction():
    connection.execute(text("set local lock_timeout = '10s'"))
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    context.run_migrations()
