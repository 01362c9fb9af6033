"""What the two sides of a separated network carry to one another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "other_side",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seal", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("taken_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_side")),
    )
    op.create_table(
        "carried_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("taken_by", sa.String(length=60), nullable=False),
        sa.Column("content", models.core.types.Document, nullable=False),
        sa.CheckConstraint("kind IN (\x27day-list\x27, \x27status\x27)", name=op.f("ck_carried_file_kind")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_carried_file_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carried_file")),
        sa.UniqueConstraint("kind", "office_id", "day", name=op.f("uq_carried_file_kind_office_id_day")),
    )
    op.create_table(
        "carried_booking",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_carried_booking_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_carried_booking")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("carried_booking")
    op.drop_table("carried_file")
    op.drop_table("other_side")
