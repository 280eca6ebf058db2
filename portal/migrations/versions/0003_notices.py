"""Messages, notices and webhooks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go one step forward."""
    for name, kind in (
        ("waits_since", MOMENT),
        ("reminded_at", MOMENT),
        ("email", sa.String(length=254)),
        ("mails_off_at", MOMENT),
    ):
        op.add_column("tickets", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE tickets SET waits_since = (SELECT max(at) FROM events WHERE events.ticket_id = tickets.id"
        " AND events.kind IN ('filed', 'filed_again', 'reopened')) WHERE state IN ('received', 'in_review')"
    )
    op.execute("UPDATE tickets SET reminded_at = waits_since")  # else staff would be reminded of all at once
    untold = sa.text("reminded_at IS NULL")
    op.create_index("ix_tickets_overdue", "tickets", ["waits_since"], sqlite_where=untold, postgresql_where=untold)
    _notices()
    op.create_table(
        "checks",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_checks")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("ticket_id", ID, nullable=True),
        sa.Column("event_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_notices_ticket_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_notices_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("name", name=op.f("uq_notices_name")),
    )
    op.create_index("ix_notices_ticket_id", "notices", ["ticket_id"])
    op.create_index("ix_notices_event_id", "notices", ["event_id"])
    op.create_index("ix_notices_ended_at", "notices", ["ended_at"])
    waiting = sa.text("next_at IS NOT NULL")
    op.create_index("ix_notices_due", "notices", ["next_at", "id"], sqlite_where=waiting, postgresql_where=waiting)
    unsent = sa.text("state IN ('waiting', 'refused', 'given_up')")
    op.create_index("ix_notices_unsent", "notices", ["id"], sqlite_where=unsent, postgresql_where=unsent)


def downgrade() -> None:
    """Go one step back."""
    for table in ("webhooks", "checks", "notices"):
        op.drop_table(table)
    op.drop_index("ix_tickets_overdue", table_name="tickets")
    for name in ("mails_off_at", "email", "reminded_at", "waits_since"):
        op.drop_column("tickets", name)
