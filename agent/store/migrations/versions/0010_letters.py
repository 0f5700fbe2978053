"""Letters of no incident, and in whose inbox a letter really ended."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STRICT = {"sqlite_strict": True}


def upgrade() -> None:
    with op.batch_alter_table("mail", table_kwargs=STRICT) as mail:
        mail.alter_column("incident", existing_type=sa.Text(), nullable=True)
        mail.add_column(sa.Column("went_to", sa.Text()))


def downgrade() -> None:
    """An older version knows no letter of no incident, nor what owes it."""
    sql = op.get_bind()
    mail = sa.table("mail", sa.column("key"), sa.column("incident"))
    owed = sa.table("obligation", sa.column("key"))
    keys = list(sql.scalars(sa.select(mail.c.key).where(mail.c.incident.is_(None))))
    sql.execute(sa.delete(mail).where(mail.c.key.in_(keys)))
    sql.execute(sa.delete(owed).where(owed.c.key.in_(keys)))
    with op.batch_alter_table("mail", table_kwargs=STRICT) as table:
        table.drop_column("went_to")
        table.alter_column("incident", existing_type=sa.Text(), nullable=False)
