"""An index for an office's slips of the last hours, which every counter's page looks through."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Look up an office's slips by when they were asked for; nothing that is kept changes."""
    op.create_index("ix_slip_job_office", "slip_job", ["office_id", "asked_at"])


def downgrade() -> None:
    """Look them up as before."""
    op.drop_index("ix_slip_job_office", table_name="slip_job")
