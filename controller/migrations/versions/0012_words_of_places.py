"""words of places, and the newest bulletin of each"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table('glossary', 'glossary_before')
    op.create_table('glossary',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area_id', sa.String(), nullable=True),
    sa.Column('written', sa.String(), nullable=False),
    sa.Column('spoken', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('area_id', 'written')
    )
    op.create_index('ix_glossary_area_id', 'glossary', ['area_id'])
    op.execute('INSERT INTO glossary (written, spoken) SELECT written, spoken FROM glossary_before')
    op.drop_table('glossary_before')
    op.create_index('ix_bulletin_newest', 'bulletin', ['category', 'owner_id', 'created_at'])
