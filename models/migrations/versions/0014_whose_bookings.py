"""Whose bookings are, as keyed hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; bookings from before are nobody's."""
    op.create_table(
        "booking_person",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_booking_person_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", "person_hash", name=op.f("pk_booking_person")),
    )
    op.create_index(op.f("ix_booking_person_person_hash"), "booking_person", ["person_hash"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("booking_person")
