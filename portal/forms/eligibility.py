"""The fields that decide: the live preview sends these and no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms.validators import Optional

from portal.content import Words
from portal.filing import Problem, Told, stated
from portal.forms.base import PortalForm
from portal.forms.fields import Chosen, Known, choice, choices
from portal.forms.labels import KNOWN, PROBLEMS
from portal.i18n import lazy_gettext as _l
from portal.policy import Facts, Status


class EligibilityForm(PortalForm):
    """What decides: the order's status, the problem and two questions; and what the main site `told`, if it did."""

    told: Told | None = None

    status = choice(_l("What does your order show?"), Status, Chosen(_l("Choose the status that your order shows")))
    problem = choice(_l("What went wrong?"), Problem, Optional())
    link_changed = choice(
        _l("Did you change the link, or delete what it leads to, after you ordered?"),
        Known,
        Optional(),
        default=Known.UNKNOWN,
    )
    duplicate_order = choice(
        _l("Did you order the same link elsewhere at the same time?"), Known, Optional(), default=Known.UNKNOWN
    )

    def __init__(self, words: Words, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = [(s.status, s.full) for s in words.statuses]
        self.status.choices = choices(names)
        self.problem.choices = choices(PROBLEMS.items())
        self.link_changed.choices = self.duplicate_order.choices = choices(KNOWN.items())

    @property
    def facts(self) -> Facts | None:
        """The facts that the answers state; `None` until a status is chosen."""
        if self.status.data is None:
            return None
        facts = stated(self.status.data, self.problem.data, _known(self.link_changed), _known(self.duplicate_order))
        return self.told.added_to(facts) if self.told else facts


class PreviewForm(EligibilityForm):
    """What the preview sends: what decides, and what the main site told, which no page asks a customer."""

    sent_to_provider = choice("", Known, Optional(), default=Known.UNKNOWN)
    provider_allows = choice("", Known, Optional(), default=Known.UNKNOWN)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.sent_to_provider.choices = self.provider_allows.choices = choices(KNOWN.items())

    @property
    def facts(self) -> Facts | None:
        """The facts of the query."""
        facts = super().facts
        sent, allows = _known(self.sent_to_provider), _known(self.provider_allows)
        return replace(facts, sent_to_provider=sent, provider_allows=allows) if facts else None


def _known(field: Any) -> bool | None:
    answer = field.data or Known.UNKNOWN
    known: bool | None = answer.value_known
    return known
