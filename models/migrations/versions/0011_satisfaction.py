"""How satisfied people were, one score a visit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "satisfaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queue", sa.String(length=4), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name=op.f("ck_satisfaction_score")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_satisfaction_office_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_satisfaction_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_satisfaction_visit_id")),
    )
    op.create_index("ix_satisfaction_day", "satisfaction", ["office_id", "day"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("satisfaction")
