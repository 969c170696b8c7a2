"""As the good one; its way back leaves a constraint behind."""
from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("SET lock_timeout = '2s'")
    op.add_column("orders", sa.Column("state", sa.Text, nullable=False, server_default="open"))
    op.execute("UPDATE orders SET state = 'shipped' WHERE shipped_date IS NOT NULL")
    op.create_check_constraint("ck_orders_state", "orders", "state IN ('open', 'shipped', 'cancelled')")
    op.create_check_constraint("ck_orders_shipped_after_order", "orders", "shipped_date >= order_date")
    op.create_index("ix_orders_open", "orders", ["order_date"], postgresql_where=sa.text("state = 'open'"))


def downgrade():
    op.drop_index("ix_orders_open", "orders")
    op.drop_column("orders", "state")
