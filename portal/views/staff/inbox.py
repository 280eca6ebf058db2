"""The list of what waits, its filters, and the search through everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import g, render_template, request

from portal import tickets
from portal.clock import now
from portal.forms.labels import STATES
from portal.i18n import gettext
from portal.policy import OPEN, Outcome, State, Status
from portal.text import clean_line
from portal.views.here import portal, words
from portal.views.staff.door import bp
from portal.views.staff.notice_words import at_a_glance

MOST_COUNTED = 99
LONGEST_QUERY = 200
QUERY = ("q", "state", "status", "outcome", "mine", "times")
"""What the list's links keep of its query."""
AnyEnum = TypeVar("AnyEnum", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A filter's choice: a link that can be kept."""

    label: str
    href: str
    chosen: bool


@bp.get("/")
def inbox() -> str:
    """Show open tickets, oldest first, or what a search finds."""
    query = clean_line(request.args.get("q", ""))[:LONGEST_QUERY]
    chosen = _chosen()
    after = _after(request.args.get("after", ""))
    page = tickets.search_page(query, after) if query else tickets.open_page(chosen, after)
    return render_template(
        "staff/inbox.html",
        query=query,
        rows=page.rows,
        states=STATES,
        headline=words().headline,
        status_name=words().status,
        now=now(),
        counts=_counts(chosen),
        filters=_filters(chosen),
        filtered=any((chosen.status, chosen.outcome, chosen.holder_id)),
        exact_times="times" in request.args,
        next_page=_link(after=f"{page.after[0]:%Y-%m-%dT%H:%M:%S.%f}~{page.after[1]}") if page.after else None,
        glance=at_a_glance(),
        late=_late,
        times_link=_link(times=None if "times" in request.args else "exact", after=request.args.get("after")),
    )


def _late(ticket: Any) -> bool:
    """Return whether a ticket waits for an answer longer than the shop wants."""
    target = portal().settings.answer_target
    waits = ticket.waits_since
    return bool(target and waits and waits < now() - timedelta(hours=target))


def _chosen() -> tickets.Filters:
    args = request.args
    return tickets.Filters(
        state=_one_of(State, args.get("state")),
        status=_one_of(Status, args.get("status")),
        outcome=_one_of(Outcome, args.get("outcome")),
        holder_id=g.staff.id if args.get("mine") else None,
    )


def _one_of(kind: type[AnyEnum], value: str | None) -> AnyEnum | None:
    return kind(value) if value in {member.value for member in kind} else None


def _after(value: str) -> tickets.Key | None:
    at, _, id_ = value.partition("~")
    try:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        number = int(id_)
    except ValueError:
        return None
    return (moment, number) if 0 < number < 2**62 else None


def _counts(chosen: tickets.Filters) -> list[tuple[Choice, str]]:
    counts = tickets.open_counts(MOST_COUNTED + 1)
    shown = {state: f"{MOST_COUNTED}+" if n > MOST_COUNTED else str(n) for state, n in counts.items()}
    return [(_choice("state", state, str(STATES[state]), chosen.state), shown[state]) for state in OPEN]


def _filters(chosen: tickets.Filters) -> list[tuple[str, list[Choice]]]:
    statuses = ((s.status, s.name) for s in words().statuses)
    outcomes = ((outcome, words().headline(outcome)) for outcome in Outcome)
    mine = Choice(
        label=gettext("Mine"), href=_link(mine=None if chosen.holder_id else "1"), chosen=chosen.holder_id is not None
    )
    return [
        (gettext("Status"), list(_choices("status", statuses, chosen.status))),
        (gettext("Policy’s answer"), list(_choices("outcome", outcomes, chosen.outcome))),
        (gettext("Who has it"), [mine]),
    ]


def _choices(name: str, values: Iterable[tuple[Any, str]], chosen: object) -> Iterable[Choice]:
    return (_choice(name, value, label, chosen) for value, label in values)


def _choice(name: str, value: Any, label: str, chosen: object) -> Choice:
    """Return a choice whose link sets it, or takes it back where it is chosen."""
    return Choice(label=label, href=_link(**{name: None if value is chosen else value.value}), chosen=value is chosen)


def _link(**changes: Any) -> str:
    """Return this list's address with some of its query changed; the page begins anew unless `after` is given."""
    kept = {name: request.args.get(name) for name in QUERY}
    query = urlencode({name: value for name, value in (kept | changes).items() if value})
    return f"{request.root_path}{request.path}{'?' if query else ''}{query}"
