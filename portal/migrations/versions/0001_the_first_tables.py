"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "counters",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "ends_at", name=op.f("pk_counters")),
    )
    op.create_index("ix_counters_ends_at", "counters", ["ends_at"], unique=False)

    op.create_table(
        "policy_versions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_policy_versions")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "staff_links",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_links_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_staff_links")),
    )
    op.create_index("ix_staff_links_staff_id", "staff_links", ["staff_id"], unique=False)

    op.create_table(
        "staff_sessions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_staff_sessions")),
    )
    op.create_index("ix_staff_sessions_staff_id", "staff_sessions", ["staff_id"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "in_review",
                "waiting_for_customer",
                "accepted",
                "cancel_sent",
                "canceled",
                "partly_canceled",
                "not_canceled",
                "credited",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("order_key", sa.String(length=40), nullable=False),
        sa.Column("filer", sa.String(length=64), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=True),
        sa.Column("service_name", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "processing",
                "in_progress",
                "partial",
                "canceled",
                "completed",
                "unknown",
                name="status",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "best_chance",
                "possible",
                "difficult",
                "unlikely",
                "credit_only",
                "already_stopped",
                "normally_over",
                "needs_review",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["holder_id"], ["staff.id"], name=op.f("fk_tickets_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("reference", name=op.f("uq_tickets_reference")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tickets_token_hash")),
    )
    op.create_index("ix_tickets_filer", "tickets", ["filer", "id"], unique=False)
    op.create_index("ix_tickets_holder_id", "tickets", ["holder_id"], unique=False)
    op.create_index(
        "ix_tickets_open_oldest",
        "tickets",
        ["filed_at", "id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_tickets_order", "tickets", ["order_key", "id"], unique=False)
    op.create_index("ix_tickets_state_oldest", "tickets", ["state", "filed_at", "id"], unique=False)
    op.create_index(
        "uq_tickets_open",
        "tickets",
        ["order_key", "filer"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "filed",
                "filed_again",
                "taken",
                "taken_over",
                "given_back",
                "note",
                "facts_recorded",
                "answered",
                "moved",
                "link_replaced",
                "reopened",
                "withdrawn",
                name="eventkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "in_review",
                "waiting_for_customer",
                "accepted",
                "cancel_sent",
                "canceled",
                "partly_canceled",
                "not_canceled",
                "credited",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("policy_hash", sa.String(length=64), nullable=True),
        sa.Column("submission", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["policy_hash"], ["policy_versions.hash"], name=op.f("fk_events_policy_hash")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_events_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_events_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("submission", name=op.f("uq_events_submission")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq_events_ticket_id_number")),
    )
    op.create_table(
        "pictures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("browser", sa.String(length=64), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_pictures_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
    )
    op.create_index("ix_pictures_event_id", "pictures", ["event_id"], unique=False)
    op.create_index("ix_pictures_kept", "pictures", ["browser", "stored_at"], unique=False)
    _SEARCH[op.get_bind().dialect.name]()


def downgrade() -> None:
    """Go back to nothing; the tables' indexes and triggers go with them."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE ticket_search")
    for table in (
        "pictures",
        "events",
        "tickets",
        "staff_sessions",
        "staff_links",
        "staff",
        "policy_versions",
        "counters",
    ):
        op.drop_table(table)


def _search_in_sqlite() -> None:
    """Index runs of three letters of `tickets.search_text`, kept by triggers."""
    op.execute(
        "CREATE VIRTUAL TABLE ticket_search USING fts5"
        "(search_text, content='tickets', content_rowid='id', tokenize='trigram case_sensitive 1')"
    )
    add = "INSERT INTO ticket_search (rowid, search_text) VALUES (new.id, new.search_text);"
    remove = "INSERT INTO ticket_search (ticket_search, rowid, search_text) VALUES ('delete', old.id, old.search_text);"
    op.execute(f"CREATE TRIGGER ticket_search_insert AFTER INSERT ON tickets BEGIN {add} END")
    op.execute(f"CREATE TRIGGER ticket_search_delete AFTER DELETE ON tickets BEGIN {remove} END")
    op.execute(f"CREATE TRIGGER ticket_search_update AFTER UPDATE OF search_text ON tickets BEGIN {remove} {add} END")


def _search_in_postgresql() -> None:
    """Index runs of three letters of `tickets.search_text`."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE INDEX ix_ticket_search ON tickets USING gin (search_text gin_trgm_ops)")


_SEARCH = {"sqlite": _search_in_sqlite, "postgresql": _search_in_postgresql}
