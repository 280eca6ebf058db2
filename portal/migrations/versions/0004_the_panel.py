"""What the panel says, what it is asked to cancel, and credits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
LINES = (
    "facts_read",
    "amounts_recorded",
    "cancel_asked",
    "cancel_called_back",
    "cancel_taken",
    "cancel_refused",
    "cancel_unknown",
    "cancel_unsent",
)


def upgrade() -> None:
    """Go one step forward."""
    _asked_and_said()
    op.create_table(
        "services",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_index("ix_services_name", "services", ["name"])
    _cancellations()
    op.create_table(
        "credits",
        sa.Column("order_key", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("amount", sa.String(length=60), nullable=True),
        sa.Column("currency", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_credits_ticket_id")),
        sa.PrimaryKeyConstraint("order_key", name=op.f("pk_credits")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_credits_ticket_id")),
    )
    op.execute(  # what was credited before stays the one credit of its order
        "INSERT INTO credits (order_key, ticket_id, at) SELECT order_key, id, ended_at FROM tickets"
        " WHERE id IN (SELECT min(id) FROM tickets WHERE state = 'credited' GROUP BY order_key)"
    )
    op.execute(  # the panel, once there is one, is asked about what is open
        "INSERT INTO lookups (order_key, order_id, next_at) SELECT order_key, min(order_id), min(filed_at) FROM tickets"
        " WHERE ended_at IS NULL GROUP BY order_key"
    )


def _asked_and_said() -> None:
    op.create_table(
        "lookups",
        sa.Column("order_key", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("order_key", name=op.f("pk_lookups")),
    )
    op.create_index("ix_lookups_due", "lookups", ["next_at"])
    op.create_table(
        "readings",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_key", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("charge", sa.String(length=60), nullable=True),
        sa.Column("currency", sa.String(length=5), nullable=True),
        sa.Column("remains", sa.BigInteger(), nullable=True),
        sa.Column("start_count", sa.BigInteger(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_order", "readings", ["order_key", "id"])


def _cancellations() -> None:
    op.create_table(
        "cancellations",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("order_key", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_cancellations_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
        sa.UniqueConstraint("name", name=op.f("uq_cancellations_name")),
    )
    op.create_index("ix_cancellations_ticket_id", "cancellations", ["ticket_id"])
    op.create_index("ix_cancellations_order_key", "cancellations", ["order_key"])
    way = sa.text("state IN ('waiting', 'sending')")
    op.create_index(
        "uq_cancellations_order", "cancellations", ["order_key"], unique=True, sqlite_where=way, postgresql_where=way
    )
    op.create_index("ix_cancellations_due", "cancellations", ["next_at"], sqlite_where=way, postgresql_where=way)


def downgrade() -> None:
    """Go one step back; lines that are not known there are taken out of the histories, with what was told of them."""
    events, notices = sa.table("events", sa.column("id"), sa.column("kind")), sa.table("notices", sa.column("event_id"))
    unknown = events.c.kind.in_(LINES)
    op.execute(sa.delete(notices).where(notices.c.event_id.in_(sa.select(events.c.id).where(unknown))))
    op.execute(sa.delete(events).where(unknown))
    for name in ("credits", "cancellations", "services", "readings", "lookups"):
        op.drop_table(name)
