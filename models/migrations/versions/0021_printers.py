"""Printers in the network, and the sheets on their way to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)
STATES = "'asked', 'held', 'sending', 'sent', 'confirmed', 'unclear', 'failed', 'cancelled'"
UNDER_WAY = sa.text("state IN ('asked', 'held', 'sending')")


def upgrade() -> None:
    """Make the tables; what was printed before went through browsers."""
    op.create_table(
        "printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("counters", models.core.types.Document, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(length=60), nullable=True),
        sa.Column("looked_at", INSTANT, nullable=True),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_printer_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
    )
    op.create_index("ix_printer_office", "printer", ["office_id", "ended_at"])
    _prints()


def _prints() -> None:
    op.create_table(
        "direct_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("print_job_id", sa.Integer(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("counter", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("remote", sa.Integer(), nullable=True),
        sa.Column("at_printer", sa.Boolean(), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("held_until", INSTANT, nullable=True),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("wanted_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_direct_print_state")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_direct_print_office_id")),
        sa.ForeignKeyConstraint(["print_job_id"], ["print_job.id"], name=op.f("fk_direct_print_print_job_id")),
        sa.ForeignKeyConstraint(["printer_id"], ["printer.id"], name=op.f("fk_direct_print_printer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_direct_print")),
    )
    op.create_index(
        "uq_direct_print_under_way",
        "direct_print",
        ["print_job_id"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_index(op.f("ix_direct_print_print_job_id"), "direct_print", ["print_job_id"])
    op.create_index("ix_direct_print_open", "direct_print", ["office_id", "state"])


def downgrade() -> None:
    """Drop them; the sheets themselves stay noted."""
    op.drop_table("direct_print")
    op.drop_table("printer")
