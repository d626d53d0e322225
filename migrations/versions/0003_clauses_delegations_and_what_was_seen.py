"""Decisions cite their clause and what was seen; delegations; four eyes kept by the database itself.

Why: a decision says which clause of the policy asked for it, by which delegation the person held
the role, and the hash of the figures on the page. Whoever prepared a close can't approve it, and
nobody approves one proposal, or one of its kinds of journal, twice, whatever program or person writes
the row: a trigger that fires for every role, and a unique index.

Locks: a brief ACCESS EXCLUSIVE on decision (a table of a few rows a close; no rewrite, constants are
kept in the catalogue). The index is built under it. Decisions that are there keep empty values.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())

# The close's row is locked first: an answer to an exception and an approval by the same person
# can't pass each other unseen. Postgres fires an ALWAYS trigger for replicas and superusers too.
FOUR_EYES = """
create function decision_keeps_four_eyes() returns trigger language plpgsql as $$
begin
    if new.verdict <> 'approve' then
        return new;
    end if;
    perform from close where id = new.close_id for update;
    if exists (select from decision d where d.close_id = new.close_id and d.actor = new.actor
            and d.verdict = 'submit')
        or exists (select from resolution r where r.close_id = new.close_id and r.actor = new.actor)
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
create trigger decision_keeps_four_eyes before insert or update on decision
    for each row execute function decision_keeps_four_eyes();
alter table decision enable always trigger decision_keeps_four_eyes;
"""

GRANTS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'tieout_worker') then
        grant select on delegation, seen_content to tieout_worker;
    end if;
    if exists (select from pg_roles where rolname = 'tieout_api') then
        grant select, insert on delegation, seen_content to tieout_api;
        grant update (revoked_by, revoked_at) on delegation to tieout_api;
        grant usage on sequence delegation_id_seq to tieout_api;
    end if;
end $$;
"""


def upgrade() -> None:
    def constant(name: str, kind: sa.types.TypeEngine, value: str) -> None:
        """A column that is never empty: the rows there are get the constant, new ones say theirs."""
        op.add_column('decision', sa.Column(name, kind, nullable=False, server_default=value))
        op.alter_column('decision', name, server_default=None)

    constant('clause', sa.String(), '')
    constant('delegations', JSON, '[]')
    constant('seen', sa.String(), '')
    constant('kinds', sa.String(), '')
    op.drop_constraint(op.f('uq_decision_close_id_round_step_level_actor_proposal_hash'), 'decision')
    op.create_unique_constraint(
        op.f('uq_decision_close_id_round_step_level_actor_proposal_hash_kinds'), 'decision',
        ['close_id', 'round', 'step', 'level', 'actor', 'proposal_hash', 'kinds'])
    op.create_index('uq_decision_one_approval_by_person', 'decision',
        ['close_id', 'round', 'step', 'actor', 'kinds'], unique=True,
        postgresql_where=sa.text("verdict = 'approve'"))
    op.create_table('delegation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entity_id', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('delegate', sa.String(), nullable=False),
    sa.Column('granted_by', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('revoked_by', sa.String(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['entity_id'], ['entity.id'], name=op.f('fk_delegation_entity_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation'))
    )
    op.create_index(op.f('ix_delegation_entity_id'), 'delegation', ['entity_id'], unique=False)
    op.create_table('seen_content',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_seen_content'))
    )
    op.execute(FOUR_EYES)
    op.execute(GRANTS)
    firing = op.get_bind().scalar(sa.text(
        "select tgenabled::text from pg_trigger where tgname = 'decision_keeps_four_eyes'"
    ))
    assert firing == "A", "the trigger that keeps four eyes does not fire for everybody"
