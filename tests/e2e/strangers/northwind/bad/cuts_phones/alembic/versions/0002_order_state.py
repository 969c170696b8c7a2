"""Phone numbers need no more than fourteen characters."""
from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("SET lock_timeout = '2s'")
    op.alter_column("customers", "phone", type_=sa.String(14), postgresql_using="left(phone, 14)")


def downgrade():
    op.alter_column("customers", "phone", type_=sa.String(24))
