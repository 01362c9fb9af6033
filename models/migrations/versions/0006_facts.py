"""Facts: what days, months and years of an office add up to."""

import models.core.types
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)
COUNTS = ("came", "served", "booked", "booked_served", "prefilled", "prefillable", "no_shows", "within_target")
SPREADS = ("waits", "gaps", "handlings")


def sums() -> list[sa.Column]:
    columns = [sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS]
    for name in SPREADS:
        columns += [
            sa.Column(f"{name}_n", sa.Integer(), nullable=False),
            sa.Column(f"{name}_sum", sa.Double(), nullable=False),
            sa.Column(f"{name}_max", sa.Double(), nullable=True),
            sa.Column(f"{name}_spread", sa.LargeBinary(), nullable=False),
        ]
    return columns


def upgrade() -> None:
    op.create_table(
        "daily_fact",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("cut", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        *sums(),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_daily_fact_office_id")),
        sa.PrimaryKeyConstraint("office_id", "cut", "day", "key", name=op.f("pk_daily_fact")),
    )
    op.create_table(
        "period_fact",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("grain", sa.String(length=8), nullable=False),
        sa.Column("cut", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        *sums(),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_period_fact_office_id")),
        sa.PrimaryKeyConstraint(
            "office_id", "grain", "cut", "key", "day", "weekday", name=op.f("pk_period_fact")
        ),
        sa.CheckConstraint("grain IN ('month', 'year')", name=op.f("ck_period_fact_grain")),
    )
    op.create_table(
        "fact_day",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_fact_day_office_id")),
        sa.PrimaryKeyConstraint("office_id", "day", name=op.f("pk_fact_day")),
    )
    op.create_index("ix_fact_day_stale", "fact_day", ["office_id", "made_at"])


def downgrade() -> None:
    op.drop_table("fact_day")
    op.drop_table("period_fact")
    op.drop_table("daily_fact")
