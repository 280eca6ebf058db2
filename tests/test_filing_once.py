"""One ticket a try, one open ticket an order and browser: clicks, reloads, retries and threads notwithstanding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from flask import Flask

from portal import tickets
from portal.clock import now
from portal.events import EventKind
from portal.extensions import db
from portal.filing import Filing
from portal.keys import digest
from portal.limits import Counted, count
from portal.models import Counter, Event, Ticket
from portal.policy import Outcome, State
from portal.settings import Limit, Limits
from tests.build import typed, upload
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import FORM, NEW, at_once, file, page_of, reference_of, rows, secret_path, stored_tickets
from tests.stored import RIGHT
from tests.visitor import Send, Visitor

THREADS = 8
ALL = Counted("filings_address", "all", 1000, 3600)


def test_a_double_click_and_a_client_that_retries_make_one_ticket(app: Flask, visitor: Visitor) -> None:
    form = visitor.visit(NEW)
    answers = [visitor.send_form(form, typed(), form=FORM) for _ in range(3)]
    assert {answer.status for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    links = {secret_path(visitor.visit(str(answer.location))) for answer in answers}
    assert len(links) == 1
    assert rows(app, Ticket, Event) == [1, 1]


def test_a_try_that_was_filed_is_shown_again_and_counts_nothing(app: Flask, visitor: Visitor) -> None:
    form = visitor.visit(NEW)
    first = visitor.send_form(form, typed(), form=FORM)
    with app.app_context():
        before = [counter.times for counter in db.session.query(Counter)]
    assert visitor.send_form(form, typed(), form=FORM).location == first.location
    with app.app_context():
        assert [counter.times for counter in db.session.query(Counter)] == before
    assert rows(app, Ticket, Event) == [1, 1]


def test_a_try_that_came_while_the_last_allowed_one_was_filed_shows_that_one(app_with: AppWith) -> None:
    app = app_with(limits=Limits(filings_browser=Limit(1, 3600)))
    visitor = Visitor(app)
    form = visitor.visit(NEW)
    first = visitor.send_form(form, typed(), form=FORM)
    assert visitor.send_form(form, typed(), form=FORM).location == first.location
    assert visitor.send(NEW, typed(order_id="777")).status == 429


def test_going_back_and_changing_the_order_files_that_order_too(app: Flask, visitor: Visitor) -> None:
    form = visitor.visit(NEW)
    visitor.send_form(form, typed(order_id="1"), form=FORM)
    visitor.send_form(form, typed(order_id="2"), form=FORM)
    assert [ticket.order_id for ticket in stored_tickets(app)] == ["1", "2"]


def test_going_back_and_adding_a_screenshot_adds_it_to_the_ticket(app: Flask, visitor: Visitor) -> None:
    form = visitor.visit(NEW)
    visitor.send_form(form, typed(), form=FORM)
    for _ in range(2):  # the second is the double click
        visitor.send_form(form, typed(), form=FORM, forged={"screenshots": [upload()]})
    (ticket,) = stored_tickets(app)
    assert [(line.kind, line.pictures) for line in ticket.events] == [
        (EventKind.FILED, 0),
        (EventKind.FILED_AGAIN, 1),
    ]


def test_another_browser_with_the_same_submission_gets_a_ticket_of_its_own(app: Flask, visitor: Visitor) -> None:
    form = visitor.visit(NEW)
    mine = visitor.visit(str(visitor.send_form(form, typed(), form=FORM).location))
    stranger = Visitor(app)
    token = stranger.visit(NEW).form(FORM).fields["csrf_token"]
    theirs = stranger.send_form(form, typed(), form=FORM, forged={"csrf_token": token})
    assert secret_path(stranger.visit(str(theirs.location))) != secret_path(mine)
    assert len(stored_tickets(app)) == 2
    stranger.visit(page_of(mine), status=403)


def test_filing_again_for_the_open_order_adds_the_whole_filing_with_its_own_decision(
    app: Flask, visitor: Visitor
) -> None:
    first = file(visitor, order_id="AB-7", problem="other")
    again = file(visitor, order_id="#ab-7", problem="other", status="processing", reason="It began meanwhile, sorry.")
    assert "You already had an open request for this order" in again.text
    assert (reference_of(again), secret_path(again)) == (reference_of(first), secret_path(first))
    (ticket,) = stored_tickets(app)
    assert [line.kind for line in ticket.events] == [EventKind.FILED, EventKind.FILED_AGAIN]
    filings = [line.filing for line in ticket.events if line.filing]
    assert [filing.reason for filing in filings] == [typed()["reason"], "It began meanwhile, sorry."]
    outcomes = [line.decision.outcome for line in ticket.events if line.decision]
    assert outcomes == [Outcome.BEST_CHANCE, Outcome.DIFFICULT]
    page = visitor.visit(page_of(first))
    assert "You added to your request" in page.text
    assert [answer.outcome for answer in page.answers] == ["best_chance", "difficult"]


def test_a_new_ticket_is_filed_once_the_first_has_ended(app: Flask, visitor: Visitor) -> None:
    first = file(visitor)
    visitor.send(f"{page_of(first)}/withdraw", {"sure": True}, at=page_of(first))
    assert reference_of(file(visitor)) != reference_of(first)
    assert [ticket.state for ticket in stored_tickets(app)] == [State.WITHDRAWN, State.RECEIVED]


def test_the_same_order_from_someone_else_is_kept_and_gives_nothing_away(app: Flask) -> None:
    first, second = Visitor(app), Visitor(app)
    mine, theirs = file(first), file(second, reason="I saw this number somewhere and try my luck.")
    assert theirs.text.replace(reference_of(theirs), "") == mine.text.replace(reference_of(mine), "")
    page = second.visit(page_of(theirs))
    assert reference_of(mine) not in page.html
    assert typed()["reason"] not in page.html
    second.visit(page_of(mine), status=403)
    desk = Colleague(app).ticket(reference_of(mine))
    assert f"/staff/tickets/{reference_of(theirs)}" in [link.href for link in desk.links]
    assert "same order, another filer" in desk.text


def test_file_another_keeps_service_and_link_of_an_own_ticket_alone(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor, service_name="Likes, quick", link="@my.shop")
    path = filed.link("File another, for another order")
    known = visitor.visit(path).form(FORM).fields
    assert (known["service_name"], known["link"], known["order_id"]) == ("Likes, quick", "@my.shop", "")
    stranger = Visitor(app).visit(path).form(FORM).fields
    assert (stranger["service_name"], stranger["link"]) == ("", "")


def test_what_staff_asked_for_is_added_to_the_ticket_and_brings_it_back_into_review(
    app: Flask, visitor: Visitor
) -> None:
    filed = file(visitor)
    desk = Colleague(app)
    desk.act(reference_of(filed), "answer", verdict="ask", text="Which account did you pay from?")
    path = visitor.visit(page_of(filed)).link("Add to your request")
    form = visitor.visit(path)
    assert form.form(FORM).fields["order_id"] == typed()["order_id"]
    visitor.send_form(form, typed(reason="From the account of my shop."), form=FORM)
    assert [ticket.state for ticket in stored_tickets(app)] == [State.IN_REVIEW]


def test_who_opened_the_secret_link_elsewhere_adds_to_the_same_ticket(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    Colleague(app).act(reference_of(filed), "answer", verdict="ask", text="Which account did you pay from?")
    phone = Visitor(app)
    page = phone.visit(secret_path(filed))
    added = phone.send_form(
        phone.visit(page.link("Add to your request")), typed(reason="From my other one."), form=FORM
    )
    assert reference_of(phone.visit(str(added.location))) == reference_of(filed)
    other = phone.send_form(phone.visit(page.link("Add to your request")), typed(order_id="778"), form=FORM)
    assert reference_of(phone.visit(str(other.location))) != reference_of(filed)
    first, second = stored_tickets(app)
    assert [line.kind for line in first.events][-1] is EventKind.FILED_AGAIN
    assert first.filer != second.filer


def test_what_staff_saw_stands_where_the_customer_files_again(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    desk = Colleague(app)
    desk.act(reference_of(filed), "facts", status="in_progress", sent_to_provider="yes")
    file(visitor, reason="It still shows that it waits.")
    known = desk.ticket(reference_of(filed)).form("facts").fields
    assert (known["status"], known["sent_to_provider"]) == ("in_progress", "yes")
    assert "In progress" in desk.visit("/staff/").one("table.inbox tbody").get_text()


def raced(app: Flask, tries: Sequence[tuple[str, str, str]]) -> list[str]:
    """File tries of (browser, submission, order) at the same moment; return the references."""

    def call(browser: str, submission: str, order: str) -> str:
        portal = app.extensions["portal"]
        with app.app_context():
            filed = tickets.file(
                Filing(**{**RIGHT, "order_id": order}),
                tickets.Filer(browser=digest(browser), language="en"),
                pictures=(),
                this=tickets.Try(submission=digest(submission)),
                policy=portal.content.policy,
                keys=portal.keys,
                at=now() - timedelta(minutes=1),
                last=lambda: count([ALL], now()),
            )
            return filed.reference

    return at_once([partial(call, *args) for args in tries])


def test_one_submission_in_many_threads_makes_one_ticket(each_app: Flask) -> None:
    references = raced(each_app, [("me", "once", "7")] * THREADS)
    assert len(set(references)) == 1
    assert rows(each_app, Ticket, Event) == [1, 1]


def test_many_submissions_of_one_browser_for_one_order_make_one_ticket_with_all_of_them(each_app: Flask) -> None:
    references = raced(each_app, [("me", f"try {n}", "aB"[n % 2] + "7") for n in range(THREADS)])
    tickets_ = stored_tickets(each_app)
    assert {ticket.reference for ticket in tickets_} == set(references)
    assert sorted(len(ticket.events) for ticket in tickets_) == [THREADS // 2, THREADS // 2]
    for ticket in tickets_:
        assert [e.kind for e in ticket.events] == [EventKind.FILED] + [EventKind.FILED_AGAIN] * (THREADS // 2 - 1)


def test_many_browsers_for_one_order_make_a_ticket_each(each_app: Flask) -> None:
    assert len(set(raced(each_app, [(f"browser {n}", f"try {n}", "7") for n in range(THREADS)]))) == THREADS
    assert rows(each_app, Ticket, Event) == [THREADS, THREADS]


def test_a_form_sent_eight_times_at_once_is_filed_once(each_app: Flask, send: Send, visitor: Visitor) -> None:
    form = visitor.visit(NEW)
    cookie = visitor.client.get_cookie("session", domain="127.0.0.1")
    assert cookie is not None

    def click() -> str:
        tab = Visitor(each_app)
        tab.client.set_cookie("session", cookie.value, domain="127.0.0.1")
        return str(tab.send_form(form, typed(), form=FORM).location)

    assert len(set(at_once([click] * THREADS))) == 1
    assert rows(each_app, Ticket, Event) == [1, 1]
