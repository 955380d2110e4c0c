"""media: what comes beside words, and the messages of cases that it belongs to

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("mime", sa.String(length=100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_media_inbound_id_inbound")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("inbound_id", "number", name=op.f("uq_media_inbound_id_number")),
    )
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.create_index("ix_media_state_next_try_at", ["state", "next_try_at"], unique=False)

    op.create_table(
        "case_media",
        sa.Column("case_message_id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_message_id"], ["case_message.id"], name=op.f("fk_case_media_case_message_id_case_message")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_case_media_media_id_media")),
        sa.PrimaryKeyConstraint("case_message_id", "media_id", name=op.f("pk_case_media")),
    )
    with op.batch_alter_table("case_media", schema=None) as batch_op:
        batch_op.create_index("ix_case_media_media_id", ["media_id"], unique=False)


def downgrade() -> None:
    op.drop_table("case_media")
    op.drop_table("media")
