"""Screenshots: checked, re-encoded to WebP, kept in the database or elsewhere, and read from there.

What is stored was drawn by us: no byte, name or metadata of the file that came is kept.
"""

from __future__ import annotations

from portal.evidence.gone import delete_of, sweep, sweep_elsewhere
from portal.evidence.kept import (
    MOST_PICTURES,
    Full,
    Gone,
    attach,
    keep,
    kept,
    of_ticket,
    store,
)
from portal.evidence.redraw import MOST_BYTES, Fault, Refused, Screenshot, redraw

__all__ = [
    "MOST_BYTES",
    "MOST_PICTURES",
    "Fault",
    "Full",
    "Gone",
    "Refused",
    "Screenshot",
    "attach",
    "delete_of",
    "keep",
    "kept",
    "of_ticket",
    "redraw",
    "store",
    "sweep",
    "sweep_elsewhere",
]
