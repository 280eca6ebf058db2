"""Files elsewhere, faults counted, personal data taken out, who waits longest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go one step forward."""
    op.add_column("pictures", sa.Column("file", sa.String(length=100), nullable=True))
    op.add_column("checks", sa.Column("faults", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("cleared_at", MOMENT, nullable=True))
    kept = sa.text("cleared_at IS NULL AND ended_at IS NOT NULL")
    waits = sa.text("waits_since IS NOT NULL")
    op.drop_index("ix_tickets_overdue", table_name="tickets")
    op.create_index("ix_tickets_waits", "tickets", ["waits_since"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_tickets_uncleared", "tickets", ["ended_at"], sqlite_where=kept, postgresql_where=kept)


def downgrade() -> None:
    """Go one step back."""
    op.drop_index("ix_tickets_uncleared", table_name="tickets")
    op.drop_index("ix_tickets_waits", table_name="tickets")
    untold = sa.text("reminded_at IS NULL")
    op.create_index("ix_tickets_overdue", "tickets", ["waits_since"], sqlite_where=untold, postgresql_where=untold)
    op.drop_column("tickets", "cleared_at")
    op.drop_column("checks", "faults")
    op.drop_column("pictures", "file")
