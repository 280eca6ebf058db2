"""A cleared ticket for people and programs: no link opens it; staff see what is left, and can do nothing with it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from tests.calling import Program, key_with, problem
from tests.cancelling import Desk
from tests.clearing import ANIMALS, ORDER, SERVICE, canceled, cleared, credited, declined, desk, full
from tests.colleague import Colleague
from tests.filing import file
from tests.page import Page
from tests.reading import attribute
from tests.stored import everything, secret_link
from tests.test_search import search
from tests.visitor import Visitor

TAKEN_OUT = {"en": "Personal data was taken out on", "uk": "Особисті дані вилучено"}


@dataclass
class Cleared:
    """A ticket that was credited and cleared: by its staff, its reference, and the link that opened it."""

    staff: Desk
    reference: str
    link: str


@pytest.fixture
def one(each_app: Flask) -> Cleared:
    """A ticket that was credited, and cleared."""
    staff = desk(each_app)
    reference = full(staff)
    canceled(staff, reference)
    credited(staff, reference)
    made = Cleared(staff, reference, secret_link(each_app, reference))
    cleared(each_app)
    return made


def animals_on(page: Page) -> set[str]:
    """Return the words that were to be taken out and stand on a page."""
    return {word for word in ANIMALS if word in page.html.lower()}


def test_the_secret_link_opens_nothing_any_more(each_app: Flask) -> None:
    staff = desk(each_app)
    reference = full(staff)
    declined(staff, reference)
    customer, link = Visitor(each_app), secret_link(each_app, reference)
    page = customer.visit(link)
    assert ORDER in page.text
    cleared(each_app)
    closed = customer.visit(page.path, status=403)
    assert closed.h1 == "Відкрийте своє таємне посилання ще раз"
    assert animals_on(closed) == set()
    assert customer.visit(link, status=404).h1 == "There is no such page"


@pytest.mark.parametrize("language", ["en", "uk"])
def test_staff_read_what_is_left_and_when_the_rest_was_taken_out(each_app: Flask, one: Cleared, language: str) -> None:
    olena = Colleague(each_app, f"{language}@example.com", language=language)
    page = olena.ticket(one.reference)
    assert TAKEN_OUT[language] in page.text
    assert one.reference in page.h1
    assert SERVICE in page.text
    assert animals_on(page) == set()
    assert not page.all("main form")


def test_staff_read_the_history_with_who_did_what_and_what_was_credited(each_app: Flask, one: Cleared) -> None:
    text = Colleague(each_app).ticket(one.reference).text
    for told in ("filed the request", "Olena noted, for staff only", "answered: Accept", "credited 0.27 USD",
                 "took the cancellation", "What is still known", "What went wrong"):  # fmt: skip
        assert told in text, told


def test_staff_find_it_by_its_reference_alone(each_app: Flask, one: Cleared) -> None:
    olena = Colleague(each_app)
    assert search(olena, one.reference) == search(olena, one.reference.lower()) == [one.reference]
    for gone in (ORDER, "axolotl", "wombat", "numbat", "okapi-4711", f"~{one.reference}", SERVICE):
        assert search(olena, gone) == [], gone
    listed = olena.send("/staff/", {"q": one.reference})
    assert TAKEN_OUT["en"] in listed.text
    assert animals_on(listed) == set()


@pytest.mark.parametrize("action", ["note", "read", "credit", "reopen"])
def test_staff_can_do_nothing_with_it(each_app: Flask, one: Cleared, action: str) -> None:
    olena = Colleague(each_app)
    token = attribute(olena.visit("/staff/").one("input[name=csrf_token]"), "value")
    before = everything(each_app)
    sent = {"csrf_token": token, "seen": "99", "note": "More.", "text": "More."}
    answer = olena.post(f"/staff/tickets/{one.reference}/{action}", sent, headers={"Referer": "http://127.0.0.1:8000/"})
    assert answer.status == 409
    assert TAKEN_OUT["en"] in answer.text
    assert everything(each_app) == before


def test_another_ticket_of_its_order_does_not_lead_to_it_but_by_the_credit(each_app: Flask, one: Cleared) -> None:
    again = full(one.staff)
    page = Colleague(each_app).ticket(again)
    assert "Other requests" not in page.text
    assert "0.27 USD was credited for this order" in page.text
    assert attribute(page.one("#credit-part p.told a"), "href").endswith(one.reference)


def test_a_customer_files_for_the_order_anew(each_app: Flask, one: Cleared) -> None:
    assert file(Visitor(each_app), order_id=ORDER).path.endswith("/filed")
    assert search(Colleague(each_app), ORDER) == [ORDER]


def test_the_api_answers_as_for_a_reference_that_nobody_has(each_app: Flask, one: Cleared) -> None:
    program = Program(each_app, key_with(each_app))
    told = [problem(program.get(f"/tickets/{reference}"), 404)["detail"] for reference in (one.reference, "ACD-EFHJ")]
    assert told[0] == told[1] == "No ticket has this reference, or it was cleared. Check it: it looks like ACD-EFHJ."
