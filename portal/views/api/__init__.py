"""The API's addresses, for the main site's servers."""

from __future__ import annotations

from portal.views.api import calls, description
from portal.views.api.blueprint import bp

__all__ = ["bp", "calls", "description"]
