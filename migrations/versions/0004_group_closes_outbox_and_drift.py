"""The group's closes, the outbox and what drifted in a ledger get a place.

Of a group's close: who started it, which closes it waits for, when it was done. Of a notification:
whom it is for, what it says, and the message that it went into. Of drift: the journal, what differs
from what was approved, until when.

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
        grant select, insert, update on group_close, notification, drift to tieout_worker;
        grant usage on sequence group_close_id_seq, notification_id_seq, drift_id_seq to tieout_worker;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant select on group_close, notification, drift to tieout_api;
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
    op.create_table('notification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('awaiting', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('path', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('message', sa.String(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['close_id'], ['close.id'], name=op.f('fk_notification_close_id')),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_notification_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification'))
    )
    op.create_index(op.f('ix_notification_close_id'), 'notification', ['close_id'], unique=False)
    op.create_index(op.f('ix_notification_message'), 'notification', ['message'], unique=False)
    op.create_table('drift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=True),
    sa.Column('ledger_id', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('differences', JSON, nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['close_id'], ['close.id'], name=op.f('fk_drift_close_id')),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_drift_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drift'))
    )
    op.create_index(op.f('ix_drift_close_id'), 'drift', ['close_id'], unique=False)
    op.create_index(op.f('ix_drift_entity_id'), 'drift', ['entity_id'], unique=False)
    op.execute(GRANTS)
