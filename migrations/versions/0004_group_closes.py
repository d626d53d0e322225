"""The group's closes get a place: who started one, which closes it waits for, when it was done.

Locks: none on a table that there is. Nothing to back-fill.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())

GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant select, insert, update on group_close to tieout_worker;
        grant usage on sequence group_close_id_seq to tieout_worker;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant select on group_close to tieout_api;
    end if;
end $$;
"""


def upgrade() -> None:
    op.create_table('group_close',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_name', sa.String(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('members', JSON, nullable=False),
    sa.Column('started_by', sa.String(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_close')),
    sa.UniqueConstraint('group_name', 'period', name=op.f('uq_group_close_group_name_period'))
    )
    op.execute(GRANTS)
