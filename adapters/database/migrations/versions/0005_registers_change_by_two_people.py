"""Registers change by two people, on a record of their own."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "register_change",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("about", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("content", TEXT(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_change_about"), ["about"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_change_state"), ["state"], unique=False)
    op.create_table(
        "register_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("before", TEXT(), nullable=False),
        sa.Column("hash", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "register_origin",
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    """Take it back down."""
    op.drop_table("register_origin")
    op.drop_table("register_entry")
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_change_state"))
        batch_op.drop_index(batch_op.f("ix_register_change_about"))
    op.drop_table("register_change")
