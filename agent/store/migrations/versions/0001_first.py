"""The first schema: register, people, ledger, sweeps, findings, incidents, audit."""

import sqlalchemy as sa
from alembic import op

from agent.store.engine import Counter, Day, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", Counter, primary_key=True, autoincrement=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1"), primary_key=True),
        sa.Column("seq", Counter, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1"), primary_key=True),
        sa.Column("latest", Moment(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "finding",
        sa.Column("id", Counter, primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("first_sweep", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("last_sweep", sa.Text(), nullable=False),
        sa.Column("cleared_at", Moment()),
        sqlite_strict=True,
    )
    op.create_index(
        "finding_open",
        "finding",
        ["subject", "type"],
        unique=True,
        sqlite_where=sa.text("cleared_at is null"),
        postgresql_where=sa.text("cleared_at is null"),
    )
    op.create_table(
        "inbox",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.CheckConstraint("(scope = 'national') = (code = '')", name="code"),
        sa.CheckConstraint("scope in ('establishment', 'region', 'national')", name="scope"),
        sqlite_strict=True,
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("cleared_at", Moment()),
        sa.CheckConstraint("state in ('open', 'cleared')", name="incident_state"),
        sqlite_strict=True,
    )
    op.create_index("incident_number", "incident", ["year", "number"], unique=True)
    op.create_index(
        "incident_open",
        "incident",
        ["type", "subject"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "obligation",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("wish", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.CheckConstraint("state in ('owed', 'withdrawn', 'done', 'void')", name="state"),
        sqlite_strict=True,
    )
    op.create_index(
        "obligation_ready", "obligation", ["kind", "state", "next_at"], unique=False
    )
    op.create_table(
        "region",
        sa.Column("establishment", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.CheckConstraint("active in (0, 1)", name="active"),
        sqlite_strict=True,
    )
    op.create_table(
        "sweep",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment()),
        sa.Column("decision", sa.Text()),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("api_calls", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state in ('RUNNING', 'COMPLETE', 'PARTIAL', 'ABANDONED')", name="sweep_state"
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "asset",
        sa.Column("tag", sa.Text(), primary_key=True),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("dom1_address", sa.Text(), nullable=False),
        sa.Column("m365_user_id", sa.Text(), nullable=False),
        sa.Column("apple_user_id", sa.Text(), nullable=False),
        sa.Column("sim_provider", sa.Text(), nullable=False),
        sa.Column("iccid", sa.Text()),
        sa.Column("enrolled_at", Moment()),
        sa.Column("distributed_on", Day()),
        sa.Column(
            "received_by", sa.Text(), sa.ForeignKey("staff.id", name="asset_received_by")
        ),
        sa.Column("received_on", Day()),
        sa.Column("storage_location", sa.Text(), nullable=False),
        sa.UniqueConstraint("apple_user_id", name="asset_apple_user_id_once"),
        sa.UniqueConstraint("dom1_address", name="asset_dom1_address_once"),
        sa.UniqueConstraint("iccid", name="asset_iccid_once"),
        sa.UniqueConstraint("local_id", name="asset_local_id_once"),
        sa.UniqueConstraint("m365_user_id", name="asset_m365_user_id_once"),
        sa.UniqueConstraint("serial", name="asset_serial_once"),
        sa.CheckConstraint(
            "(received_by is null) = (received_on is null) and (received_by is null) = (storage_location = '')",
            name="receipt",
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "mail",
        sa.Column("key", sa.Text(), sa.ForeignKey("obligation.key"), primary_key=True),
        sa.Column("incident", sa.Text(), sa.ForeignKey("incident.id"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.Column("accepted_at", Moment()),
        sa.Column("answer", sa.Text()),
        sqlite_strict=True,
    )
    op.create_table(
        "sweep_asset",
        sa.Column("sweep", sa.Text(), sa.ForeignKey("sweep.id"), primary_key=True),
        sa.Column("tag", sa.Text(), primary_key=True),
        sa.Column("establishment", sa.Text(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "sweep_part",
        sa.Column("sweep", sa.Text(), sa.ForeignKey("sweep.id"), primary_key=True),
        sa.Column("establishment", sa.Text(), primary_key=True),
        sa.Column("at", Moment(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "verdict",
        sa.Column("sweep", sa.Text(), sa.ForeignKey("sweep.id"), primary_key=True),
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("check_name", sa.Text(), primary_key=True),
        sa.Column("establishment", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "asset_history",
        sa.Column(
            "tag",
            sa.Text(),
            sa.ForeignKey("asset.tag", name="asset_history_tag"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.CheckConstraint("what in ('added', 'changed', 'moved')", name="what"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("asset_history")
    op.drop_table("verdict")
    op.drop_table("sweep_part")
    op.drop_table("sweep_asset")
    op.drop_table("mail")
    op.drop_table("asset")
    op.drop_table("sweep")
    op.drop_table("staff")
    op.drop_table("region")
    op.drop_table("obligation")
    op.drop_table("incident")
    op.drop_table("inbox")
    op.drop_table("finding")
    op.drop_table("clock")
    op.drop_table("audit_head")
    op.drop_table("audit")
