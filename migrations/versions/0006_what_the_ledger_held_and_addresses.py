"""Drift keeps the lines that the ledger held, and people get an address for messages.

What was found before has no lines: what is open of it is settled, and the cursor of journals is
taken away, so that the next look finds it again with them. The worker reads who holds a role and
where to write to, and nothing else of a person.

Locks: brief ACCESS EXCLUSIVE on drift and app_user; drift, a small table, is written once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())

FIND_AGAIN = """
update drift set lines = '[]', held_on = date, settled_at = coalesce(settled_at, clock_timestamp());
delete from sync_cursor where kind = 'journal';
"""

GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant select (name, roles, email, disabled_at) on app_user to tieout_worker;
    end if;
end $$;
"""


def upgrade() -> None:
    op.add_column('drift', sa.Column('lines', JSON, nullable=True))
    op.add_column('drift', sa.Column('held_on', sa.Date(), nullable=True))
    op.execute(FIND_AGAIN)
    op.alter_column('drift', 'lines', nullable=False)
    op.alter_column('drift', 'held_on', nullable=False)
    op.add_column('app_user', sa.Column('email', sa.String(), nullable=True))
    op.execute(GRANTS)
