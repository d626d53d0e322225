"""The ledger's journals from before adoption are kept: what the old process booked can be back-tested.

Why: a sync reads them in any case, since it looks through every journal once, and threw them away.
Where they were read before this version, the next look reads all journals once more.

Locks: none on a table that is there. Nothing to back-fill.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant select, insert, update on past_journal to tieout_worker;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant select on past_journal to tieout_api;
    end if;
end $$;
"""


def upgrade() -> None:
    op.create_table('past_journal',
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('ledger_id', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('posted', sa.Boolean(), nullable=False),
    sa.Column('lines', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_past_journal_entity_id')),
    sa.PrimaryKeyConstraint('entity_id', 'ledger_id', name=op.f('pk_past_journal'))
    )
    op.execute(GRANTS)
