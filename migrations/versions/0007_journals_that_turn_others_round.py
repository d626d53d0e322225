"""A journal says which posted one it turns round as a whole; of each at most one is posted.

Locks: brief ACCESS EXCLUSIVE on journal (a column that may be empty, an index over few rows).
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('journal', sa.Column('reverses_id', sa.Integer(), nullable=True))
    op.create_foreign_key('journal_reverses_id_fkey', 'journal', 'journal', ['reverses_id'], ['id'])
    op.create_index(
        'uq_journal_reversed_once', 'journal', ['reverses_id'], unique=True,
        postgresql_where=sa.text("state = 'posted'"),
    )
