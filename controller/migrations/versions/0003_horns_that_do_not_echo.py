"""horns that do not echo"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('bearing', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('interleave', sa.String(), nullable=True))
