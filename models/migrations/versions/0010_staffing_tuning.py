"""Plans of counters that are computed in the background."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)
STATES = ("asked", "running", "done", "cancelled", "failed")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "staffing_tuning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=4), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("within", sa.Double(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("holder", sa.String(length=60), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.Column("result", models.core.types.Document, nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_staffing_tuning_state")),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_staffing_tuning_progress")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_staffing_tuning_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_tuning")),
    )
    op.create_index("ix_staffing_tuning_state", "staffing_tuning", ["state"])
    op.create_index("ix_staffing_tuning_office", "staffing_tuning", ["office_id", "queue", "asked_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("staffing_tuning")
