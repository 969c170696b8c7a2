"""What production had when migrations began: its schema, as pg_dump wrote it."""
import pathlib

from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.get_bind().exec_driver_sql(pathlib.Path(__file__).with_name("baseline.sql").read_text())


def downgrade():
    raise RuntimeError("There is nothing before the beginning.")
