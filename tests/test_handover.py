"""Customers handed over by the main site: what it tells is a fact, and who asks is proven."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from portal.policy import Outcome, Source, Status
from portal.views.tickets.handed import MOST_WAITING
from tests.answering import customers
from tests.build import typed
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import (
    FORM,
    NEW,
    nothing_stored,
    reference_of,
    stored_tickets,
)
from tests.handing import ALREADY_TOLD, ORDER, asked, come, file_handed, handed_over, named, token
from tests.reading import words
from tests.stored import everything, last_event, ticket
from tests.visitor import Visit, Visitor


def test_the_token_leaves_the_address_at_once(visitor: Visitor) -> None:
    sent = token()
    answer = visitor.open(f"{NEW}?order={sent}")
    assert answer.status == 303
    assert "order=" not in str(answer.location)
    assert sent not in answer.html
    assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.visit(str(answer.location)).headers["Cache-Control"] == "no-store"


def test_the_order_is_shown_as_facts_and_not_asked_again(visitor: Visitor) -> None:
    page = come(visitor, token())
    assert asked(page) == set()
    for fact in (
        "1048576",
        "1201",
        "Instagram followers, slow",
        "1,000",
        "0.90 USD",
        "Processing",
        "4711",
        "customer@example.com",
    ):
        assert fact in page.says("section[aria-labelledby=group-order] dl")
    assert page.answer.outcome == "possible"


@pytest.mark.parametrize("left_out", ["service_name", "link", "status"])
def test_what_the_token_leaves_out_is_asked(app: Flask, visitor: Visitor, left_out: str) -> None:
    page = come(visitor, token(**dict[str, Any]({left_out: None})))
    assert asked(page) == {left_out}
    assert file_handed(visitor, page).status == 422
    assert file_handed(visitor, page, **{left_out: typed()[left_out]}).status == 303
    (filed,) = stored_tickets(app)
    assert str(getattr(filed.filing, left_out)) == typed()[left_out]
    assert filed.filing.source(left_out) is Source.CUSTOMER


def test_a_ticket_keeps_who_told_what_and_who_asks_is_proven(app: Flask, visitor: Visitor) -> None:
    reference = reference_of(handed_over(visitor))
    event = last_event(app, reference)
    assert event.filing is not None
    assert event.filing.told is not None
    sources = {name: event.filing.source(name) for name in ("order_id", "link", "status", "reason", "link_changed")}
    shop, customer = Source.MAIN_SITE, Source.CUSTOMER
    assert list(sources.values()) == [shop, shop, shop, customer, customer]
    assert event.data["source"] == customer
    assert event.data["sources"] == dict.fromkeys(("status", "sent_to_provider", "provider_allows"), shop)
    assert event.facts is not None
    assert (event.facts.status, event.facts.sent_to_provider) == (Status.PROCESSING, True)
    assert (str(event.filing.told.charge), event.filing.told.quantity) == ("0.90", 1000)
    assert event.filing.told.service_id == "1201"
    with app.app_context():
        assert ticket(reference).proven
        assert ticket(reference).outcome is Outcome.POSSIBLE


def test_what_is_forged_in_the_form_does_not_count(app: Flask, visitor: Visitor) -> None:
    page = come(visitor, token(sent_to_provider=None))
    forged = {"order_id": "9", "status": "pending", "link": "@other", "sent_to_provider": "no", "service_name": "Other"}
    answer = visitor.send_form(
        page, typed(order_id=None, status=None, link=None, service_name=None, email=None), form=FORM, forged=forged
    )
    assert answer.status == 303
    filing = stored_tickets(app)[0].filing
    assert (filing.order_id, filing.status, filing.link) == ("1048576", Status.PROCESSING, ORDER["link"])
    assert filing.facts.sent_to_provider is None


def test_staff_see_who_told_what_and_accept_without_asking_for_a_match(app: Flask, visitor: Visitor) -> None:
    reference = reference_of(handed_over(visitor))
    olena = Colleague(app)
    page = olena.ticket(reference)
    assert "who asks is proven" in page.text
    assert "the customer filed the request (sent here by SMM-PANEL.PRO)" in page.text
    compared = {words(line.dt): words(line.dd) for line in page.all("dl.facts > div")}
    assert re.fullmatch(r"SMM-PANEL.PRO, .*: Processing", compared["Order status"]), "it is told, not said"
    claim = "section[aria-labelledby=claim] .card dl.lines"
    told, said = ({words(dt) for dt in lines.select("dt")} for lines in page.all(claim))
    assert told >= {"Order ID", "Service ID", "Service name", "Submitted link", "Order status", "Charge", "E-mail"}
    assert said == {"What went wrong", "Link changed after ordering", "Same link ordered elsewhere", "Reason"}
    assert "Told by SMM-PANEL.PRO" in page.text
    olena.act(reference, "answer", verdict="accept_full", text="We ask for it.", seen_status="processing")
    assert customers(app, reference).h1 == "Your request was accepted"
    assert reference in olena.visit("/staff/?q=customer@example.com").html


def test_the_customers_page_does_not_show_whose_account_it_is(app: Flask, visitor: Visitor) -> None:
    page = customers(app, reference_of(handed_over(visitor)))
    assert "0.90 USD" in page.text
    assert "customer@example.com" not in page.html
    assert "4711" not in page.html


def test_several_orders_stay_open_side_by_side(app: Flask, visitor: Visitor) -> None:
    pages = [come(visitor, token(order_id=str(number))) for number in range(3)]
    assert len({named(page) for page in pages}) == 3
    for page in pages:
        assert file_handed(visitor, page).status == 303
    assert {filed.order_id for filed in stored_tickets(app)} == {"0", "1", "2"}


def test_a_browser_keeps_as_many_as_servers_take_and_is_told_of_the_others(app: Flask, visitor: Visitor) -> None:
    links = [token(order_id=str(number), link="https://x.example/" + "a" * 600) for number in range(7)]
    pages = [come(visitor, link) for link in links]
    kept = [cookie.value for cookie in (visitor.client._cookies or {}).values() if cookie.key.startswith("order-")]
    assert 2 < len(kept) < 7
    assert sum(map(len, kept)) <= MOST_WAITING
    come(visitor, links[-1])  # once more: nothing goes for what is there
    assert file_handed(visitor, pages[-1]).status == 303
    refused = file_handed(visitor, pages[0])
    assert (refused.status, "no longer here" in refused.says("#errors-title")) == (422, True)


@pytest.mark.parametrize(("claim", "shown"), [("uk", "uk"), ("en", "en"), ("pl", "en"), (None, "en")])
def test_the_form_speaks_the_language_of_the_token(visitor: Visitor, claim: str | None, shown: str) -> None:
    assert come(visitor, token(language=claim)).lang == shown


def test_on_https_the_hand_over_is_bound_to_the_host(app_with: AppWith) -> None:
    visitor = Visitor(app_with(public_url="https://help.shop.example", proxies=0), base_url="https://help.shop.example")
    cookies = visitor.open(f"{NEW}?order={token()}").headers.getlist("Set-Cookie")
    assert [cookie for cookie in cookies if cookie.startswith("__Host-order-") and "Secure" in cookie]
    assert file_handed(visitor, come(visitor, token())).status == 303


def test_coming_with_a_token_stores_nothing(app: Flask, visitor: Visitor) -> None:
    before = everything(app)
    come(visitor, token())
    come(visitor, token(exp=1))
    assert everything(app) == before
    assert nothing_stored(app)


def test_the_preview_knows_what_the_main_site_told(visit: Visit) -> None:
    asked = "/en/cancellation/answer?status=pending&link_changed=unknown"
    assert visit(asked).answer.outcome == "best_chance"
    assert visit(f"{asked}&sent_to_provider=yes").answer.outcome == "unlikely"
    assert visit(f"{asked}&sent_to_provider=yes&provider_allows=yes").answer.outcome == "possible"
    assert visit(f"{asked}&sent_to_provider=perhaps").answer.outcome == "best_chance"


def test_the_language_switch_keeps_the_hand_over(app: Flask, visitor: Visitor) -> None:
    page = come(visitor, token())
    switched = visitor.send_form(page, typed(**ALREADY_TOLD), form=FORM, press="Українська")
    assert (switched.lang, switched.status, asked(switched)) == ("uk", 200, set())
    assert file_handed(visitor, switched).status == 303
    with app.app_context():
        assert ticket(stored_tickets(app)[0].reference).proven
