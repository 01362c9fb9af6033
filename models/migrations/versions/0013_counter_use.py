"""Minutes in which counters stood open and served, beside the facts with a view; when serving ended before back work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("daily_fact", "period_fact")
COLUMNS = ("open_minutes", "serving_minutes")
VIEW = """
CREATE VIEW star_counters AS
SELECT office_id, day, substr(key, 1, length(key) - 6) AS main_queue, substr(key, length(key) - 4) AS half_hour,
    open_minutes, serving_minutes
FROM daily_fact WHERE cut = 'counters'
"""


def upgrade() -> None:
    """Add the minutes; days whose facts were made before have none, and say so by having none."""
    for table in TABLES:
        for name in COLUMNS:
            op.add_column(table, sa.Column(name, sa.Double(), nullable=False, server_default="0"))
    instant = models.core.types.UTCDateTime(timezone=True)
    op.add_column("ticket", sa.Column("served_end_at", instant, nullable=True))
    op.get_bind().exec_driver_sql(VIEW)


def downgrade() -> None:
    """Drop them, and the rows that hold nothing else."""
    op.get_bind().exec_driver_sql("DROP VIEW star_counters")
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE cut = 'counters'")  # noqa: S608
        for name in COLUMNS:
            op.drop_column(table, name)
    op.drop_column("ticket", "served_end_at")
