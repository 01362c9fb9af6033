"""Answers that are made in the night for what managers ask every day."""

from __future__ import annotations

import models.core.types
import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the next night fills it."""
    op.create_table(
        "kept_answer",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("asked", sa.String(length=100), nullable=False),
        sa.Column("rests", sa.String(length=64), nullable=False),
        sa.Column("made_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_kept_answer_office_id")),
        sa.PrimaryKeyConstraint("office_id", "question", "asked", name=op.f("pk_kept_answer")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("kept_answer")
