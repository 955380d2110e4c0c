"""the log of delivery receipts; channel and rank of an outbox row, so that the next one is found by index alone

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbound_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outbound_id"], ["outbound.id"], name=op.f("fk_delivery_outbound_id_outbound")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_outbound_id", ["outbound_id"], unique=False)

    # The defaults are for the rows that stand there; every new row brings its own.
    with op.batch_alter_table("outbound", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.String(length=12), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        "UPDATE outbound SET channel = (SELECT channel FROM conversation WHERE conversation.id = outbound.conversation_id), "
        "rank = CASE WHEN kind IN ('tryghed', 'stop') THEN 0 WHEN kind IN ('invitation', 'paamindelse') THEN 2 ELSE 1 END"
    )
    with op.batch_alter_table("outbound", schema=None) as batch_op:
        batch_op.create_index("ix_outbound_channel_state_rank_id", ["channel", "state", "rank", "id"], unique=False)
        batch_op.create_index("ix_outbound_channel_provider_id", ["channel", "provider_id"], unique=False)
        # SQLite would take the old one for the next row, and then sort all that wait.
        batch_op.drop_index("ix_outbound_state_next_try_at")
        batch_op.create_index("ix_outbound_state_sending_since", ["state", "sending_since"], unique=False)


def downgrade() -> None:
    op.drop_table("delivery")  # first: SQLite makes `outbound` anew, and nothing may point at its rows then
    with op.batch_alter_table("outbound", schema=None) as batch_op:
        batch_op.drop_index("ix_outbound_state_sending_since")
        batch_op.create_index("ix_outbound_state_next_try_at", ["state", "next_try_at"], unique=False)
        batch_op.drop_index("ix_outbound_channel_provider_id")
        batch_op.drop_index("ix_outbound_channel_state_rank_id")
        batch_op.drop_column("rank")
        batch_op.drop_column("channel")
