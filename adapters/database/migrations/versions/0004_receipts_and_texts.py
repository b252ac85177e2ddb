"""Receipts find their message, and texts are counted."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reference", text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("to_offer", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index(batch_op.f("ix_notice_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_to_offer"), ["to_offer"], unique=False)
    op.create_table(
        "text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", text(), nullable=False),
        sa.Column("words", text(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_text_number"), ["number"], unique=False)


def downgrade() -> None:
    """Take it back down."""
    op.drop_table("text")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_to_offer"))
        batch_op.drop_index(batch_op.f("ix_notice_reference"))
        batch_op.drop_column("to_offer")
        batch_op.drop_column("reference")
