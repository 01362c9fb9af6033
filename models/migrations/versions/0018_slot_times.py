"""Times of their own for slots: patterns by weekday, and places that take a whole visit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SEARCH = ["office_id", "queue", "day", "starts_at", "ends_at", "capacity", "taken"]


def upgrade() -> None:
    """Make the table of patterns; what is published takes long visits in adjoining slots, as before."""
    op.add_column("slot", sa.Column("whole", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_index("ix_slot_search", table_name="slot")
    op.create_index("ix_slot_search", "slot", [*SEARCH, "whole"])
    op.create_table(
        "slot_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=4), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("times", models.core.types.Document, nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_slot_pattern_weekday")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_slot_pattern_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_pattern")),
    )
    op.create_index("ix_slot_pattern_office_id", "slot_pattern", ["office_id"])


def downgrade() -> None:
    """Forget the patterns; what was published with them stays as it is."""
    op.drop_table("slot_pattern")
    op.drop_index("ix_slot_search", table_name="slot")
    op.create_index("ix_slot_search", "slot", SEARCH)
    with op.batch_alter_table("slot") as table:
        table.drop_column("whole")
