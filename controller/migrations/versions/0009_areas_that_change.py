"""areas that change, and where speakers have stood"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('area', sa.Column('ended_at', sa.BigInteger(), nullable=True))
    op.execute('ALTER TABLE area ADD COLUMN merged_into VARCHAR REFERENCES area (id)')
    op.add_column('alert', sa.Column('moved_at', sa.BigInteger(), nullable=True))
    op.add_column('alert', sa.Column('placed_at', sa.BigInteger(), nullable=True))
    op.create_table('area_past',
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('parent_id', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('area_id', 'since')
    )
    op.create_table('stay',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('device_id', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('home', sa.Boolean(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('since_seq', sa.BigInteger(), nullable=False),
    sa.Column('left_seq', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('area_id', 'device_id', 'left_seq', 'since_seq'):
        op.create_index(f'ix_stay_{column}', 'stay', [column])
    op.execute(
        'INSERT INTO area_past (area_id, since, name, parent_id) SELECT id, created_at, name, parent_id FROM area'
    )
    op.execute(
        'INSERT INTO stay (device_id, area_id, number, home, since, since_seq) '
        'SELECT membership.device_id, membership.area_id, membership.number, membership.area_id = device.area_id, '
        'device.registered_at, -1 FROM membership JOIN device ON device.id = membership.device_id'
    )
