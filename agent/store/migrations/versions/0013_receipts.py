"""Receipts of letters: whether they were delivered."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_receipt",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), primary_key=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("completed_at", Moment()),
        sa.Column("received_at", Moment(), nullable=False),
        sqlite_strict=True,
    )
    op.create_index("mail_receipt_reference", "mail_receipt", ["reference"])
    op.create_index("mail_message_id", "mail", ["message_id"])


def downgrade() -> None:
    op.drop_index("mail_message_id", "mail")
    op.drop_table("mail_receipt")
