"""Hand-overs that come again: a link files once, an order has one request, and nobody sees another's."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.events import EventKind
from portal.models import Event, Ticket
from portal.policy import Outcome, State, Status
from tests.answering import DECLINE
from tests.build import typed
from tests.colleague import Colleague
from tests.filing import FORM, NEW, at_once, file, page_of, reference_of, rows, secret_path, stored_tickets
from tests.handing import ALREADY_TOLD, ORDER, asked, come, file_handed, handed_over, named, token
from tests.page import Link
from tests.stored import ticket
from tests.visitor import Visitor


def test_a_link_files_once_and_then_says_so(app: Flask, visitor: Visitor) -> None:
    sent = token()
    page = come(visitor, sent)
    first = file_handed(visitor, page)
    assert file_handed(visitor, page).location == first.location  # the double click
    mine = [Link("Open the request", urlsplit(str(first.location)).path.removesuffix("/filed"))]
    for browser in (visitor, Visitor(app)):
        again = come(browser, sent)
        assert again.says("#errors-title") == "A request was already sent with this link from SMM-PANEL.PRO"
        assert [a for a in again.links if a.text == "Open the request"] == ([] if browser is not visitor else mine)
        assert asked(again) == set(ALREADY_TOLD)
    assert rows(app, Ticket, Event) == [1, 1]


def test_one_link_opened_in_two_browsers_files_once(each_app: Flask) -> None:
    sent = token()
    browsers = [Visitor(each_app) for _ in range(4)]
    pages = [come(browser, sent) for browser in browsers]
    answers = at_once([partial(file_handed, b, p) for b, p in zip(browsers, pages, strict=True)])
    assert sorted(answer.status for answer in answers) == [303, 422, 422, 422]
    refused = next(answer for answer in answers if answer.status == 422)
    assert "already sent with this link" in refused.says("#errors-title")
    assert refused.form(FORM).fields["order_id"] == "1048576"
    assert rows(each_app, Ticket, Event) == [1, 1]


def test_two_links_for_one_order_make_one_ticket(each_app: Flask) -> None:
    browsers = [Visitor(each_app) for _ in range(4)]
    pages = [come(browser, token()) for browser in browsers]
    answers = at_once([partial(file_handed, b, p) for b, p in zip(browsers, pages, strict=True)])
    assert [answer.status for answer in answers] == [303] * 4
    assert rows(each_app, Ticket, Event) == [1, 4]


def test_a_second_hand_over_leads_to_where_the_request_stands(app: Flask, visitor: Visitor) -> None:
    confirmation = handed_over(visitor)
    later = Visitor(app)
    page = come(later, token(status="in_progress"))
    assert page.path == page_of(confirmation)
    assert "You asked about this order on" in page.text
    add = later.visit(page.link("Add to your request"))
    assert asked(add) == set()
    assert file_handed(later, add, reason="It has begun meanwhile.").status == 303
    (filed,) = stored_tickets(app)
    assert [line.kind for line in filed.events] == [EventKind.FILED, EventKind.FILED_AGAIN]


def test_after_the_request_ended_a_hand_over_offers_a_new_one(app: Flask, visitor: Visitor) -> None:
    confirmation = handed_over(visitor)
    visitor.send(f"{page_of(confirmation)}/withdraw", {"sure": True}, at=page_of(confirmation))
    later = Visitor(app)
    page = come(later, token())
    assert page.h1 == "You withdrew your request"
    assert file_handed(later, later.visit(page.link("Send a new request"))).status == 303
    assert [filed.state for filed in stored_tickets(app)] == [State.WITHDRAWN, State.RECEIVED]


@pytest.mark.parametrize("other", [{"customer_id": 4712}, {"order_id": "1048577"}])
def test_another_customer_or_order_sees_nothing_of_it(app: Flask, visitor: Visitor, other: dict[str, Any]) -> None:
    confirmation = handed_over(visitor)
    stranger = Visitor(app)
    page = come(stranger, token(**other))
    assert page.path == NEW
    stranger.visit(page_of(confirmation), status=403)


def test_what_was_filed_without_proof_never_becomes_the_customers(app: Flask, visitor: Visitor) -> None:
    strangers = file(visitor)
    customers = handed_over(visitor)
    assert reference_of(customers) != reference_of(strangers)
    with app.app_context():
        assert [ticket(reference_of(page)).proven for page in (strangers, customers)] == [False, True]
    thief = Visitor(app)
    assert thief.visit(secret_path(strangers)).path == page_of(strangers)
    thief.visit(page_of(customers), status=403)
    desk = Colleague(app).ticket(reference_of(customers))
    assert reference_of(strangers) in desk.html


def test_a_customers_ticket_is_taken_over_by_nobody(app: Flask, visitor: Visitor) -> None:
    first = handed_over(visitor)
    other = Visitor(app)
    other.visit(secret_path(first))
    page = come(other, token(customer_id=4712))
    answer = other.send_form(page, typed(**{**ALREADY_TOLD, "problem": "other"}), form=FORM)
    assert reference_of(other.visit(str(answer.location))) != reference_of(first)
    assert come(Visitor(app), token()).path == page_of(first)


def test_the_ordinary_form_adds_to_what_the_browser_filed_by_hand_over(app: Flask, visitor: Visitor) -> None:
    first = handed_over(visitor)
    assert reference_of(file(visitor)) == reference_of(first)
    assert rows(app, Ticket, Event) == [1, 2]


def test_what_the_main_site_told_stands_above_a_later_claim(app: Flask, visitor: Visitor) -> None:
    reference = reference_of(handed_over(visitor, status="in_progress", provider_allows=False))
    add = visitor.visit(f"/en/tickets/new?again={reference}")
    assert asked(add) == set()
    assert file_handed(visitor, add, reason="Please look once more.").status == 303
    file(visitor, status="pending", service_name="Mine", problem="other")
    with app.app_context():
        known = ticket(reference)
        assert (known.status, known.outcome) == (Status.IN_PROGRESS, Outcome.UNLIKELY)
        assert known.service_name == ORDER["service_name"]
    form = Colleague(app).ticket(reference).form("facts")
    assert [form.fields[name] for name in ("status", "sent_to_provider", "provider_allows")] == [
        "in_progress",
        "yes",
        "no",
    ]


def test_what_staff_recorded_last_and_what_is_told_later_count_as_they_came(app: Flask, visitor: Visitor) -> None:
    reference = reference_of(handed_over(visitor, status="pending", sent_to_provider=None))
    olena = Colleague(app)
    olena.act(reference, "facts", status="processing")
    with app.app_context():
        assert ticket(reference).status is Status.PROCESSING
    later = Visitor(app)
    page = come(later, token(status="in_progress"))
    file_handed(later, later.visit(page.link("Add to your request")))
    with app.app_context():
        assert ticket(reference).status is Status.IN_PROGRESS


def test_what_was_told_before_does_not_undo_what_staff_recorded_since(app: Flask, visitor: Visitor) -> None:
    reference = reference_of(handed_over(visitor, status="pending"))
    Colleague(app).act(reference, "facts", status="completed")
    add = visitor.visit(f"/en/tickets/new?again={reference}")
    assert file_handed(visitor, add, reason="And one thing more.").status == 303
    with app.app_context():
        assert ticket(reference).status is Status.COMPLETED


def test_what_was_told_of_a_request_that_ended_is_no_fact_of_a_new_one(app: Flask, visitor: Visitor) -> None:
    confirmation = handed_over(visitor)
    visitor.send(f"{page_of(confirmation)}/withdraw", {"sure": True}, at=page_of(confirmation))
    form = visitor.visit(f"/en/tickets/new?again={reference_of(confirmation)}")
    assert asked(form) == set(ALREADY_TOLD)
    assert visitor.send_form(form, typed(), form=FORM).status == 303
    with app.app_context():
        newer = ticket(stored_tickets(app)[-1].reference)
        assert (newer.proven, newer.events[0].filing.told if newer.events[0].filing else "") == (False, None)


def test_a_form_that_adds_says_when_its_ticket_is_open_no_longer(app: Flask, visitor: Visitor) -> None:
    reference = reference_of(handed_over(visitor))
    add = visitor.visit(f"/en/tickets/new?again={reference}")
    visitor.client.delete_cookie(f"ticket-{reference}", domain="127.0.0.1")
    answer = file_handed(visitor, add)
    assert (answer.status, answer.says("#errors-title")) == (422, "Open your secret link again")
    assert rows(app, Ticket, Event) == [1, 1]
    assert "again=" not in answer.form(FORM).url


def test_the_open_request_is_shown_before_a_newer_one_that_ended(app: Flask, visitor: Visitor) -> None:
    first = handed_over(visitor)
    olena = Colleague(app)
    olena.act(reference_of(first), "answer", **DECLINE)
    page = come(visitor, token())
    second = visitor.visit(str(file_handed(visitor, visitor.visit(page.link("Send a new request"))).location))
    visitor.send(f"{page_of(second)}/withdraw", {"sure": True}, at=page_of(second))
    olena.act(reference_of(first), "reopen", reason="Looked at it again.")
    assert come(Visitor(app), token()).path == page_of(first)


def test_a_hand_over_of_another_order_is_not_said_on_a_tickets_page(app: Flask, visitor: Visitor) -> None:
    confirmation = handed_over(visitor)
    other = named(come(visitor, token(order_id="2")))
    assert "You asked about this order" not in visitor.visit(f"{page_of(confirmation)}?handed={other}").text


def test_without_a_customers_id_the_request_belongs_to_the_browser(app: Flask, visitor: Visitor) -> None:
    confirmation = handed_over(visitor, customer_id=None, email=None)
    with app.app_context():
        assert ticket(reference_of(confirmation)).proven
    assert come(visitor, token(customer_id=None)).path == page_of(confirmation)
    assert come(Visitor(app), token(customer_id=None)).path == NEW


def test_the_hand_over_of_another_browser_is_not_this_ones(app: Flask, visitor: Visitor) -> None:
    page = come(visitor, token())
    stranger = Visitor(app).visit(f"{NEW}?handed={named(page)}")
    assert "no longer here" in stranger.says("#errors-title")
    assert "1048576" not in stranger.html


def test_a_cookie_under_another_name_is_not_taken(app: Flask, visitor: Visitor) -> None:
    page = come(visitor, token())
    cookie = visitor.client.get_cookie(f"order-{named(page)}", domain="127.0.0.1")
    assert cookie is not None
    visitor.client.set_cookie("order-aaaaaaaaaaaa", cookie.value, domain="127.0.0.1")
    assert "no longer here" in visitor.visit(f"{NEW}?handed=aaaaaaaaaaaa").says("#errors-title")


def test_whoever_adds_by_the_secret_link_alone_does_not_learn_the_address_of_the_account(visitor: Visitor) -> None:
    reference = reference_of(handed_over(visitor, email="customer@example.com"))
    add = visitor.visit(f"/en/tickets/new?again={reference}")
    assert "customer@example.com" not in add.html
    assert "c…@example.com" in visitor.visit(f"/en/tickets/{reference}").text
