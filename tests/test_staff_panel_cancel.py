"""The cancellation on the staff's page: where it can be sent, how often, called back, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from flask import Flask

from portal.readings import Failure
from tests.at_panel import ORDER, being_sent, cancellations, given_up, never_reached, sent, shows
from tests.colleague import TARAS, Colleague
from tests.page import Page
from tests.reading import words
from tests.stored import filed, kinds, secret_link, state
from tests.visitor import Visitor

ACCEPT: dict[str, Any] = {"verdict": "accept_full", "matched_by": "Wrote from the account's e-mail."}
NASTY = "<script>alert(1)</script> & \"'"
SEND = "Send the cancellation to the panel"


def accepted(app: Flask, colleague: Colleague, browser: str = "a customer's") -> str:
    """File a ticket and accept it; return its reference."""
    reference = filed(app, browser)
    shows(app)
    colleague.act(reference, "answer", **ACCEPT)
    return reference


def asked(app: Flask, colleague: Colleague) -> str:
    """File a ticket, accept it, and have the cancellation sent; return its reference."""
    reference = accepted(app, colleague)
    colleague.act(reference, "cancel")
    return reference


def cancellation(page: Page) -> str:
    """Return what a page says of the cancellation."""
    return page.says("section[aria-labelledby=cancel-title]")


def can_cancel(page: Page) -> bool:
    """Return whether a page offers to send a cancellation."""
    return "cancel" in {form.id for form in page.forms}


def test_a_cancellation_is_sent_only_of_what_was_accepted_and_only_one_at_a_time(panel_app: Flask) -> None:
    olena, reference = Colleague(panel_app), filed(panel_app)
    shows(panel_app)
    assert not can_cancel(olena.ticket(reference))
    olena.act(reference, "answer", **ACCEPT)
    page = olena.ticket(reference)
    assert can_cancel(page)
    assert "again" not in page.form("cancel").names
    olena.on(page, "cancel")
    waiting = olena.ticket(reference)
    assert not can_cancel(waiting)
    assert "It waits to be sent." in cancellation(waiting)
    being_sent(panel_app)
    sending = olena.ticket(reference)
    assert not can_cancel(sending)
    assert "call-back" not in {form.id for form in sending.forms}
    assert "It is being sent." in cancellation(sending)


def test_pressed_twice_it_is_one_cancellation(panel_app: Flask) -> None:
    olena, taras = Colleague(panel_app), Colleague(panel_app, TARAS)
    reference = accepted(panel_app, olena)
    pages = [(olena, olena.ticket(reference)), (taras, taras.ticket(reference))]
    answers = [whose.send_form(page, {}, form="cancel") for whose, page in [pages[0], pages[0], pages[1]]]
    assert [answer.status for answer in answers] == [303, 409, 409]
    assert answers[1].says("#errors-title") == "You changed this request yourself since you opened the page"
    assert len(cancellations(panel_app)) == 1
    assert kinds(panel_app, reference).count("cancel_asked") == 1


def test_two_requests_for_one_order_have_one_cancellation_under_way(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    first, second = accepted(panel_app, olena, "one"), accepted(panel_app, olena, "two")
    page = olena.ticket(second)
    olena.act(first, "cancel")
    refused = olena.on(page, "cancel", code=409)
    assert refused.says("#errors-title") == "This cannot be done in the request’s present state"
    other = olena.ticket(second)
    assert not can_cancel(other)
    assert "call-back" not in {form.id for form in other.forms}
    assert next(link.href for link in other.links if link.text == first) == f"/staff/tickets/{first}"
    assert first in cancellation(other)
    assert first not in cancellation(olena.ticket(first))


def test_a_cancellation_that_was_not_sent_yet_is_called_back(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    reference = asked(panel_app, olena)
    olena.act(reference, "call-back")
    page = olena.ticket(reference)
    assert "It was called back before it was sent." in cancellation(page)
    assert can_cancel(page)
    assert "again" not in page.form("cancel").names
    olena.act(reference, "cancel")
    assert [row.state for row in cancellations(panel_app)] == ["called_back", "waiting"]


def test_what_is_being_sent_is_not_called_back(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    reference = asked(panel_app, olena)
    page = olena.ticket(reference)
    being_sent(panel_app)
    refused = olena.on(page, "call-back", code=409)
    assert "It is being sent." in cancellation(refused)
    assert [row.state for row in cancellations(panel_app)] == ["sending"]


class Became(NamedTuple):
    """What can become of a cancellation: how, what staff read, and the state of the ticket."""

    how: Callable[[Flask], None]
    says: str
    said: str
    state: str


BECAME = {
    "taken": Became(sent, "The panel took it. That does not cancel the order yet.", "", "cancel_sent"),
    "refused": Became(
        lambda app: sent(app, Failure.REFUSED, NASTY), "The panel refused it.", f"The panel said: {NASTY}", "in_review"
    ),
    "unknown": Became(
        lambda app: sent(app, Failure.UNKNOWN, NASTY),
        "The panel did not answer in time: it may have it, or not. It is never sent twice by itself.",
        f"Detail: {NASTY}",
        "cancel_sent",
    ),
    "not ended": Became(given_up, "The panel did not answer in time: it may have it, or not.", "", "cancel_sent"),
    "not sent": Became(
        never_reached, "The panel could not be reached. Nothing was sent.", "Detail: ConnectionRefusedError", "accepted"
    ),
    "tried": Became(
        lambda app: sent(app, Failure.UNREACHABLE, NASTY),
        "It waits to be sent. Tried 1; again",
        f"Detail: {NASTY}",
        "accepted",
    ),
}


@pytest.mark.parametrize("became", BECAME.values(), ids=BECAME)
def test_what_became_of_it_is_told_in_words_and_the_panels_words_are_words(panel_app: Flask, became: Became) -> None:
    olena = Colleague(panel_app)
    reference = asked(panel_app, olena)
    became.how(panel_app)
    page = olena.ticket(reference)
    assert became.says in cancellation(page)
    assert became.said in cancellation(page)
    assert ("The panel said:" in page.text) == became.said.startswith("The panel said:")
    assert state(panel_app, reference) == became.state
    assert not page.all("main script")
    assert '{"raw":1}' not in page.html
    assert can_cancel(page) == (became.state == "accepted" and "Tried" not in became.says)


@pytest.mark.parametrize("outcome", ["taken", "unknown"])
def test_an_order_that_the_panel_may_have_is_sent_once_more_only_where_that_is_ticked(
    panel_app: Flask, outcome: str
) -> None:
    olena = Colleague(panel_app)
    first = asked(panel_app, olena)
    BECAME[outcome].how(panel_app)
    second = accepted(panel_app, olena, "another")
    page = olena.ticket(second)
    assert "The panel may have a cancellation of this order already" in words(page.one("label[for=cancel-again]"))
    refused = olena.on(page, "cancel", code=422)
    assert refused.errors == {"cancel-again": "Tick this if it is to be sent once more"}
    assert [row.name for row in cancellations(panel_app)] == [f"{first}.5.cancel"]
    olena.on(refused, "cancel", again=True)
    assert [row.state for row in cancellations(panel_app)][-1] == "waiting"
    assert len(cancellations(panel_app)) == 2


def test_what_the_panel_refused_is_sent_again_without_a_tick(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    reference = asked(panel_app, olena)
    sent(panel_app, Failure.REFUSED, "Not yet")
    shows(panel_app)
    olena.act(reference, "answer", verdict="accept_full")
    assert "again" not in olena.ticket(reference).form("cancel").names
    olena.act(reference, "cancel")
    assert [row.state for row in cancellations(panel_app)] == ["refused", "waiting"]


def test_by_hand_nothing_is_sent(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "answer", **ACCEPT, seen_status="pending")
    page = olena.ticket(reference)
    assert not can_cancel(page)
    assert SEND not in page.text
    assert "Cancellation by the panel" not in page.text
    assert {"cancel_sent", "canceled"} <= set(page.form("move").choices("state"))


def test_the_customer_can_do_nothing_of_this(panel_app: Flask) -> None:
    olena = Colleague(panel_app)
    reference = asked(panel_app, olena)
    customer = Visitor(panel_app)
    customer.visit(secret_link(panel_app, reference))
    for action in ("cancel", "call-back", "read", "credit", "amounts"):
        assert customer.post(f"/staff/tickets/{reference}/{action}", {"seen": "3"}).status == 403
    assert [row.state for row in cancellations(panel_app)] == ["waiting"]
    assert ORDER in customer.visit(secret_link(panel_app, reference)).text
