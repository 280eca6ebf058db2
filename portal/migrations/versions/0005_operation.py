"""Files elsewhere, faults counted, personal data taken out"""

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
    op.create_index("ix_tickets_uncleared", "tickets", ["ended_at"], sqlite_where=kept, postgresql_where=kept)


def downgrade() -> None:
    """Go one step back."""
    op.drop_index("ix_tickets_uncleared", table_name="tickets")
    op.drop_column("tickets", "cleared_at")
    op.drop_column("checks", "faults")
    op.drop_column("pictures", "file")
