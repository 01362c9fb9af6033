"""How an office's people can work, version by version; plans in the background may be rosters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and say of plans what they are; those from before are of counters."""
    op.create_table(
        "roster_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("own", models.core.types.Document, nullable=False),
        sa.Column("changed_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_roster_rules_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_rules")),
        sa.UniqueConstraint("office_id", "version", name=op.f("uq_roster_rules_office_id_version")),
    )
    kind = sa.Column("kind", sa.String(length=10), nullable=False, server_default="counters")
    op.add_column("staffing_tuning", kind)
    inputs = sa.Column("inputs", models.core.types.Document, nullable=False, server_default="{}")
    op.add_column("staffing_tuning", inputs)


def downgrade() -> None:
    """Drop them, and the rosters."""
    op.execute("DELETE FROM staffing_tuning WHERE kind <> 'counters'")
    with op.batch_alter_table("staffing_tuning") as table:
        table.drop_column("inputs")
        table.drop_column("kind")
    op.drop_table("roster_rules")
