"""The customer's addresses: the form, the confirmation, the ticket's page."""

from __future__ import annotations

from portal.views.tickets import form, mails, page, steps
from portal.views.tickets.blueprint import bp

__all__ = ["bp", "form", "mails", "page", "steps"]
