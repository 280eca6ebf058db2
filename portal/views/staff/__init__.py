"""The staff's addresses, closed to everyone who is not signed in."""

from __future__ import annotations

from portal.views.staff import account, door, embedding, inbox, notices, ticket
from portal.views.staff.door import bp

__all__ = ["account", "bp", "door", "embedding", "inbox", "notices", "ticket"]
