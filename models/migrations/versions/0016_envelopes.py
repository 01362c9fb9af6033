"""Sealed applications, and the public keys that seal them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.core.types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and know which envelope an application came in."""
    _keys()
    _envelopes()
    with op.batch_alter_table("application") as table:
        table.add_column(sa.Column("envelope", sa.LargeBinary(length=32), nullable=True))
        table.create_index(op.f("ix_application_envelope"), ["envelope"])
    _topics("'retention', 'messages', 'places', 'sealing'")


def _topics(names: str) -> None:
    """What an office may decide on; SQLite knows the rule's name only from here."""
    name = op.f("ck_office_policy_topic")
    with op.batch_alter_table("office_policy", table_args=(sa.CheckConstraint("true", name=name),)) as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"topic IN ({names})")


def _keys() -> None:
    op.create_table(
        "sealing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=4), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", models.core.types.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_sealing_key_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing_key")),
        sa.UniqueConstraint("mark", name=op.f("uq_sealing_key_mark")),
        sa.UniqueConstraint("office_id", "month", name=op.f("uq_sealing_key_office_id_month")),
    )


def _envelopes() -> None:
    op.create_table(
        "envelope",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("created_at", models.core.types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_envelope_booking_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_envelope_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope")),
        sa.UniqueConstraint("reference", name=op.f("uq_envelope_reference")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_envelope_token_hash")),
    )
    op.create_index(op.f("ix_envelope_booking_id"), "envelope", ["booking_id"])
    op.create_index(op.f("ix_envelope_due"), "envelope", ["due"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("application") as table:
        table.drop_index(op.f("ix_application_envelope"))
        table.drop_column("envelope")
    op.execute("DELETE FROM office_policy WHERE topic = 'sealing'")
    _topics("'retention', 'messages', 'places'")
    op.drop_table("envelope")
    op.drop_table("sealing_key")
