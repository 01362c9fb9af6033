"""How many are expected on the days ahead."""

from __future__ import annotations

import models.core.types
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "day_forecast",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("p10", sa.Double(), nullable=False),
        sa.Column("p50", sa.Double(), nullable=False),
        sa.Column("p90", sa.Double(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("shares", models.core.types.Document, nullable=False),
        sa.Column("week_before", models.core.types.Document, nullable=False),
        sa.Column("made_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_day_forecast_office_id")),
        sa.PrimaryKeyConstraint("office_id", "queue", "day", name=op.f("pk_day_forecast")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("day_forecast")
