"""speakers that join and leave"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim_code',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('bearing', sa.Float(), nullable=True),
    sa.Column('replaces', sa.String(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.Column('device_id', sa.String(), nullable=True),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.ForeignKeyConstraint(['replaces'], ['device.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    with op.batch_alter_table('claim_code', schema=None) as batch_op:
        for column in ('area_id', 'device_id', 'expires_at', 'replaces'):
            batch_op.create_index(batch_op.f(f'ix_claim_code_{column}'), [column], unique=False)
    op.create_table('device_certificate',
    sa.Column('serial', sa.String(), nullable=False),
    sa.Column('device_id', sa.String(), nullable=False),
    sa.Column('public_key', sa.String(), nullable=False),
    sa.Column('pem', sa.String(), nullable=False),
    sa.Column('issued_at', sa.BigInteger(), nullable=False),
    sa.Column('not_after', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.PrimaryKeyConstraint('serial')
    )
    with op.batch_alter_table('device_certificate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_device_certificate_device_id'), ['device_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_device_certificate_revoked_at'), ['revoked_at'], unique=False)
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('status', sa.String(), nullable=False, server_default='in_service'))
        batch_op.add_column(sa.Column('status_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('replaced_by', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('shut_out_at', sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f('ix_device_replaced_by'), ['replaced_by'], unique=False)
    op.execute("update device set status = 'retired', status_at = retired_at where retired_at is not null")
