"""The demonstration: what `make demo` fills an empty database with, and the panel that it speaks with."""

from __future__ import annotations

from portal.demo.filled import PASSWORD, STAFF, fill

__all__ = ["PASSWORD", "STAFF", "fill"]
