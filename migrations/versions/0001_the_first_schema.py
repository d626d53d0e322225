"""The first schema: every table, the append-only trail, least privilege. An empty database: no locks that matter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

# Nobody changes the trail, whatever their rights: corrections are new events.
APPEND_ONLY = """
create function audit_event_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'The audit trail is append-only: % is refused.', tg_op;
end $$;
create trigger audit_event_no_change before update or delete on audit_event
    for each row execute function audit_event_is_append_only();
create trigger audit_event_no_truncate before truncate on audit_event
    for each statement execute function audit_event_is_append_only();
"""

# Least privilege, where the roles exist: worker and API write only what is theirs to write.
GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant usage on schema public to tieout_worker;
        grant select on all tables in schema public to tieout_worker;
        grant usage on all sequences in schema public to tieout_worker;
        grant insert on audit_event to tieout_worker;
        grant insert on document, document_line, ledger_reading, proposal, close_exception,
            position, journal_line, journal_part, resolution, decision to tieout_worker;
        grant insert, update on close, journal, sync_cursor, tie_out, connection_token
            to tieout_worker;
        revoke select on app_user, session from tieout_worker;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant usage on schema public to tieout_api;
        grant select on all tables in schema public to tieout_api;
        grant usage on all sequences in schema public to tieout_api;
        grant insert on audit_event, config_version to tieout_api;
        grant insert, update on app_user, session, entity to tieout_api;
        revoke select on connection_token from tieout_api;
    end if;
end $$;
"""


