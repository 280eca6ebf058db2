"""What keys of the API may do."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What a key may do."""

    POLICY_READ = "policy:read"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
