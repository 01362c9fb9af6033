"""Forms as a city writes them, version by version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)


def upgrade() -> None:
    """Make the table; until something is released every form is the catalogue's."""
    op.create_table(
        "form_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("proposed_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'released', 'dropped')", name=op.f("ck_form_revision_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_revision")),
        sa.UniqueConstraint("form", "number", name=op.f("uq_form_revision_form_number")),
    )


def downgrade() -> None:
    """Forget the revisions; editions that were adopted with them stay."""
    op.drop_table("form_revision")