def upgrade() -> None:

    op.create_table('app_user',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('display_name', sa.String(), nullable=False),
    sa.Column('roles', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=True),
    sa.Column('link_hash', sa.String(), nullable=True),
    sa.Column('link_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_app_user')),
    sa.UniqueConstraint('link_hash', name=op.f('uq_app_user_link_hash'))
    )
    op.create_table('audit_event',
    sa.Column('chain', sa.String(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_kind', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('hashes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('request_id', sa.String(), nullable=False),
    sa.Column('previous_hash', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('chain', 'sequence', name=op.f('pk_audit_event'))
    )
    op.create_table('config_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('document', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('applied_by', sa.String(), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_config_version')),
    sa.UniqueConstraint('sha256', name=op.f('uq_config_version_sha256'))
    )
    op.create_table('connection_token',
    sa.Column('connection', sa.String(), nullable=False),
    sa.Column('tokens', sa.LargeBinary(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('connection', name=op.f('pk_connection_token'))
    )
    op.create_table('entity',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('vendor', sa.String(), nullable=False),
    sa.Column('connection', sa.String(), nullable=False),
    sa.Column('functional_currency', sa.String(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('adoption_date', sa.Date(), nullable=False),
    sa.Column('config_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['config_id'], ['config_version.id'], name=op.f('fk_entity_config_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entity'))
    )
    op.create_table('session',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('user_name', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_name'], ['app_user.name'], name=op.f('fk_session_user_name')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_session'))
    )
    op.create_index(op.f('ix_session_user_name'), 'session', ['user_name'], unique=False)
    op.create_table('close',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('awaiting', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=True),
    sa.Column('seal', sa.String(), nullable=True),
    sa.Column('started_by', sa.String(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_close_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_close')),
    sa.UniqueConstraint('entity_id', 'period', 'number', name=op.f('uq_close_entity_id_period_number'))
    )
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('source_id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('raw_hash', sa.String(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('counterparty', sa.String(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('rate', sa.String(), nullable=True),
    sa.Column('contract', sa.String(), nullable=True),
    sa.Column('voided', sa.Boolean(), nullable=False),
    sa.Column('modified_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('synced_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_document_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('entity_id', 'kind', 'source_id', 'version', name=op.f('uq_document_entity_id_kind_source_id_version'))
    )
    op.create_table('ledger_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('at', sa.Date(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('balance_minor', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_ledger_reading_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_reading'))
    )
    op.create_index(op.f('ix_ledger_reading_entity_id'), 'ledger_reading', ['entity_id'], unique=False)
    op.create_table('sync_cursor',
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('modified_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_sync_cursor_entity_id')),
    sa.PrimaryKeyConstraint('entity_id', 'kind', name=op.f('pk_sync_cursor'))
    )
    op.create_table('decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('roles', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('proposal_hash', sa.String(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('tag', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['close_id'], ['close.id'], name=op.f('fk_decision_close_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('close_id', 'round', 'step', 'level', 'actor', 'proposal_hash', name=op.f('uq_decision_close_id_round_step_level_actor_proposal_hash')),
    sa.UniqueConstraint('nonce', name=op.f('uq_decision_nonce'))
    )
    op.create_index(op.f('ix_decision_close_id'), 'decision', ['close_id'], unique=False)
    op.create_table('document_line',
    sa.Column('document_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('account', sa.String(), nullable=True),
    sa.Column('product', sa.String(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('service_start', sa.Date(), nullable=True),
    sa.Column('service_end', sa.Date(), nullable=True),
    sa.Column('dimensions', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_line_document_id')),
    sa.PrimaryKeyConstraint('document_id', 'number', name=op.f('pk_document_line'))
    )
    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('config_id', sa.Integer(), nullable=False),
    sa.Column('engine_version', sa.String(), nullable=False),
    sa.Column('summary', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['close_id'], ['close.id'], name=op.f('fk_proposal_close_id')),
    sa.ForeignKeyConstraint(['config_id'], ['config_version.id'], name=op.f('fk_proposal_config_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal'))
    )
    op.create_index(op.f('ix_proposal_close_id'), 'proposal', ['close_id'], unique=False)
    op.create_table('resolution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('remedy', sa.String(), nullable=False),
    sa.Column('service_start', sa.Date(), nullable=True),
    sa.Column('service_end', sa.Date(), nullable=True),
    sa.Column('obligation', sa.String(), nullable=True),
    sa.Column('account', sa.String(), nullable=True),
    sa.Column('amount', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['close_id'], ['close.id'], name=op.f('fk_resolution_close_id')),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_resolution_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resolution')),
    sa.UniqueConstraint('nonce', name=op.f('uq_resolution_nonce'))
    )
    op.create_index(op.f('ix_resolution_close_id'), 'resolution', ['close_id'], unique=False)
    op.create_index(op.f('ix_resolution_entity_id'), 'resolution', ['entity_id'], unique=False)
    op.create_table('close_exception',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('amount', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_close_exception_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'code', 'subject', name=op.f('pk_close_exception'))
    )
    op.create_table('journal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(), nullable=True),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=True),
    sa.Column('key_first_sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('absent_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ledger_id', sa.String(), nullable=True),
    sa.Column('ledger_message', sa.String(), nullable=False),
    sa.Column('ledger_raw', sa.Text(), nullable=True),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retried_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['close_id'], ['close.id'], name=op.f('fk_journal_close_id')),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_journal_entity_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_journal_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal')),
    sa.UniqueConstraint('entity_id', 'ledger_id', name=op.f('uq_journal_entity_id_ledger_id')),
    sa.UniqueConstraint('entity_id', 'number', name=op.f('uq_journal_entity_id_number')),
    sa.UniqueConstraint('entity_id', 'reference', name=op.f('uq_journal_entity_id_reference'))
    )
    op.create_index(op.f('ix_journal_proposal_id'), 'journal', ['proposal_id'], unique=False)
    op.create_table('position',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('document_hash', sa.String(), nullable=False),
    sa.Column('counterparty', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('product', sa.String(), nullable=True),
    sa.Column('is_cost', sa.Boolean(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('service_start', sa.Date(), nullable=False),
    sa.Column('service_end', sa.Date(), nullable=False),
    sa.Column('dates_from', sa.String(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('price_currency', sa.String(), nullable=False),
    sa.Column('billed_minor', sa.BigInteger(), nullable=False),
    sa.Column('billed_to_date_minor', sa.BigInteger(), nullable=False),
    sa.Column('own_minor', sa.BigInteger(), nullable=False),
    sa.Column('catch_up_minor', sa.BigInteger(), nullable=False),
    sa.Column('recognised_to_date_minor', sa.BigInteger(), nullable=False),
    sa.Column('opening', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('closing', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_position_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'line', name=op.f('pk_position'))
    )
    op.create_table('tie_out',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('subledger_minor', sa.BigInteger(), nullable=False),
    sa.Column('reconciling_minor', sa.BigInteger(), nullable=False),
    sa.Column('unposted_minor', sa.BigInteger(), nullable=False),
    sa.Column('ledger_minor', sa.BigInteger(), nullable=False),
    sa.Column('unexplained_minor', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_tie_out_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'role', name=op.f('pk_tie_out'))
    )
    op.create_table('journal_line',
    sa.Column('journal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=True),
    sa.Column('debit_minor', sa.BigInteger(), nullable=False),
    sa.Column('credit_minor', sa.BigInteger(), nullable=False),
    sa.Column('dimensions', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['journal_id'], ['journal.id'], name=op.f('fk_journal_line_journal_id')),
    sa.PrimaryKeyConstraint('journal_id', 'number', name=op.f('pk_journal_line'))
    )
    op.create_table('journal_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('journal_id', sa.Integer(), nullable=True),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('dimensions', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('catch_up_minor', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['journal_id'], ['journal.id'], name=op.f('fk_journal_part_journal_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_journal_part_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_part'))
    )
    op.create_index(op.f('ix_journal_part_journal_id'), 'journal_part', ['journal_id'], unique=False)
    op.create_index(op.f('ix_journal_part_proposal_id'), 'journal_part', ['proposal_id'], unique=False)


    op.execute(APPEND_ONLY)
    op.execute(GRANTS)
    refused = op.get_bind().scalar(
        sa.text("select count(*) from pg_trigger where tgrelid = 'audit_event'::regclass and not tgisinternal")
    )
    assert refused == 2, "the audit trail's triggers are missing"
