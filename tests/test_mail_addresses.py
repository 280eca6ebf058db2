"""Hostile and rare addresses, against the envelope that a real server was handed: one recipient, or no mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from portal.concerns import NoticeState
from portal.models import Notice, Ticket
from portal.notices.mail import BadAddress, address, letter
from portal.notices.post import Server
from portal.notices.told import Told
from portal.outbox import Fault
from tests.build import typed
from tests.carrying import ANNA, QUICK, SENDER, Carriers, mails
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import file, page_of, reference_of, rows
from tests.page import Page
from tests.post_office import Handed, PostOffice
from tests.stored import filed
from tests.test_mail import ALWAYS
from tests.visitor import Visitor

EVE = "eve@example.com"
INJECTED = (
    f"{ANNA}\r\nBcc: {EVE}",
    f"{ANNA}\nBcc: {EVE}",
    f"{ANNA}\rBcc: {EVE}",
    f"{ANNA}\x0bBcc: {EVE}",
    f"{ANNA}\x85Bcc: {EVE}",
    f"{ANNA}\u2028Bcc: {EVE}",
    f"{ANNA}%0d%0aBcc: {EVE}",
    f"{ANNA}\r\n\r\nA body.",
    f"{ANNA}>\r\nRCPT TO:<{EVE}",
    f"анна\r\nBcc: {EVE}",
)
SEVERAL = (
    f"{ANNA},{EVE}",
    f"{ANNA}, {EVE}",
    f"{ANNA};{EVE}",
    f"{ANNA} {EVE}",
    f"{ANNA}\t{EVE}",
    f"анна@example.com,{EVE}",
    f"анна@example.com {EVE}",
    f"анна@приклад.укр,{EVE}",
    f"<{ANNA}>,<{EVE}>",
    f"friends:{ANNA},{EVE};",
    f"friends: {EVE};",
)
FORGED = (
    f'"Anna, {EVE}" <{ANNA}>',
    f"Anna <{ANNA}>",
    f"<{ANNA}>",
    f'"anna,{EVE}"@example.com',
    '"anna smith"@example.com',
    '"anna"@example.com',
    f"anna(comment)@example.com({EVE})",
    f"({EVE}) {ANNA}",
    f"<@relay.example,@other.example:{ANNA}>",
    f"@relay.example:{ANNA}",
    f"anna%{EVE.replace('@', '%')}@",
    f"anna@{EVE}",
    "anna@example.com(",
    "anna@[127.0.0.1]>",
    "anna@exa mple.com",
    "anna@example..com",
    ".anna@example.com",
    "anna.@example.com",
    "anna@",
    "@example.com",
    "anna",
    "анна@b.c,eve",
    "анна@b.c eve",
    "анна@b.c;eve",
    "анна@b.c(eve)",
    "анна@b.c>,<eve@b.c",
    "анна@",
    "анна@::1",
    "анна\xa0@example.com",
    f"{'a' * 250}@b.c x",
)
HOSTILE = (*INJECTED, *SEVERAL, *FORGED)
ENCODED = ("ан\x00на@example.com", "=?utf-8?q?eve=40example=2Ecom?=@example.com", "=?utf-8?q?a=2C?=eve@example.com")
"""What a form mends or lets pass, and no mail is addressed to."""
TOLD = Told(
    language="en",
    subject="Order 1: a word",
    headline="A word",
    meaning=("It means something.",),
    quote="",
    clause="",
    link="http://127.0.0.1:8000/t/x",
    link_label="Open",
    off="",
    reference="ABC-DEFG",
)
AT = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server that takes letters beyond ASCII."""
    with PostOffice() as office:
        yield office


def one_and_whole(handed: Handed) -> str:
    """Return the one recipient of a mail that has no header but those of every mail."""
    assert [name for name in handed.headers if name not in ("In-Reply-To", "References")] == ALWAYS
    (recipient,) = handed.recipients
    assert [one.addr_spec for one in handed.mail["To"].addresses] == [recipient]
    assert handed.sender == SENDER
    return recipient


@pytest.mark.parametrize("text", [*HOSTILE, *ENCODED])
def test_what_is_more_or_less_than_an_address_makes_no_letter(text: str) -> None:
    with pytest.raises(BadAddress):
        address(text)


def test_a_shop_name_adds_neither_header_nor_recipient(app: Flask, office: PostOffice) -> None:
    names = [name for text in HOSTILE if (name := "".join(filter(str.isprintable, text)).strip())]
    server = Server(office.url, **QUICK)
    for name in names:
        settings = app.extensions["portal"].settings.model_copy(update={"shop_name": name, "mail_from": SENDER})
        with app.test_request_context():
            mail = letter(TOLD, ANNA, "ABC-DEFG.1", AT, settings)
        assert server.send(mail).fault is None, name
    server.rest()
    assert [one_and_whole(handed) for handed in office.offered] == [ANNA] * len(names)


