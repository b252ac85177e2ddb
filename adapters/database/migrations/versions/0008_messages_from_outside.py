"""Signed messages have one answer; reports that could not be read wait in quarantine."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "webhook",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("content", TEXT(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_at"), ["at"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", TEXT(), nullable=False),
        sa.Column("sender", TEXT(), nullable=False),
        sa.Column("content", TEXT(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.Column("acknowledged_by", TEXT(), nullable=True),
        sa.Column("acknowledged_at", INSTANT(), nullable=True),
        sa.Column("discarded_by", TEXT(), nullable=True),
        sa.Column("discarded_at", INSTANT(), nullable=True),
        sa.Column("reason", TEXT(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_content"), ["content"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_quarantine_discarded_at"), ["discarded_at"], unique=False
        )


def downgrade() -> None:
    """Take it back down."""
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantine_discarded_at"))
        batch_op.drop_index(batch_op.f("ix_quarantine_content"))
    op.drop_table("quarantine")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_at"))
    op.drop_table("webhook")
