"""The end of every case's record is signed; the worker signs once what was there before."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "chain_head",
        sa.Column("case", TEXT(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", TEXT(), nullable=False),
        sa.Column("key_id", TEXT(), nullable=False),
        sa.Column("signature", TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("case"),
    )


def downgrade() -> None:
    """Take it back down."""
    op.drop_table("chain_head")
