"""What a calculation of a big book read is kept: shards of it meet there, and a preview takes it up.

Why: reading a big book is most of what its calculation, or a preview of it, takes. Several activities
read a part each; and nobody reads again what has not changed since. No record of anything: the
worker may throw it away.

The worker makes temporary tables of a big book: a right that new databases give it, and older ones
lacked.

Which currencies an entity's documents have is found by an index too, from one to the next.

Locks: SHARE on document while its index is made, some seconds for a million lines; who reads does
not wait. Nothing to back-fill.
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant select, insert, delete on kept_reading to tieout_worker;
        grant select, insert on kept_piece to tieout_worker;
        grant usage on sequence kept_reading_id_seq to tieout_worker;
        if (select pg_has_role(datdba, 'usage') from pg_database where datname = current_database())
        then
            execute format('grant temporary on database %I to tieout_worker', current_database());
        end if;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant select on kept_reading, kept_piece to tieout_api;
    end if;
end $$;
"""


def upgrade() -> None:
    op.create_table('kept_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('columns', sa.ARRAY(sa.String()), nullable=False),
    sa.Column('bounds', sa.ARRAY(sa.String()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_kept_reading_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_reading'))
    )
    op.create_index(op.f('ix_kept_reading_entity_id'), 'kept_reading', ['entity_id'])
    op.create_table('kept_piece',
    sa.Column('reading_id', sa.Integer(), nullable=False),
    sa.Column('shard', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('held', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['reading_id'], ['kept_reading.id'], name=op.f('fk_kept_piece_reading_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('reading_id', 'shard', 'number', name=op.f('pk_kept_piece'))
    )
    # Mostly keys and hashes: trying to compress them takes time and saves nothing.
    op.execute('alter table kept_piece alter column held set storage external')
    op.create_index('ix_document_currency', 'document', ['entity_id', 'currency'])
    op.execute(GRANTS)
