"""A mail as its reader and programs meet it: language, words, links, and the headers that keep it in its place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.models import Staff
from tests.answering import DECLINE
from tests.carrying import ANNA, SENDER, Carriers, mails, states
from tests.colleague import Colleague, account
from tests.conftest import AppWith
from tests.filing import file, reference_of
from tests.post_office import Handed, PostOffice
from tests.reading import attribute, words
from tests.stored import everything, filed, kinds, work
from tests.visitor import Visitor

PUBLIC = "https://help.of-a-shop-with-quite-a-long-name.so-that-no-line-of-a-header-can-hold-it.example"
ALWAYS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
]


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with PostOffice() as office:
        yield office


def handed(app: Flask, office: PostOffice, **changes: Any) -> Handed:
    """Return the one mail of a request that was filed."""
    filed(app, email=ANNA)
    Carriers(app, office, **changes).work()
    return office.arrived()


@pytest.mark.parametrize("language", ["uk", "en"])
def test_a_mail_is_in_the_language_in_which_the_request_was_filed(
    app: Flask, office: PostOffice, language: str
) -> None:
    confirmation = file(Visitor(app), f"/{language}/tickets/new", email=ANNA)
    Carriers(app, office).work()
    sent = office.arrived()
    assert sent.mail["Content-Language"] == language
    assert attribute(sent.soup.select("html")[0], "lang") == language
    assert sent.mail["Subject"] == words(sent.soup.title)
    assert "1048576" in sent.mail["Subject"]
    assert reference_of(confirmation) in sent.part("plain")
    assert Visitor(app).visit(sent.off).lang == language
    assert Visitor(app).visit(sent.secret_link).path == f"/{language}/tickets/{reference_of(confirmation)}"


@pytest.mark.parametrize("language", ["uk", "en"])
def test_text_and_html_say_the_same(app: Flask, office: PostOffice, language: str) -> None:
    confirmation = file(Visitor(app), f"/{language}/tickets/new", email=ANNA)
    text = "It runs already.\nIt cannot stop."
    Colleague(app).act(reference_of(confirmation), "answer", **{**DECLINE, "text": text})
    Carriers(app, office).work()
    for sent in (office.arrived(), office.arrived()):
        lines = [line.removeprefix("> ").strip() for line in sent.part("plain").splitlines()]
        plain = [line.removesuffix(":") for line in lines if line not in ("", "--")]
        hrefs = [link.href for link in sent.links]
        shown = f"{words(sent.soup.body)} {' '.join(hrefs)}"
        assert [line for line in plain if line not in shown] == []
        said = " ".join(plain)
        texts = [" ".join(text.split()).removesuffix(":") for text in sent.soup.body.strings] if sent.soup.body else []
        assert [text for text in [*texts, *hrefs] if text not in said] == []


def test_the_links_of_a_mail_open_the_request_for_whoever_never_saw_it(app: Flask, office: PostOffice) -> None:
    sent = handed(app, office)
    stranger = Visitor(app)
    page = stranger.visit(sent.secret_link)
    assert "1048576" in page.text
    assert stranger.visit(page.path).status == 200


def test_the_link_that_turns_mails_off_does_so_by_a_button_and_nothing_by_being_opened(
    app: Flask, office: PostOffice
) -> None:
    reference = filed(app, email=ANNA)
    carriers = Carriers(app, office)
    carriers.work()
    off, before = office.arrived().off, everything(app)
    reader = Visitor(app)
    page = reader.visit(off)
    reader.open(off, method="HEAD")
    assert everything(app) == before
    assert reader.send_form(page, press="off").status == 303
    assert kinds(app, reference)[-1] == "mails_off"
    Colleague(app).act(reference, "write", text="Are you there?")
    carriers.work()
    assert len(office.taken) == len(mails(app)) == 1
    assert reader.send_form(reader.visit(off), press="on").status == 303
    Colleague(app).act(reference, "write", text="You are there!")
    carriers.work()
    assert "You are there!" in office.taken[-1].part("plain")
    assert len(office.taken) == 2


def test_a_mail_that_waits_when_mails_are_turned_off_is_dropped(app: Flask, office: PostOffice) -> None:
    carriers, customer = Carriers(app, office), Visitor(app)
    path = file(customer, email=ANNA).path.removesuffix("/filed")
    assert customer.send_form(customer.visit(path), form="email-form", press="off").status == 303
    carriers.work()
    assert (states(app), office.offered) == (["dropped"], [])


def test_what_was_refused_goes_to_the_address_that_the_customer_gives_instead(app: Flask, office: PostOffice) -> None:
    carriers, customer = Carriers(app, office), Visitor(app)
    path = file(customer, email="nobody@shop.example").path.removesuffix("/filed")
    office.answers = {"RCPT": "550 5.1.1 no such user"}
    carriers.work()
    assert states(app) == ["refused"]
    office.answers = {}
    assert "Our mail to n…@shop.example was refused." in customer.visit(path).text
    assert customer.send_form(customer.visit(path), {"email": ANNA}, form="email-form").status == 303
    carriers.work()
    assert (states(app), office.taken[-1].recipients) == (["sent"], (ANNA,))
    assert "was refused" not in customer.visit(path).text


def test_a_link_that_turns_mails_off_is_of_no_use_once_a_letter_of_it_differs(app: Flask, office: PostOffice) -> None:
    sent = handed(app, office)
    before = everything(app)
    for forged in (sent.off[:-1] + ("a" if sent.off[-1] != "a" else "b"), sent.off + "a", sent.off[:-20]):
        Visitor(app).visit(forged, status=404)
        assert Visitor(app).post(urlsplit(forged).path, {"off": "y"}).status == 404
    assert everything(app) == before


def test_one_click_of_a_mail_program_turns_mails_off_where_the_portal_is_on_https(
    app_with: AppWith, office: PostOffice
) -> None:
    app = app_with(public_url=PUBLIC, proxies=0)
    sent = handed(app, office)
    header = f"List-Unsubscribe: <{sent.off}>\r\n".encode()
    assert header in sent.content
    assert sent.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    program = Visitor(app, base_url=PUBLIC)
    for _ in range(2):
        assert program.post(sent.off, {"List-Unsubscribe": "One-Click"}).status == 200
    reference = str(sent.mail["Message-ID"]).strip("<").partition(".")[0]
    assert kinds(app, reference) == ["filed", "mails_off"]


def test_a_portal_on_this_machine_offers_no_one_click(app: Flask, office: PostOffice) -> None:
    sent = handed(app, office)
    assert sent.headers == ALWAYS


def test_each_mail_says_who_sent_it_when_and_that_a_program_did(app: Flask, office: PostOffice) -> None:
    sent = handed(app, office)
    written = mails(app)[0].made_at.replace(microsecond=0)
    assert (sent.sender, sent.recipients) == (SENDER, (ANNA,))
    assert [address.addr_spec for address in sent.mail["To"].addresses] == [ANNA]
    assert sent.mail["Date"].datetime == written
    assert sent.mail["Auto-Submitted"] == "auto-generated"
    assert sent.mail.get_content_type() == "multipart/alternative"


def test_a_mail_that_is_tried_again_is_the_same_mail(app: Flask, office: PostOffice) -> None:
    filed(app, email=ANNA)
    carriers = Carriers(app, office)
    office.answers = {"DATA": "451 Later"}
    carriers.work()
    office.answers = {}
    carriers.work(minutes=2)
    first, second = office.offered
    assert office.taken == [second]
    for header in ("Message-ID", "Date", "Subject", "From", "To"):
        assert first.mail[header] == second.mail[header]
    assert first.part("plain") == second.part("plain")


@pytest.mark.parametrize("public_url", ["http://127.0.0.1:8000", "http://[::1]:8000", PUBLIC])
def test_the_mails_of_a_request_stand_together(app_with: AppWith, office: PostOffice, public_url: str) -> None:
    app = app_with(public_url=public_url, proxies=0)
    reference = filed(app, email=ANNA)
    staff = account(app)
    for text in ("A word.", "Another."):
        work(app, reference, partial(_write, text), staff)
    Carriers(app, office).work()
    first, *others = office.taken
    id_ = str(first.mail["Message-ID"])
    assert id_.startswith(f"<{reference}.1@")
    assert (first.mail["In-Reply-To"], first.mail["References"]) == (None, None)
    assert len({str(handed.mail["Message-ID"]) for handed in office.taken}) == 3
    for handed in others:
        assert f"\r\nIn-Reply-To: {id_}\r\nReferences: {id_}\r\n".encode() in handed.content


def _write(text: str, reference: str, staff: Staff, seen: int) -> None:
    tickets.write_to_customer(reference, staff, text, seen, now())


@pytest.mark.parametrize("public_url", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost"])
def test_a_portal_that_was_told_no_sender_has_one(app_with: AppWith, office: PostOffice, public_url: str) -> None:
    app = app_with(public_url=public_url)
    sent = handed(app, office, mail_from=None)
    assert sent.sender.startswith("no-reply@")
    assert [address.addr_spec for address in sent.mail["From"].addresses] == [sent.sender]


NAMES = (
    'Shop "Likes", Ltd (Kyiv)',
    "Крамниця «Лайк», ТОВ",
    '"Крамниця", ТОВ <eve@example.com>',
    "Likes; more: a@b.c, eve@example.com",
    "O'Neil \\ Sons & <b>",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_shop_may_have_any_name(app: Flask, office: PostOffice, name: str) -> None:
    sent = handed(app, office, shop_name=name)
    (sender,) = sent.mail["From"].addresses
    assert (sender.display_name, sender.addr_spec, sent.sender) == (name, SENDER, SENDER)
    assert sent.headers == ALWAYS
    assert name in sent.part("plain")
    assert name in words(sent.soup.body)
