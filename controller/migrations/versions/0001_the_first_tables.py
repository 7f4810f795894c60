"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alert',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('read_as', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('revised_at', sa.BigInteger(), nullable=False),
    sa.Column('start_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('repeats', sa.Integer(), nullable=False),
    sa.Column('gap_ms', sa.Integer(), nullable=False),
    sa.Column('volume', sa.Integer(), nullable=False),
    sa.Column('tone_sha256', sa.String(), nullable=False),
    sa.Column('tone_ms', sa.Integer(), nullable=False),
    sa.Column('speech_sha256', sa.String(), nullable=True),
    sa.Column('speech_ms', sa.Integer(), nullable=False),
    sa.Column('speech_at', sa.BigInteger(), nullable=True),
    sa.Column('silent_speech', sa.Boolean(), nullable=False),
    sa.Column('speech_problem', sa.String(), nullable=True),
    sa.Column('cleared', sa.Boolean(), nullable=False),
    sa.Column('cancelled_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_alert_expires_at'), ['expires_at'], unique=False)

    op.create_table('answered_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('who', 'key')
    )
    with op.batch_alter_table('answered_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_answered_request_at'), ['at'], unique=False)

    op.create_table('api_key',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('digest')
    )
    op.create_table('area',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('parent_id', sa.String(), nullable=True),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('next_number', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_area_parent_id'), ['parent_id'], unique=False)

    op.create_table('audit_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('audit_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_line_at'), ['at'], unique=False)

    op.create_table('blob',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('duration_ms', sa.Integer(), nullable=False),
    sa.Column('chunk_bytes', sa.Integer(), nullable=False),
    sa.Column('clip', sa.String(), nullable=True),
    sa.Column('issued_at', sa.BigInteger(), nullable=False),
    sa.Column('retained_until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('sha256')
    )
    with op.batch_alter_table('blob', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_blob_clip'), ['clip'], unique=False)
        batch_op.create_index(batch_op.f('ix_blob_retained_until'), ['retained_until'], unique=False)

    op.create_table('delivery_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occurrence_id', sa.String(), nullable=False),
    sa.Column('device_id', sa.String(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('receipt', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('delivery_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_event_device_id'), ['device_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_event_occurrence_id'), ['occurrence_id'], unique=False)

    op.create_table('glossary',
    sa.Column('written', sa.String(), nullable=False),
    sa.Column('spoken', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('written')
    )
    op.create_table('occurrence',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('order_id', sa.String(), nullable=False),
    sa.Column('start_at', sa.BigInteger(), nullable=False),
    sa.Column('publish_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('claimed_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('order_id', 'start_at')
    )
    with op.batch_alter_table('occurrence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_occurrence_claimed_at'), ['claimed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_occurrence_order_id'), ['order_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_occurrence_publish_at'), ['publish_at'], unique=False)

    op.create_table('alert_area',
    sa.Column('alert_id', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], ),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('alert_id', 'area_id')
    )
    op.create_table('bulletin',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=True),
    sa.Column('read_as', sa.String(), nullable=True),
    sa.Column('voice', sa.JSON(), nullable=False),
    sa.Column('chime', sa.Boolean(), nullable=False),
    sa.Column('upload_sha256', sa.String(), nullable=True),
    sa.Column('upload_name', sa.String(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('problem', sa.String(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('wav_sha256', sa.String(), nullable=True),
    sa.Column('lufs', sa.Float(), nullable=True),
    sa.Column('true_peak_db', sa.Float(), nullable=True),
    sa.Column('warnings', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulletin_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_bulletin_state'), ['state'], unique=False)

    op.create_table('device',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('public_key', sa.String(), nullable=False),
    sa.Column('registered_at', sa.BigInteger(), nullable=False),
    sa.Column('retired_at', sa.BigInteger(), nullable=True),
    sa.Column('volume', sa.Integer(), nullable=False),
    sa.Column('trim_us', sa.Integer(), nullable=False),
    sa.Column('config_seq', sa.BigInteger(), nullable=False),
    sa.Column('config_content', sa.String(), nullable=False),
    sa.Column('reported_config_seq', sa.BigInteger(), nullable=False),
    sa.Column('online', sa.Boolean(), nullable=False),
    sa.Column('last_seen', sa.BigInteger(), nullable=True),
    sa.Column('online_changed_at', sa.BigInteger(), nullable=True),
    sa.Column('boot', sa.String(), nullable=True),
    sa.Column('model', sa.String(), nullable=True),
    sa.Column('firmware', sa.String(), nullable=True),
    sa.Column('health', sa.JSON(), nullable=False),
    sa.Column('health_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_device_area_id'), ['area_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_device_online'), ['online'], unique=False)

    op.create_table('broadcast',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('bulletin_id', sa.String(), nullable=False),
    sa.Column('occurrence_id', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('duration_ms', sa.Integer(), nullable=False),
    sa.Column('rank', sa.String(), nullable=False),
    sa.Column('volume', sa.Integer(), nullable=False),
    sa.Column('repeats', sa.Integer(), nullable=False),
    sa.Column('gap_ms', sa.Integer(), nullable=False),
    sa.Column('start_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.Column('max_late_ms', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('stop_requested_at', sa.BigInteger(), nullable=True),
    sa.Column('stop_published_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['bulletin_id'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['sha256'], ['blob.sha256'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('broadcast', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_broadcast_bulletin_id'), ['bulletin_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcast_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcast_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcast_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_broadcast_occurrence_id'), ['occurrence_id'], unique=False)

    op.create_table('delivery',
    sa.Column('occurrence_id', sa.String(), nullable=False),
    sa.Column('device_id', sa.String(), nullable=False),
    sa.Column('order_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('deadline_at', sa.BigInteger(), nullable=False),
    sa.Column('published_at', sa.BigInteger(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('heard_ms', sa.Integer(), nullable=False),
    sa.Column('expected_ms', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('clock_error_us', sa.Integer(), nullable=True),
    sa.Column('restarts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.PrimaryKeyConstraint('occurrence_id', 'device_id')
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delivery_device_id'), ['device_id'], unique=False)
        batch_op.create_index('ix_delivery_open', ['state', 'deadline_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_order_id'), ['order_id'], unique=False)

    op.create_table('incident',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('device_id', sa.String(), nullable=True),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_by', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.create_index('ix_incident_open', ['kind', 'device_id', 'subject', 'closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_opened_at'), ['opened_at'], unique=False)

    op.create_table('membership',
    sa.Column('area_id', sa.String(), nullable=False),
    sa.Column('device_id', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.PrimaryKeyConstraint('area_id', 'device_id'),
    sa.UniqueConstraint('area_id', 'number')
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_device_id'), ['device_id'], unique=False)

    op.create_table('receipt_ledger',
    sa.Column('device_id', sa.String(), nullable=False),
    sa.Column('ledger', sa.String(), nullable=False),
    sa.Column('through', sa.BigInteger(), nullable=False),
    sa.Column('first_seen', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.PrimaryKeyConstraint('device_id', 'ledger')
    )
    op.create_table('broadcast_area',
    sa.Column('broadcast_id', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.ForeignKeyConstraint(['broadcast_id'], ['broadcast.id'], ),
    sa.PrimaryKeyConstraint('broadcast_id', 'area_id')
    )


def downgrade() -> None:
    op.drop_table('broadcast_area')
    op.drop_table('receipt_ledger')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_device_id'))

    op.drop_table('membership')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_opened_at'))
        batch_op.drop_index('ix_incident_open')

    op.drop_table('incident')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_order_id'))
        batch_op.drop_index('ix_delivery_open')
        batch_op.drop_index(batch_op.f('ix_delivery_device_id'))

    op.drop_table('delivery')
    with op.batch_alter_table('broadcast', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_broadcast_occurrence_id'))
        batch_op.drop_index(batch_op.f('ix_broadcast_expires_at'))
        batch_op.drop_index(batch_op.f('ix_broadcast_ends_at'))
        batch_op.drop_index(batch_op.f('ix_broadcast_created_at'))
        batch_op.drop_index(batch_op.f('ix_broadcast_bulletin_id'))

    op.drop_table('broadcast')
    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_device_online'))
        batch_op.drop_index(batch_op.f('ix_device_area_id'))

    op.drop_table('device')
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulletin_state'))
        batch_op.drop_index(batch_op.f('ix_bulletin_created_at'))

    op.drop_table('bulletin')
    op.drop_table('alert_area')
    with op.batch_alter_table('occurrence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_occurrence_publish_at'))
        batch_op.drop_index(batch_op.f('ix_occurrence_order_id'))
        batch_op.drop_index(batch_op.f('ix_occurrence_claimed_at'))

    op.drop_table('occurrence')
    op.drop_table('glossary')
    with op.batch_alter_table('delivery_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_event_occurrence_id'))
        batch_op.drop_index(batch_op.f('ix_delivery_event_device_id'))

    op.drop_table('delivery_event')
    with op.batch_alter_table('blob', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_blob_retained_until'))
        batch_op.drop_index(batch_op.f('ix_blob_clip'))

    op.drop_table('blob')
    with op.batch_alter_table('audit_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_line_at'))

    op.drop_table('audit_line')
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_area_parent_id'))

    op.drop_table('area')
    op.drop_table('api_key')
    with op.batch_alter_table('answered_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_answered_request_at'))

    op.drop_table('answered_request')
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alert_expires_at'))
        batch_op.drop_index(batch_op.f('ix_alert_created_at'))

    op.drop_table('alert')
