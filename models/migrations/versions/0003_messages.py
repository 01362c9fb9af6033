"""Messages: the outbox, the city's own words, who asked to be told, the ways out."""

import models.core.types
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = models.core.types.UTCDateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table('channel',
    sa.Column('name', sa.String(length=8), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('needs', sa.LargeBinary(), nullable=True),
    sa.Column('changed_at', INSTANT, nullable=False),
    sa.Column('changed_by', sa.String(length=60), nullable=False),
    sa.CheckConstraint("name IN ('email', 'push', 'line', 'sms', 'webhook')", name=op.f('ck_channel_name')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_channel'))
    )
    op.create_table('message_text',
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=100), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('changed_at', INSTANT, nullable=False),
    sa.Column('changed_by', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'language', name=op.f('pk_message_text'))
    )
    op.create_table('subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=True),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('address_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('due', sa.Date(), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('ended_at', INSTANT, nullable=True),
    sa.CheckConstraint("channel IN ('email', 'push', 'line', 'sms', 'webhook')", name=op.f('ck_subscription_channel')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_subscription_booking_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_subscription_office_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_subscription_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('visit_id', 'booking_id', 'address_hash', name=op.f('uq_subscription_visit_id_booking_id_address_hash'))
    )
    op.create_index(op.f('ix_subscription_booking_id'), "subscription", ['booking_id'])
    op.create_index('ix_subscription_due', "subscription", ['office_id', 'due'])
    op.create_index(op.f('ix_subscription_visit_id'), "subscription", ['visit_id'])
    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occasion', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('channel', sa.String(length=8), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('booking_id', sa.Integer(), nullable=True),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('subscription_id', sa.Integer(), nullable=True),
    sa.Column('address', sa.LargeBinary(), nullable=True),
    sa.Column('address_hash', sa.LargeBinary(length=32), nullable=True),
    sa.Column('values', DOCUMENT, nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('created_at', INSTANT, nullable=False),
    sa.Column('next_at', INSTANT, nullable=False),
    sa.Column('too_late_at', INSTANT, nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=64), nullable=False),
    sa.Column('held_until', INSTANT, nullable=True),
    sa.Column('ended_at', INSTANT, nullable=True),
    sa.Column('problem', sa.String(length=120), nullable=False),
    sa.CheckConstraint("channel IN ('email', 'push', 'line', 'sms', 'webhook')", name=op.f('ck_message_channel')),
    sa.CheckConstraint("state IN ('due', 'sending', 'sent', 'dead', 'dropped')", name=op.f('ck_message_state')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_message_booking_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_message_office_id')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_message_subscription_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_message_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_message_id')),
    sa.UniqueConstraint('occasion', name=op.f('uq_message_occasion'))
    )
    op.create_index(op.f('ix_message_address_hash'), "message", ['address_hash'])
    op.create_index(op.f('ix_message_booking_id'), "message", ['booking_id'])
    op.create_index('ix_message_queue', "message", ['state', 'next_at'])
    op.create_index(op.f('ix_message_subscription_id'), "message", ['subscription_id'])
    op.create_index(op.f('ix_message_visit_id'), "message", ['visit_id'])


def downgrade() -> None:
    op.drop_table("message")
    op.drop_table("subscription")
    op.drop_table("message_text")
    op.drop_table("channel")
