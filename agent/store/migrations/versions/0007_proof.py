"""Which purge proofs were made, and which row of the audit names each."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Counter

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purge_proof",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("window", sa.Text(), sa.ForeignKey("contact_window.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("row", Counter, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("purge_proof_window", "purge_proof", ["window", "number"], unique=True)


def downgrade() -> None:
    op.drop_table("purge_proof")
