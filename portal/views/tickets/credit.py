"""A credit as the customer reads it: that it may be, until it was given; then how much, and how that is reckoned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.content import ClauseText
from portal.forms.labels import AMOUNTS
from portal.i18n import language, money
from portal.policy import State
from portal.views.here import portal
from portal.views.said import Line, amount_words

CLAUSE = "clause-partial"
"""The clause that says what may be credited."""

MAY_BE = (State.CANCELED, State.PARTLY_CANCELED)


@dataclass(frozen=True, kw_only=True)
class CreditStory:
    """What was credited, and, where the figures were known and lead to it, how it is reckoned."""

    amount: str
    working: tuple[Line, ...]


def credit_story(ticket: Any) -> CreditStory | None:
    """Return what was credited, once it was, to whoever is known to be the order's customer."""
    if ticket.state is not State.CREDITED or not ticket.proven:
        return None
    given = [event.data["credit"] for event in ticket.events if "credit" in event.data]
    if not given:
        return None
    paid, reckoned = given[-1], given[-1]["working"]["amount"]
    led_to_it = reckoned is not None and Decimal(reckoned) == Decimal(paid["amount"])
    return CreditStory(
        amount=money(Decimal(paid["amount"]), paid["currency"]),
        working=tuple(_working(paid["working"])) if led_to_it else (),
    )


def may_be_credited(ticket: Any) -> ClauseText | None:
    """Return the clause of the policy that says what may be credited, where that is still to be decided."""
    return portal().content.words[language()].clauses.get(CLAUSE) if ticket.state in MAY_BE else None


def _working(working: Mapping[str, Any]) -> Iterator[Line]:
    for name, label in AMOUNTS.items():
        yield Line(label=str(label), text=amount_words(name, working[name]["value"]))