FORMS = ("/en/tickets/new", "/en/tickets/{reference}/email", "/en/tickets/link")


def opened(visitor: Visitor, form: str) -> tuple[Page, str, dict[str, Any]]:
    """Open the page of one of the forms; return it, the form's path, and what else is typed."""
    path = form.format(reference=reference_of(file(visitor)))
    page = visitor.visit(path.removesuffix("/email"))
    typed_too = {"/en/tickets/new": typed(order_id="77"), "/en/tickets/link": {"order_id": "1048576"}}
    return page, path, typed_too.get(form, {})


@pytest.mark.parametrize("form", FORMS)
def test_no_form_takes_a_hostile_address_and_no_mail_goes_anywhere(
    app_with: AppWith, office: PostOffice, form: str
) -> None:
    app = app_with(limits="links_address=999/3600 messages_ticket=999/3600")
    visitor = Visitor(app)
    page, path, typed_too = opened(visitor, form)
    before = rows(app, Notice, Ticket)
    taken = [
        text
        for text in (*HOSTILE, f"{'a' * 243}@example.com")
        if visitor.send_form(page, typed_too, form=path, forged={"email": text}).status != 422
    ]
    assert (taken, rows(app, Notice, Ticket)) == ([], before)
    Carriers(app, office).work()
    assert office.offered == []
    assert visitor.send_form(page, typed_too, form=path, forged={"email": ANNA}).status == 303


RARE = {
    "o'neil+tag=1/2@example.com": "o'neil+tag=1/2@example.com",
    "анна@example.com": "анна@example.com",
    "анна@приклад.укр": "анна@xn--80aikifvh.xn--j1amh",
    "anna@приклад.укр": "anna@xn--80aikifvh.xn--j1amh",
    "anna@ПРИКЛАД.укр": "anna@xn--80aikifvh.xn--j1amh",
    "!#$%&'*+/=?^_`{|}~-@example.com": "!#$%&'*+/=?^_`{|}~-@example.com",
    f"{'a' * 64}@example.com": f"{'a' * 64}@example.com",
    f"{'a' * 242}@example.com": f"{'a' * 242}@example.com",
}


@pytest.mark.parametrize("text", RARE)
def test_a_rare_address_gets_its_mails_and_nobody_else_does(app: Flask, office: PostOffice, text: str) -> None:
    filed(app, email=text)
    Carriers(app, office).work()
    assert [one_and_whole(handed) for handed in office.offered] == [RARE[text]]
    if not RARE[text].isascii():
        assert "SMTPUTF8" in office.offered[0].options


@pytest.mark.parametrize("form", FORMS[:2])
def test_a_cyrillic_domain_is_written_in_ascii_in_the_envelope(app: Flask, form: str) -> None:
    visitor = Visitor(app)
    page, path, typed_too = opened(visitor, form)
    with PostOffice(utf8=False) as office:
        answer = visitor.send_form(page, typed_too, form=path, forged={"email": "anna@приклад.укр"})
        reference = str(answer.location).split("/en/tickets/")[1].split("#")[0].split("/")[0]
        Colleague(app).act(reference, "write", text="A word.")
        Carriers(app, office).work()
        assert {one_and_whole(handed) for handed in office.taken} == {"anna@xn--80aikifvh.xn--j1amh"}


def test_a_cyrillic_local_part_is_refused_for_good_where_the_server_takes_none_and_both_sides_see_it(
    app: Flask,
) -> None:
    customer = Visitor(app)
    confirmation = file(customer, email="анна@приклад.укр")
    with PostOffice(utf8=False) as office:
        carriers = Carriers(app, office)
        carriers.work()
        carriers.work(days=5)
        assert office.offered == []
    (notice,) = mails(app)
    assert (notice.state, notice.fault, notice.tries) == (NoticeState.REFUSED, Fault.BAD_ADDRESS, 1)
    assert "was refused" in customer.visit(page_of(confirmation)).says("#mails")
    shown = Colleague(app).ticket(reference_of(confirmation)).text
    assert "анна@приклад.укр" in shown
    assert "No mail can be sent to such an address." in shown


def test_an_address_that_is_mended_is_written_to(app: Flask) -> None:
    customer = Visitor(app)
    path = page_of(file(customer, email="анна@example.com"))
    with PostOffice(utf8=False) as office:
        carriers = Carriers(app, office)
        carriers.work()
        customer.send(f"{path}/email", {"email": ANNA}, at=path)
        assert "was refused" not in customer.visit(path).says("#mails")
        Colleague(app).act(path.rpartition("/")[2], "write", text="A word.")
        carriers.work()
        assert [handed.recipients for handed in office.taken] == [(ANNA,)] * 2
