"""Everything that the core knows of documents, positions and rates gets a place.

Why: documents carry more than columns had room for (`details`), and the day from which a close sees
a version must be kept (`open_from`: the first open day when it reached us). A position keeps all
that the next close starts from. Reports, payments, rates and imported schedules are new.

Locks: a brief ACCESS EXCLUSIVE on document, document_line, resolution and position for the new
columns (no rewrite: constants are kept in the catalogue), and row locks while the back-fill runs,
all in one transaction: seconds for a million positions. Stop worker and page meanwhile.

Back-fill: `open_from` from what was closed at the time of storing. A position's balance before
netting is billed − recognised, as the first engine reckoned it; its account is that of its newest
journal part. What a year on would be ahead was not kept then and stands at nothing, as does what
documents had put into balance accounts; figures in document currency are known where that is the
entity's own. All of it is reckoned anew by the next close, but for lines that an exception holds.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())

OPEN_FROM = """
update {table} as kept set open_from = (
    select max(c.period_end) + 1 from close c
    where c.entity_id = kept.entity_id and c.step = 'closed' and c.closed_at <= kept.{stored}
)
"""

POSITIONS = """
update position as p set
    ahead_minor = p.billed_to_date_minor - p.recognised_to_date_minor,
    negative = p.billed_to_date_minor <= 0 and p.recognised_to_date_minor <= 0,
    billed_document_minor =
        case when p.price_currency = e.functional_currency then p.billed_to_date_minor else 0 end,
    recognised_document_minor =
        case when p.price_currency = e.functional_currency
        then p.recognised_to_date_minor else 0 end
from proposal o join close c on c.id = o.close_id join entity e on e.id = c.entity_id
where o.id = p.proposal_id
"""

ACCOUNTS = """
with newest as (
    select distinct on (c.entity_id, j.line) c.entity_id, j.line, j.account, j.dimensions
    from journal_part j join proposal o on o.id = j.proposal_id join close c on c.id = o.close_id
    order by c.entity_id, j.line, j.id desc
)
update position as p set account = n.account, dimensions = n.dimensions
from proposal o, close c, newest n
where o.id = p.proposal_id and c.id = o.close_id and n.entity_id = c.entity_id and n.line = p.line
"""

GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant select on report, payment, rate, adoption_import, imported_position to tieout_worker;
        grant insert on report, payment, rate to tieout_worker;
        grant usage on sequence report_id_seq, payment_id_seq, rate_id_seq to tieout_worker;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant select on report, payment, rate, adoption_import, imported_position to tieout_api;
        grant insert on rate, adoption_import, imported_position to tieout_api;
        grant usage on sequence rate_id_seq, adoption_import_id_seq to tieout_api;
    end if;
end $$;
"""


def upgrade() -> None:
    _widen()
    for table, stored in (('document', 'synced_at'), ('resolution', 'decided_at')):
        op.execute(OPEN_FROM.format(table=table, stored=stored))
    op.execute(POSITIONS)
    op.execute(ACCOUNTS)
    _create()
    op.execute(GRANTS)
    _check()


def _widen() -> None:
    def constant(table: str, name: str, kind: sa.types.TypeEngine, value: str) -> None:
        """A column that is never empty: the rows there are get the constant, new ones say theirs."""
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
        op.alter_column(table, name, server_default=None)

    constant('document', 'details', JSON, '{}')
    op.add_column('document', sa.Column('open_from', sa.Date(), nullable=True))
    constant('document_line', 'details', JSON, '{}')
    op.add_column('resolution', sa.Column('effect', sa.String(), nullable=True))
    op.add_column('resolution', sa.Column('effective', sa.Date(), nullable=True))
    op.add_column('resolution', sa.Column('open_from', sa.Date(), nullable=True))
    op.alter_column('position', 'service_start', existing_type=sa.Date(), nullable=True)
    op.alter_column('position', 'service_end', existing_type=sa.Date(), nullable=True)
    for name in ('billed_document_minor', 'recognised_document_minor', 'ahead_minor',
                 'in_a_year_minor', 'fx_minor', 'non_current_minor'):
        constant('position', name, sa.BigInteger(), '0')
    constant('position', 'negative', sa.Boolean(), 'false')
    constant('position', 'held', sa.Boolean(), 'false')
    constant('position', 'account', sa.String(), '')
    constant('position', 'dimensions', sa.String(), '[]')
    constant('position', 'coded', JSON, '{}')


def _create() -> None:
    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('source_id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('units', sa.String(), nullable=True),
    sa.Column('percent', sa.String(), nullable=True),
    sa.Column('milestone', sa.String(), nullable=True),
    sa.Column('usage_minor', sa.BigInteger(), nullable=True),
    sa.Column('usage_currency', sa.String(), nullable=True),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('open_from', sa.Date(), nullable=True),
    sa.Column('synced_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_report_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('entity_id', 'source_id', 'version', name=op.f('uq_report_entity_id_source_id_version'))
    )
    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('source_id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('against', sa.String(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('deleted', sa.Boolean(), nullable=False),
    sa.Column('open_from', sa.Date(), nullable=True),
    sa.Column('synced_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_payment_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('entity_id', 'source_id', 'version', name=op.f('uq_payment_entity_id_source_id_version'))
    )
    op.create_table('rate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=True),
    sa.Column('source_currency', sa.String(), nullable=False),
    sa.Column('target_currency', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', sa.String(), nullable=False),
    sa.Column('rate', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_rate_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rate'))
    )
    op.create_index(op.f('ix_rate_source_currency_target_currency_kind_at'), 'rate', ['source_currency', 'target_currency', 'kind', 'at'], unique=False)
    op.create_table('adoption_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('file_hash', sa.String(), nullable=False),
    sa.Column('imported_by', sa.String(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_adoption_import_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_adoption_import'))
    )
    op.create_index(op.f('ix_adoption_import_entity_id'), 'adoption_import', ['entity_id'], unique=False)
    op.create_table('imported_position',
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('recognised_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['adoption_import.id'], name=op.f('fk_imported_position_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'line', name=op.f('pk_imported_position'))
    )


def _check() -> None:
    """What must hold now; one transaction with the above, so that nothing is half done."""
    told = op.get_bind().scalar(sa.text("""
        select count(*) from document d where d.open_from is distinct from (
            select max(c.period_end) + 1 from close c
            where c.entity_id = d.entity_id and c.step = 'closed' and c.closed_at <= d.synced_at)
    """))
    assert told == 0, "a document does not know what was closed when it came"
    apart = op.get_bind().scalar(sa.text("""
        select count(*) from position
        where ahead_minor <> billed_to_date_minor - recognised_to_date_minor
    """))
    assert apart == 0, "a position's balance is not billed less recognised"
