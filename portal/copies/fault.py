"""What keeps a copy from being made."""

from __future__ import annotations


class CopyFault(Exception):
    """A copy cannot be made, or is not what it was made from; the message says why, and what to do."""


def first_line(error: BaseException) -> str:
    """Return what a database says of a fault, without its details: they hold what the rows hold."""
    said = getattr(error, "orig", None) or error
    return (str(said).splitlines() or [type(said).__name__])[0]
