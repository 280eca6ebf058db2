"""What a notice says, put into words: to a customer in the ticket's language, to staff in the portal's first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal import tickets
from portal.concerns import NoticeKind
from portal.content import plain
from portal.events import EventKind
from portal.i18n import first, gettext, language, moment, speaking
from portal.models import Event, Ticket
from portal.parts import link, portal
from portal.policy import Verdict
from portal.state_words import NOT_TAKEN, STATE_WORDS, VERDICT_WORDS


@dataclass(frozen=True, kw_only=True)
class Told:
    """A notice in words: a headline, what it means, what staff wrote (with the clause it rests on), where it leads.

    `off` turns the mails about the ticket off; it is empty where this one was asked for.
    """

    language: str
    subject: str
    headline: str
    meaning: tuple[str, ...]
    quote: str
    clause: str
    link: str
    link_label: str
    off: str
    reference: str


def to_customer(kind: NoticeKind, ticket: Ticket, event: Event | None) -> Told:
    """Return what a customer is told. Raises `KeyError` where the key of the ticket's link is gone."""
    with speaking(ticket.language):
        headline, meaning = _said(kind, event)
        token = tickets.link_token(ticket, portal().keys)
        signed = tickets.mails_token(ticket, portal().keys)
        return Told(
            language=language(),
            subject=gettext("%(headline)s – order %(order)s", headline=headline, order=ticket.order_id),
            headline=headline,
            meaning=meaning,
            quote=str(event.data.get("text", "")) if event and kind in QUOTED else "",
            clause=_clause(event) if event else "",
            link=link("tickets.open_link", token=token),
            link_label=gettext("Answer the question") if kind is NoticeKind.ASKED else gettext("Open the request"),
            off=link("tickets.mails", language=language(), token=signed) if event else "",
            reference=ticket.reference,
        )


def a_test() -> Told:
    """Return a mail that says that mails arrive."""
    with speaking(first()):
        headline = gettext("A test of the help portal’s mails")
        return Told(
            language=first(),
            subject=headline,
            headline=headline,
            meaning=(gettext("If you read this, they arrive."),),
            quote="",
            clause="",
            link=link("policy.page", language=first()),
            link_label=gettext("Cancellation policy"),
            off="",
            reference="",
        )


def to_staff(kind: NoticeKind, ticket: Ticket) -> tuple[str, str]:
    """Return the title and the text of a message to staff; nothing that a customer typed but the order ID."""
    with speaking(first()):
        words = portal().content.words[first()]
        title = {
            NoticeKind.NEW: gettext("New request: order %(order)s", order=ticket.order_id),
            NoticeKind.CUSTOMER_WROTE: gettext("The customer answered: order %(order)s", order=ticket.order_id),
            NoticeKind.CANCEL_FAILED: gettext("A cancellation needs you: order %(order)s", order=ticket.order_id),
            NoticeKind.OVERDUE: gettext("Still without an answer: order %(order)s", order=ticket.order_id),
        }[kind]
        lines = [
            f"{words.status(ticket.status).full} · {words.headline(ticket.outcome)}",
            gettext("Waiting since %(when)s.", when=moment(ticket.waits_since)) if ticket.waits_since else "",
            link("staff.ticket", reference=ticket.reference),
        ]
        return title, "\n".join(line for line in lines if line)


QUOTED = (NoticeKind.ASKED, NoticeKind.ANSWERED, NoticeKind.WROTE, NoticeKind.CANCELED, NoticeKind.CREDITED)
"""The notices that show what staff wrote to the customer; a reason to review again is for staff."""


def _said(kind: NoticeKind, event: Event | None) -> tuple[str, tuple[str, ...]]:
    """Return the headline and what it means."""
    if event is None:
        return gettext("The link of your request"), (
            gettext("You asked for the secret link of your request again. It is below."),
            gettext("If you did not ask for it, do nothing: only you got this mail."),
        )
    if kind is NoticeKind.RECEIVED:
        return _received(event)
    if kind is NoticeKind.ASKED:
        return str(VERDICT_WORDS[Verdict.ASK]), (
            gettext("Staff asked you something. Until you answer, the review rests."),
        )
    if kind is NoticeKind.WROTE:
        return gettext("We wrote to you"), (gettext("This is what staff wrote:"),)
    if kind is NoticeKind.REOPENED:
        return gettext("Your request is reviewed again"), (
            gettext("A member of staff is looking at your order again. The review itself changes nothing in it."),
        )
    if kind is NoticeKind.NOT_TAKEN:
        return str(NOT_TAKEN.headline), (str(NOT_TAKEN.meaning), str(NOT_TAKEN.next))
    words = STATE_WORDS[event.state]
    if kind is NoticeKind.ANSWERED:
        return str(VERDICT_WORDS[Verdict(event.data["verdict"])]), (str(words.meaning),)
    return str(words.headline), (str(words.meaning), str(words.next))


def _received(event: Event) -> tuple[str, tuple[str, ...]]:
    review = gettext("A member of staff looks at your order and at what you wrote. We cannot say how long it takes.")
    order = gettext("The order itself goes on meanwhile; a review does not stop it.")
    secret = gettext("Whoever has the link below can read the request and withdraw it, so give it to nobody.")
    if event.kind is EventKind.FILED_AGAIN:
        return gettext("We have what you added"), (gettext("It was added to your open request."), order, secret)
    return gettext("We have your request"), (review, order, secret)


def _clause(event: Any) -> str:
    """Return the clause that an answer rests on, as the policy of that day had it."""
    id_ = event.data.get("clause", "")
    if not id_ or event.policy_hash is None:
        return ""
    cited = portal().words_at(event, language()).clauses.get(id_)
    return f"{plain(cited.label)}: {plain(cited.text)}".removeprefix(": ") if cited else ""
