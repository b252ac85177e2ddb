"""The watchkeeper keeps what it found, and when it looked."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "finding",
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("case", TEXT(), nullable=False),
        sa.Column("about", TEXT(), nullable=False),
        sa.Column("says", TEXT(), nullable=False),
        sa.Column("found_at", INSTANT(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.Column("paged_at", INSTANT(), nullable=True),
        sa.Column("acknowledged_by", TEXT(), nullable=True),
        sa.Column("acknowledged_at", INSTANT(), nullable=True),
        sa.Column("over_at", INSTANT(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_case"), ["case"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_over_at"), ["over_at"], unique=False)
    op.create_table(
        "watch_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Take it back down."""
    op.drop_table("watch_stamp")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_over_at"))
        batch_op.drop_index(batch_op.f("ix_finding_case"))
    op.drop_table("finding")
