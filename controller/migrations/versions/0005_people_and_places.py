"""people, what they may where, and whose things are"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('person',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('password', sa.String(), nullable=True),
    sa.Column('issuer', sa.String(), nullable=True),
    sa.Column('issuer_subject', sa.String(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('disabled_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('issuer', 'issuer_subject'),
    sa.UniqueConstraint('login')
    )
    op.create_table('role_grant',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=True),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('given_by', sa.String(), nullable=False),
    sa.Column('delegated_by', sa.String(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.ForeignKeyConstraint(['delegated_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('person_id', 'area_id', 'delegated_by'):
        op.create_index(f'ix_role_grant_{column}', 'role_grant', [column])
    for name in ('areas', 'actions', 'addresses'):
        op.add_column('api_key', sa.Column(name, sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('api_key', sa.Column('per_minute', sa.Integer(), nullable=True))
    op.add_column('api_key', sa.Column('created_by', sa.String(), nullable=False, server_default=''))
    op.add_column('api_key', sa.Column('expires_at', sa.BigInteger(), nullable=True))
    op.add_column('api_key', sa.Column('last_used_at', sa.BigInteger(), nullable=True))
    op.add_column('api_key', sa.Column('last_used_from', sa.String(), nullable=True))
    op.add_column('audit_line', sa.Column('who_id', sa.String(), nullable=False, server_default=''))
    op.add_column('audit_line', sa.Column('area_id', sa.String(), nullable=True))
    op.create_index('ix_audit_line_area_id', 'audit_line', ['area_id'])
    op.execute('ALTER TABLE bulletin ADD COLUMN owner_id VARCHAR REFERENCES area (id)')
    op.create_index('ix_bulletin_owner_id', 'bulletin', ['owner_id'])
    op.execute('ALTER TABLE zone ADD COLUMN area_id VARCHAR REFERENCES area (id)')
    op.create_index('ix_zone_area_id', 'zone', ['area_id'])
