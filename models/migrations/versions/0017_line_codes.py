"""One-time codes for LINE."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "line_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("holder_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("used_by", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_line_code_code_hash")),
    )
    op.create_index(op.f("ix_line_code_holder_hash"), "line_code", ["holder_hash"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("line_code")
