"""a code given in a session, and secrets that nobody confirmed"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('log_in_session', sa.Column('proved_at', sa.BigInteger(), nullable=True))
    op.execute('DELETE FROM second_factor WHERE confirmed_at IS NULL')


def downgrade() -> None:
    with op.batch_alter_table('log_in_session') as table:
        table.drop_column('proved_at')
