"""Postings that get stuck and periods that are opened again get a place.

Why: where the ledger refuses a journal, people choose what follows (leave it out, post it in the next
open period, calculate anew), and whoever chose prepared what is proposed then: four eyes know it, too.
A period that was closed is closed anew under the next number, with a reason and what that takes back;
what reached us since counts in it, so the first open day of what came later may move back. A close
counts what its workflow has told: what a worker tells too late moves nothing.

Locks: brief ACCESS EXCLUSIVE on close and journal (constants in the catalogue, no rewrite).
Nothing to back-fill: what is there was never moved, left out or reopened.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())

# As 0003 made it, and besides: whoever chose what follows a refusal, or asked for the reopening.
FOUR_EYES = """
create or replace function decision_keeps_four_eyes() returns trigger language plpgsql as $$
begin
    if new.verdict <> 'approve' then
        return new;
    end if;
    perform from close where id = new.close_id for update;
    if exists (select from decision d where d.close_id = new.close_id and d.actor = new.actor
            and d.verdict = 'submit')
        or exists (select from resolution r where r.close_id = new.close_id and r.actor = new.actor)
        or exists (select from posting_choice p
            where p.close_id = new.close_id and p.actor = new.actor)
        or exists (select from close c where c.id = new.close_id and c.reason <> ''
            and c.started_by = new.actor)
        or exists (select from adoption_import a
            join close c on c.id = new.close_id and c.entity_id = a.entity_id
            join entity e on e.id = a.entity_id and e.adoption_date + 1 = c.period_start
            where a.imported_by = new.actor) then
        raise exception 'Four eyes: % prepared this close and can not approve it.', new.actor
            using errcode = 'check_violation', constraint = 'decision_keeps_four_eyes';
    end if;
    if exists (select from decision d where d.close_id = new.close_id and d.actor = new.actor
            and d.round = new.round and d.step = new.step and d.verdict = 'approve'
            and d.id <> new.id and (d.level <> new.level or d.kinds = '' or new.kinds = ''
                or string_to_array(d.kinds, ',') && string_to_array(new.kinds, ','))) then
        raise exception '% has approved this proposal already.', new.actor
            using errcode = 'unique_violation', constraint = 'decision_keeps_four_eyes';
    end if;
    return new;
end $$;
"""

GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant select, insert on posting_choice to tieout_worker;
        grant usage on sequence posting_choice_id_seq to tieout_worker;
        grant update (open_from) on document, report, payment, resolution to tieout_worker;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant select on posting_choice to tieout_api;
    end if;
end $$;
"""


def upgrade() -> None:
    def constant(table: str, name: str, kind: sa.types.TypeEngine, value: str) -> None:
        """A column that is never empty: the rows there are get the constant, new ones say theirs."""
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
        op.alter_column(table, name, server_default=None)

    constant('close', 'reason', sa.String(), '')
    constant('close', 'supersedes', JSON, '[]')
    constant('close', 'reached', sa.BigInteger(), '0')
    constant('journal', 'as_draft', sa.Boolean(), 'false')
    op.add_column('journal', sa.Column('belongs_to', sa.Date(), nullable=True))
    op.create_table('posting_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('close_id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('choice', sa.String(), nullable=False),
    sa.Column('journal_hash', sa.String(), nullable=False),
    sa.Column('post_from', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['close_id'], ['close.id'], name=op.f('fk_posting_choice_close_id')),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_posting_choice_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting_choice')),
    sa.UniqueConstraint('nonce', name=op.f('uq_posting_choice_nonce'))
    )
    op.create_index(op.f('ix_posting_choice_close_id'), 'posting_choice', ['close_id'], unique=False)
    op.create_index(op.f('ix_posting_choice_entity_id'), 'posting_choice', ['entity_id'], unique=False)
    op.execute(FOUR_EYES)
    op.execute(GRANTS)
