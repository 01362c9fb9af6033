"""What is still sealed is found without going through history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FIELDS = sa.text("fields IS NOT NULL")
CONTACT = sa.text("contact IS NOT NULL OR notes IS NOT NULL")


def upgrade() -> None:
    """Index the sealed rows by the day on which they are due."""
    op.create_index(
        "ix_application_sealed", "application", ["due"], sqlite_where=FIELDS, postgresql_where=FIELDS
    )
    op.create_index(
        "ix_booking_sealed", "booking", ["office_id", "day"], sqlite_where=CONTACT, postgresql_where=CONTACT
    )


def downgrade() -> None:
    """Drop the indexes."""
    op.drop_index("ix_booking_sealed", "booking")
    op.drop_index("ix_application_sealed", "application")
