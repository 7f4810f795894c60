"""audit lines in a chain, lines of before taken into it"""

import secrets
from dataclasses import asdict

import sqlalchemy as sa
from alembic import op

from controller.people.chain import BEGINNING, Line, digest, seal

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

KEPT = ('id', 'at', 'clock', 'who_id', 'sealed', 'action', 'subject', 'area_id', 'detail', '"before"', '"after"', 'hash')
SAME = ' AND '.join(f'NEW.{name} IS OLD.{name}' for name in KEPT)


def upgrade() -> None:
    for name in ('clock', 'sealed', 'hash'):
        op.add_column('audit_line', sa.Column(name, sa.String(), nullable=False, server_default=''))
    for name in ('salt', 'before', 'after'):
        op.add_column('audit_line', sa.Column(name, sa.String(), nullable=True))
    for name in ('who_id', 'subject'):
        op.create_index(f'ix_audit_line_{name}', 'audit_line', [name])
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    _bind(op.get_bind())
    op.execute(f"""CREATE TRIGGER audit_line_is_not_changed BEFORE UPDATE ON audit_line
WHEN NOT (NEW.who = '' AND NEW.origin = '' AND NEW.salt IS NULL AND {SAME})
BEGIN SELECT RAISE(ABORT, 'audit lines are only added to'); END""")
    op.execute("""CREATE TRIGGER audit_line_is_not_deleted BEFORE DELETE ON audit_line
BEGIN SELECT RAISE(ABORT, 'audit lines are only added to'); END""")


def _bind(connection: sa.Connection) -> None:
    """Number the lines of before from 1 in their order, and bind each to the one before it."""
    rows = connection.execute(sa.text(
        'SELECT id, at, who_id, who, origin, action, subject, area_id, detail FROM audit_line ORDER BY id'
    )).all()
    bound, previous = [], BEGINNING
    for seq, row in enumerate(rows, 1):
        salt = secrets.token_hex(16)
        line = asdict(Line(
            seq, row.at, '', row.who_id, row.who, row.origin, salt, seal(salt, row.who, row.origin), row.action,
            row.subject, row.area_id, row.detail, None, None, '',
        ))
        previous = digest(line, previous)
        bound.append({'old': row.id, 'seq': seq, 'salt': salt, 'sealed': line['sealed'], 'hash': previous})
    if bound:
        connection.execute(sa.text(
            'UPDATE audit_line SET id = :seq, salt = :salt, sealed = :sealed, hash = :hash WHERE id = :old'
        ), bound)
        connection.execute(sa.text('INSERT INTO audit_head (id, seq, hash) VALUES (1, :seq, :hash)'), bound[-1])
