"""Copies of the whole database: taken over into another one, and backed up."""

from __future__ import annotations

from portal.copies.backup import OnServer, back_up
from portal.copies.fault import CopyFault
from portal.copies.over import Copied, take_over

__all__ = ["Copied", "CopyFault", "OnServer", "back_up", "take_over"]
