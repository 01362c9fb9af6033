"""A system's token may end by itself, and it is known when it was used last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two instants."""
    for name in ("expires_at", "used_at"):
        op.add_column(
            "access_token", sa.Column(name, models.core.types.UTCDateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("access_token") as table:
        table.drop_column("used_at")
        table.drop_column("expires_at")
