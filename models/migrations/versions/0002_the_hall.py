"""The hall: versions, shifts, limits, leases, estimates, help, slips; several tickets a visit; devices with a key."""

import models.core.types
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OLD_STATES = (
    "waiting", "called", "absent", "serving", "held", "back_office", "recalled", "transferred",
    "done", "cancelled", "no_show", "abandoned",
)  # fmt: skip
STATES = ("planned", *OLD_STATES)
STILL_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("office") as table:
        table.add_column(sa.Column("access", sa.String(length=300), nullable=False, server_default=""))
        table.add_column(sa.Column("access_en", sa.String(length=300), nullable=False, server_default=""))
    with op.batch_alter_table("visit") as table:
        table.add_column(sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True))
        table.add_column(sa.Column("seat", sa.String(length=8), nullable=True))
        table.add_column(sa.Column("slip_printed_at", INSTANT, nullable=True))
        table.create_unique_constraint(op.f("uq_visit_token_hash"), ["token_hash"])
    op.execute(
        "UPDATE visit SET token_hash ="
        " (SELECT ticket.token_hash FROM ticket WHERE ticket.visit_id = visit.id"
        " AND ticket.token_hash IS NOT NULL LIMIT 1)"
    )
    with op.batch_alter_table("ticket") as table:
        table.drop_constraint(op.f("uq_ticket_token_hash"), type_="unique")
        table.drop_constraint(op.f("uq_ticket_office_id_day_number"), type_="unique")
        table.drop_constraint(op.f("ck_ticket_state"), type_="check")
        table.drop_column("token_hash")
        table.add_column(sa.Column("leg", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("due_at", INSTANT, nullable=True))
        table.add_column(sa.Column("priority", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("called_ahead", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("calls", sa.Integer(), nullable=False, server_default="0"))
        table.create_check_constraint(op.f("ck_ticket_state"), f"state IN {STATES}")
        table.create_unique_constraint(
            op.f("uq_ticket_office_id_day_number_leg"), ["office_id", "day", "number", "leg"]
        )
    op.execute("UPDATE ticket SET due_at = order_at WHERE source = 'booked' AND order_at < booked_for")
    with op.batch_alter_table("ticket_event") as table:
        table.add_column(sa.Column("office_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=True))
        table.add_column(sa.Column("before", sa.String(length=12), nullable=True))
        table.add_column(sa.Column("after", sa.String(length=12), nullable=True))
        table.add_column(sa.Column("detail", sa.String(length=40), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_ticket_event_office_id"), "office", ["office_id"], ["id"])
        table.create_index("ix_ticket_event_version", ["office_id", "version"])
    with op.batch_alter_table("application") as table:
        table.add_column(sa.Column("channel", sa.String(length=12), nullable=False, server_default="web"))
    with op.batch_alter_table("device") as table:
        table.add_column(sa.Column("state", sa.String(length=12), nullable=False, server_default="open"))
        table.add_column(sa.Column("public_key", sa.LargeBinary(length=65), nullable=True))
        table.add_column(sa.Column("stamp", sa.BigInteger(), nullable=False, server_default="0"))
        table.add_column(sa.Column("seen_at", INSTANT, nullable=True))
        table.add_column(sa.Column("approved_by", sa.String(length=60), nullable=True))
        table.create_check_constraint(op.f("ck_device_state"), "state IN ('pending', 'open', 'revoked')")
    op.execute("UPDATE device SET state = 'revoked' WHERE revoked_at IS NOT NULL")
    _create_tables()
    op.execute("INSERT INTO hall (office_id, version, notice, policy) SELECT id, 0, '', '{}' FROM office")


def _create_tables() -> None:
    op.create_table(
        "hall",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("notice", sa.String(length=200), nullable=False),
        sa.Column("policy", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_hall_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_hall")),
    )
    op.create_table(
        "queue_limit",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=4), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("per_day >= 0", name=op.f("ck_queue_limit_per_day")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_queue_limit_office_id")),
        sa.PrimaryKeyConstraint("office_id", "queue", name=op.f("pk_queue_limit")),
    )
    op.create_table(
        "counter_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("ending", sa.String(length=12), nullable=True),
        sa.CheckConstraint("ending IN ('closed', 'lunch', 'taken_over')", name=op.f("ck_counter_shift_ending")),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("fk_counter_shift_counter_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_counter_shift_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_shift")),
    )
    op.create_index("ix_counter_shift_day", "counter_shift", ["office_id", "day"])
    op.create_index(
        "uq_counter_shift_open_counter",
        "counter_shift",
        ["counter_id"],
        unique=True,
        sqlite_where=STILL_OPEN,
        postgresql_where=STILL_OPEN,
    )
    op.create_table(
        "number_lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(length=4), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("leased_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_number_lease_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_number_lease_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_lease")),
        sa.UniqueConstraint(
            "office_id", "day", "letter", "first", name=op.f("uq_number_lease_office_id_day_letter_first")
        ),
    )
    op.create_table(
        "estimate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("shown_on", sa.String(length=8), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("p10", "p50", "p80", "p90")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_estimate_office_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_estimate_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate")),
    )
    op.create_index("ix_estimate_day", "estimate", ["office_id", "day"])
    op.create_index(op.f("ix_estimate_ticket_id"), "estimate", ["ticket_id"])
    op.create_table(
        "help_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_help_call_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_help_call_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_call")),
    )
    op.create_index("ix_help_call_open", "help_call", ["office_id", "answered_at"])
    op.create_table(
        "slip_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'printing', 'printed', 'failed', 'unclear', 'dropped')",
            name=op.f("ck_slip_job_state"),
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_slip_job_booking_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_slip_job_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_slip_job_office_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_slip_job_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_job")),
    )
    op.create_index("ix_slip_job_open", "slip_job", ["office_id", "state"])
    op.create_index(op.f("ix_slip_job_visit_id"), "slip_job", ["visit_id"])
    op.create_index(op.f("ix_slip_job_booking_id"), "slip_job", ["booking_id"])
    op.create_table(
        "device_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('kiosk', 'board')", name=op.f("ck_device_code_kind")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_device_code_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_device_code_code_hash")),
    )


def downgrade() -> None:
    for name in (
        "device_code", "slip_job", "help_call", "estimate", "number_lease", "counter_shift", "queue_limit", "hall",
    ):  # fmt: skip
        op.drop_table(name)
    with op.batch_alter_table("device") as table:
        table.drop_constraint(op.f("ck_device_state"), type_="check")
        for column in ("approved_by", "seen_at", "stamp", "public_key", "state"):
            table.drop_column(column)
    with op.batch_alter_table("application") as table:
        table.drop_column("channel")
    with op.batch_alter_table("ticket_event") as table:
        table.drop_index("ix_ticket_event_version")
        table.drop_constraint(op.f("fk_ticket_event_office_id"), type_="foreignkey")
        for column in ("detail", "after", "before", "version", "office_id"):
            table.drop_column(column)
    # The older build knows one ticket a visit: a later leg keeps its history under the number with the leg behind it.
    op.execute("UPDATE ticket SET state = 'cancelled' WHERE state = 'planned'")
    op.execute("UPDATE ticket SET number = number || '-' || leg WHERE leg > 1 AND number IS NOT NULL")
    with op.batch_alter_table("ticket") as table:
        table.drop_constraint(op.f("uq_ticket_office_id_day_number_leg"), type_="unique")
        table.drop_constraint(op.f("ck_ticket_state"), type_="check")
        for column in ("calls", "called_ahead", "priority", "due_at"):
            table.drop_column(column)
        table.add_column(sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True))
        table.create_check_constraint(op.f("ck_ticket_state"), f"state IN {OLD_STATES}")
        table.create_unique_constraint(op.f("uq_ticket_office_id_day_number"), ["office_id", "day", "number"])
        table.create_unique_constraint(op.f("uq_ticket_token_hash"), ["token_hash"])
    op.execute(
        "UPDATE ticket SET token_hash ="
        " (SELECT visit.token_hash FROM visit WHERE visit.id = ticket.visit_id) WHERE leg = 1"
    )
    with op.batch_alter_table("ticket") as table:
        table.drop_column("leg")
    with op.batch_alter_table("visit") as table:
        table.drop_constraint(op.f("uq_visit_token_hash"), type_="unique")
        for column in ("slip_printed_at", "seat", "token_hash"):
            table.drop_column(column)
    with op.batch_alter_table("office") as table:
        table.drop_column("access_en")
        table.drop_column("access")
