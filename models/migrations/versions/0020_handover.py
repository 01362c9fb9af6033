"""Handing applications over to other systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "receiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("shape", sa.String(length=20), nullable=False),
        sa.Column("order", models.core.types.Document, nullable=False),
        sa.Column("dates", sa.String(length=8), nullable=False),
        sa.Column("forms", models.core.types.Document, nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("ended_at", models.core.types.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "way IN (\x27copy\x27, \x27file\x27, \x27folder\x27, \x27webhook\x27)",
            name=op.f("ck_receiver_way"),
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_receiver_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiver")),
    )
    op.create_index(op.f("ix_receiver_office_id"), "receiver", ["office_id"])
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.String(length=12), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("counter", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("as_of", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("made_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("next_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("held_until", models.core.types.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", models.core.types.UTCDateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "state IN (\x27due\x27, \x27carrying\x27, \x27done\x27, \x27dead\x27)",
            name=op.f("ck_handover_state"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_handover_application_id")
        ),
        sa.ForeignKeyConstraint(["receiver_id"], ["receiver.id"], name=op.f("fk_handover_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint(
            "application_id", "receiver_id", "copy", name=op.f("uq_handover_application_id_receiver_id_copy")
        ),
        sa.UniqueConstraint("receipt", name=op.f("uq_handover_receipt")),
    )
    op.create_index(op.f("ix_handover_receiver_id"), "handover", ["receiver_id"])
    op.create_index("ix_handover_queue", "handover", ["state", "next_at"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("handover")
    op.drop_table("receiver")
