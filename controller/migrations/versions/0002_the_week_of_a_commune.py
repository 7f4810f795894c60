"""the week of a commune"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lease',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('token', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('speaker_group',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('special_day',
    sa.Column('day', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('off', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('day')
    )
    op.create_table('timetable',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('planned', sa.Integer(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('zone',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('latitude', sa.Float(), nullable=False),
    sa.Column('longitude', sa.Float(), nullable=False),
    sa.Column('radius_m', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('programme',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('owner_id', sa.String(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('programme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_programme_ended_at'), ['ended_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_programme_owner_id'), ['owner_id'], unique=False)

    op.create_table('air_rule',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=True),
    sa.Column('zone_id', sa.String(), nullable=True),
    sa.Column('device_id', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('air_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_air_rule_area_id'), ['area_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_air_rule_device_id'), ['device_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_air_rule_zone_id'), ['zone_id'], unique=False)

    op.create_table('airing',
    sa.Column('programme_id', sa.String(), nullable=False),
    sa.Column('nominal_at', sa.BigInteger(), nullable=False),
    sa.Column('start_at', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('order_id', sa.String(), nullable=False),
    sa.Column('instead', sa.JSON(), nullable=False),
    sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], ),
    sa.PrimaryKeyConstraint('programme_id', 'nominal_at', 'start_at', 'sha256')
    )
    with op.batch_alter_table('airing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_airing_order_id'), ['order_id'], unique=False)

    op.create_table('device_plan',
    sa.Column('device_id', sa.String(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('valid_to', sa.BigInteger(), nullable=False),
    sa.Column('published_at', sa.BigInteger(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('held_seq', sa.BigInteger(), nullable=False),
    sa.Column('held_at', sa.BigInteger(), nullable=True),
    sa.Column('missing', sa.JSON(), nullable=False),
    sa.Column('free_bytes', sa.BigInteger(), nullable=False),
    sa.Column('clock_error_us', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.PrimaryKeyConstraint('device_id')
    )
    op.create_table('programme_choice',
    sa.Column('first_id', sa.String(), nullable=False),
    sa.Column('second_id', sa.String(), nullable=False),
    sa.Column('second', sa.String(), nullable=False),
    sa.Column('decided_at', sa.BigInteger(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['first_id'], ['programme.id'], ),
    sa.ForeignKeyConstraint(['second_id'], ['programme.id'], ),
    sa.PrimaryKeyConstraint('first_id', 'second_id')
    )
    with op.batch_alter_table('programme_choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_programme_choice_second_id'), ['second_id'], unique=False)

    op.create_table('speaker_group_member',
    sa.Column('group_id', sa.String(), nullable=False),
    sa.Column('device_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], ),
    sa.ForeignKeyConstraint(['group_id'], ['speaker_group.id'], ),
    sa.PrimaryKeyConstraint('group_id', 'device_id')
    )
    with op.batch_alter_table('speaker_group_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_speaker_group_member_device_id'), ['device_id'], unique=False)

    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.add_column(sa.Column('languages', sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table('broadcast', schema=None) as batch_op:
        batch_op.add_column(sa.Column('programme_id', sa.String(), nullable=True))
        batch_op.create_index(batch_op.f('ix_broadcast_programme_id'), ['programme_id'], unique=False)

    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.add_column(sa.Column('category', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('language', sa.String(), nullable=False, server_default="vi"))
        batch_op.add_column(sa.Column('original_id', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('members', sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_index(batch_op.f('ix_bulletin_category'), ['category'], unique=False)
        batch_op.create_index(batch_op.f('ix_bulletin_original_id'), ['original_id'], unique=False)

    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('withdrawn_at', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('device', schema=None) as batch_op:
        batch_op.add_column(sa.Column('latitude', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('longitude', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('sim_daily_bytes', sa.BigInteger(), nullable=False, server_default="20000000"))
