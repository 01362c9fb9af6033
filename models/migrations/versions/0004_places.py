"""Places: an office's decisions, changes of slots that wait for a second person, freed places, the waiting list."""

import models.core.types
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("slot") as table:
        table.add_column(sa.Column("kept", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("ck_slot_taken"), type_="check")
        table.create_check_constraint(op.f("ck_slot_taken"), "taken >= 0 AND taken <= capacity + kept")
        table.create_check_constraint(op.f("ck_slot_capacity"), "capacity >= 0 AND kept >= 0")
    op.create_table('office_policy',
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(length=12), nullable=False),
    sa.Column('own', DOCUMENT, nullable=False),
    sa.Column('changed_at', INSTANT, nullable=False),
    sa.Column('changed_by', sa.String(length=60), nullable=False),
    sa.CheckConstraint("topic IN ('retention', 'messages', 'places')", name=op.f('ck_office_policy_topic')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_office_policy_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'topic', name=op.f('pk_office_policy'))
    )
    op.create_table('slot_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('plan', DOCUMENT, nullable=False),
    sa.Column('proposed_at', INSTANT, nullable=False),
    sa.Column('proposed_by', sa.String(length=60), nullable=False),
    sa.Column('decided_at', INSTANT, nullable=True),
    sa.Column('decided_by', sa.String(length=60), nullable=True),
    sa.CheckConstraint("state IN ('proposed', 'done', 'dropped')", name=op.f('ck_slot_proposal_state')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_slot_proposal_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot_proposal'))
    )
    op.create_table('freed_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('opens_at', INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_freed_place_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_freed_place'))
    )
    op.create_index(op.f('ix_freed_place_opens_at'), "freed_place", ['opens_at'])
    op.create_index(op.f('ix_freed_place_slot_id'), "freed_place", ['slot_id'])
    op.create_table('waiting_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=8), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('person_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('queue', sa.String(length=4), nullable=False),
    sa.Column('procedures', DOCUMENT, nullable=False),
    sa.Column('cards', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('channel', sa.String(length=12), nullable=False),
    sa.Column('contact', sa.LargeBinary(), nullable=True),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('offers', sa.Integer(), nullable=False),
    sa.Column('offered_for', INSTANT, nullable=True),
    sa.Column('offered_until', INSTANT, nullable=True),
    sa.Column('booking_id', sa.Integer(), nullable=True),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('ended_at', INSTANT, nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'offered', 'booked', 'expired', 'left')", name=op.f('ck_waiting_entry_state')),
    sa.CheckConstraint('first_day <= last_day', name=op.f('ck_waiting_entry_days')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_waiting_entry_booking_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_waiting_entry_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_entry')),
    sa.UniqueConstraint('reference', name=op.f('uq_waiting_entry_reference')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_waiting_entry_token_hash'))
    )
    op.create_index('ix_waiting_entry_line', "waiting_entry", ['office_id', 'queue', 'state', 'id'])
    op.create_index(op.f('ix_waiting_entry_person_hash'), "waiting_entry", ['person_hash'])
    op.create_table('offered_slot',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['waiting_entry.id'], name=op.f('fk_offered_slot_entry_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_offered_slot_slot_id')),
    sa.PrimaryKeyConstraint('entry_id', 'slot_id', name=op.f('pk_offered_slot'))
    )
    op.create_index(op.f('ix_offered_slot_slot_id'), "offered_slot", ['slot_id'])


def downgrade() -> None:
    op.drop_table("offered_slot")
    op.drop_table("waiting_entry")
    op.drop_table("freed_place")
    op.drop_table("slot_proposal")
    op.drop_table("office_policy")
    # The older build knows no place above the capacity: it grows again to what is taken.
    op.execute("UPDATE slot SET capacity = taken WHERE taken > capacity")
    with op.batch_alter_table("slot") as table:
        table.drop_constraint(op.f("ck_slot_capacity"), type_="check")
        table.drop_constraint(op.f("ck_slot_taken"), type_="check")
        table.drop_column("kept")
        table.create_check_constraint(op.f("ck_slot_taken"), "taken >= 0 AND taken <= capacity")
