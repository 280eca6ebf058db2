"""What staff are about to send, as the customer will read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.forms import AnswerForm
from portal.i18n import language, speaking
from portal.policy import ANSWERED
from portal.views.here import portal
from portal.views.tickets.story import Message, answered, written


def preview(ticket: Any, form: Any, at: datetime) -> Message:
    """Return the message of a valid form, in the customer's language."""
    with speaking(ticket.language):
        if not isinstance(form, AnswerForm):
            return written(at, form.text.data)
        clause = portal().content.words[language()].clauses.get(form.clause.data)
        return answered(at, ANSWERED[form.verdict.data], form.verdict.data, form.text.data, clause)
