"""What a city sets, change by change; weekly hours that begin on a day to come; counters that are no more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NOTHING = sa.text("'{}'")


def upgrade() -> None:
    """Make the table and the column; the hours that an office has go on until somebody sets others."""
    op.create_table(
        "setting_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("of", sa.String(length=32), nullable=False),
        sa.Column("before", models.core.types.Document, nullable=False),
        sa.Column("after", models.core.types.Document, nullable=False),
        sa.Column("at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_change")),
    )
    op.create_index("ix_setting_change_of", "setting_change", ["topic", "of", "id"])
    op.add_column("counter", sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "office",
        sa.Column("later_hours", models.core.types.Document, server_default=NOTHING, nullable=False),
    )


def downgrade() -> None:
    """Forget the changes; what they set last stays, but hours that have not begun are lost."""
    op.drop_index("ix_setting_change_of", table_name="setting_change")
    op.drop_table("setting_change")
    op.drop_column("office", "later_hours")
    op.drop_column("counter", "removed")
