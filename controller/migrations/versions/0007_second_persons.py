"""what waits for a second person, and who was the second one"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('approval_request',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('nature', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=True),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('wish', sa.JSON(), nullable=False),
    sa.Column('pins', sa.JSON(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('speakers', sa.Integer(), nullable=False),
    sa.Column('everyone', sa.Boolean(), nullable=False),
    sa.Column('bulletin_id', sa.String(), nullable=True),
    sa.Column('start_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('created_by_id', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('circle', sa.JSON(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('decided_by_id', sa.String(), nullable=True),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=True),
    sa.Column('problem', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('created_at', 'created_by_id', 'state'):
        op.create_index(f'ix_approval_request_{column}', 'approval_request', [column])
    op.create_table('approval_policy',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=True),
    sa.Column('ranks', sa.JSON(), nullable=False),
    sa.Column('sources', sa.JSON(), nullable=False),
    sa.Column('from_speakers', sa.Integer(), nullable=True),
    sa.Column('from_percent', sa.Integer(), nullable=True),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('area_id')
    )
    for table in ('broadcast', 'alert'):
        op.add_column(table, sa.Column('created_by_id', sa.String(), nullable=False, server_default=''))
        op.add_column(table, sa.Column('approved_by', sa.String(), nullable=True))
    op.add_column('programme', sa.Column('changed_by_id', sa.String(), nullable=False, server_default=''))
    op.add_column('programme', sa.Column('approved_by', sa.String(), nullable=True))
    op.add_column('bulletin', sa.Column('held', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute('ALTER TABLE person ADD COLUMN area_id VARCHAR REFERENCES area (id)')
    op.create_index('ix_person_area_id', 'person', ['area_id'])
