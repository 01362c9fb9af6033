"""The audit becomes one chain: each entry has a place, and its code is made over the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_end',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place', sa.BigInteger(), nullable=False),
    sa.Column('mac', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_end'))
    )
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(sa.Column("place", sa.BigInteger(), nullable=True))
        table.create_unique_constraint(op.f("uq_audit_entry_place"), ["place"])


def downgrade() -> None:
    with op.batch_alter_table("audit_entry") as table:
        table.drop_constraint(op.f("uq_audit_entry_place"), type_="unique")
        table.drop_column("place")
    op.drop_table("audit_end")
