"""Indexes for what is looked up all day, so that no look reads what was long ago."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Look up a printer's sheets, a counter's shifts and a day's prints; nothing that is kept changes."""
    op.drop_index("ix_direct_print_open", table_name="direct_print")
    op.create_index("ix_direct_print_office", "direct_print", ["office_id", "asked_at"])
    op.create_index("ix_direct_print_state", "direct_print", ["state", "printer_id"])
    op.create_index("ix_direct_print_at_printer", "direct_print", ["at_printer", "printer_id"])
    op.create_index("ix_counter_shift_counter", "counter_shift", ["counter_id", "day"])
    op.create_index("ix_print_job_asked_at", "print_job", ["asked_at"])


def downgrade() -> None:
    """Look things up as before."""
    op.drop_index("ix_print_job_asked_at", table_name="print_job")
    op.drop_index("ix_counter_shift_counter", table_name="counter_shift")
    op.drop_index("ix_direct_print_at_printer", table_name="direct_print")
    op.drop_index("ix_direct_print_state", table_name="direct_print")
    op.drop_index("ix_direct_print_office", table_name="direct_print")
    op.create_index("ix_direct_print_open", "direct_print", ["office_id", "state"])
