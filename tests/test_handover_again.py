"""Hand-overs that come again: a link files once, an order has one request, and nobody sees another's."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask

from portal.events import EventKind
from portal.models import Event, Ticket
from portal.policy import State
from tests.filing import FORM, NEW, at_once, file, page_of, reference_of, rows, secret_path, stored_tickets
from tests.handing import asked, come, file_handed, handed_over, named, token
from tests.stored import ticket
from tests.visitor import Visitor


def test_a_link_files_once_and_then_says_so(app: Flask, visitor: Visitor) -> None:
    sent = token()
    page = come(visitor, sent)
    first = file_handed(visitor, page)
    assert file_handed(visitor, page).location == first.location  # the double click
    for browser in (visitor, Visitor(app)):
        again = come(browser, sent)
        assert again.says("#errors-title") == "A request was already sent with this link from SMM-PANEL.PRO"
        assert asked(again) == {"order_id", "service_name", "link", "status"}
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


def test_a_request_that_the_browser_sent_before_becomes_its_customers(app: Flask, visitor: Visitor) -> None:
    before = file(visitor)
    after = handed_over(visitor)
    assert (reference_of(after), secret_path(after)) == (reference_of(before), secret_path(before))
    with app.app_context():
        assert ticket(reference_of(before)).proven
    assert come(Visitor(app), token()).path == page_of(before)


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
