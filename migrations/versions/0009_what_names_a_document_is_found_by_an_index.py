"""What names a document is found by an index: a line of a big book is explained at once.

Of what is rarely there the indexes hold only what is: a credit's invoice, a line's obligation.
Postgres keeps no count of the values of such an index by itself: it is told to.

Locks: SHARE on document, document_line and report while their indexes are made, some seconds for a million
lines; who reads does not wait.
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_document_source_id', 'document', ['entity_id', 'source_id'])
    op.create_index(
        'ix_document_contract', 'document', ['entity_id', 'contract'],
        postgresql_where=sa.text('contract is not null'),
    )
    for name in ('credits', 'modifies'):
        said = f"(details ->> '{name}')"
        op.create_index(
            f'ix_document_{name}', 'document', ['entity_id', sa.text(said)],
            postgresql_where=sa.text(f'{said} is not null'),
        )
        op.execute(f'create statistics document_{name} on {said} from document')
    for name in ('obligation', 'against', 'expense'):
        said = f"(details ->> '{name}')"
        begins = f"split_part({said}, '/', 1)"
        op.create_index(
            f'ix_document_line_{name}', 'document_line', [sa.text(begins)],
            postgresql_where=sa.text(f'{said} is not null'),
        )
        op.execute(f'create statistics document_line_{name} on ({begins}) from document_line')
    op.create_index('ix_report_document', 'report', ['entity_id', sa.text("split_part(line, '/', 1)")])
    op.execute('analyze document, document_line, report')
