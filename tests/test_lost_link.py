"""The secret link asked for again: who asks learns nothing, and the mail goes only where the request's mails go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.concerns import NoticeKind, NoticeState
from portal.models import Notice
from tests.carrying import ANNA, Carriers, mails, notices
from tests.conftest import AppWith
from tests.filing import rows
from tests.page import Page
from tests.post_office import PostOffice
from tests.stored import everything, filed, secret_link
from tests.visitor import Visitor

ASK = "/en/tickets/link"
ASKED = {"order_id": "1048576", "email": ANNA}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with PostOffice() as office:
        yield office


def ask(app: Flask, language: str = "en", **changes: str) -> Page:
    """Ask for a link as somebody who was never here."""
    return Visitor(app).send(f"/{language}/tickets/link", {**ASKED, **changes})


def links(app: Flask) -> list[Notice]:
    """Return the notices of links that were asked for."""
    return notices(app, Notice.kind == NoticeKind.LINK)


def carry_all_else(app: Flask, office: PostOffice) -> Carriers:
    """Carry what waits, and forget it; return who carried it."""
    carriers = Carriers(app, office)
    carriers.work()
    office.offered.clear()
    office.taken.clear()
    return carriers


def test_who_asks_gets_the_link_where_the_request_s_mails_go(each_app: Flask, office: PostOffice) -> None:
    reference = filed(each_app, email=ANNA)
    carriers = carry_all_else(each_app, office)
    assert ask(each_app, "uk").status == 303
    carriers.work()
    (sent,) = office.taken
    assert sent.recipients == (ANNA,)
    assert sent.secret_link.endswith(secret_link(each_app, reference))
    assert "1048576" in Visitor(each_app).visit(sent.secret_link).text
    assert (sent.off, sent.mail["Content-Language"]) == ("", "en")
    assert reference in str(sent.mail["In-Reply-To"])


def test_the_answer_and_the_rows_are_the_same_whether_or_not_there_is_such_a_request(each_app: Flask) -> None:
    filed(each_app, email=ANNA)
    seen: list[Any] = []
    for changes in ({}, {"order_id": "7"}, {"email": "eve@example.com"}, {"order_id": "7", "email": "eve@example.com"}):
        before, counted = everything(each_app), rows(each_app, Notice)
        visitor = Visitor(each_app)
        answer = visitor.send(ASK, {**ASKED, **changes})
        after = everything(each_app)
        shown = visitor.visit(str(answer.location))
        changed = sorted(table for table, lines in after.items() if lines != before[table])
        added = rows(each_app, Notice)[0] - counted[0]
        row = links(each_app)[-1]
        found = (row.kind, row.carrier, row.state, row.ticket_id, row.event_id, row.tries, row.detail, row.fault)
        seen.append((answer.status, answer.location, shown.text, sorted(answer.headers.keys()), changed, added, found))
    assert seen[1:] == seen[:1] * 3
    assert seen[0][4:6] == (["counters", "notices"], 1)


OTHERS = {
    "another order": {"order_id": "7"},
    "another address": {"email": "eve@example.com"},
    "another mailbox of the same name": {"email": "anna@example.org"},
    "a pattern": {"email": "%@example.com"},
    "one of its letters": {"email": "ann_@example.com"},
}


@pytest.mark.parametrize("what", OTHERS)
def test_nobody_gets_a_mail_where_order_and_address_do_not_match(
    each_app: Flask, office: PostOffice, what: str
) -> None:
    filed(each_app, email=ANNA)
    carriers = carry_all_else(each_app, office)
    assert ask(each_app, **OTHERS[what]).status == 303
    carriers.work()
    assert office.offered == []
    assert [notice.state for notice in links(each_app)] == [NoticeState.DROPPED]


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ("Anna@Example.com", ANNA),
        (ANNA, "ANNA@EXAMPLE.COM"),
        ("Анна@приклад.укр", "Анна@приклад.укр"),
        ("анна@приклад.укр", "анна@приклад.укр"),
    ],
)
def test_an_address_is_known_in_capitals_and_in_any_script(
    each_app: Flask, office: PostOffice, given: str, typed: str
) -> None:
    reference = filed(each_app, order_id="AbC-1", email=given)
    carriers = carry_all_else(each_app, office)
    ask(each_app, order_id="abc-1", email=typed)
    carriers.work()
    (sent,) = office.taken
    assert sent.secret_link.endswith(secret_link(each_app, reference))


def test_of_several_requests_each_gets_its_link_first_the_one_that_is_open(each_app: Flask, office: PostOffice) -> None:
    found = [filed(each_app, f"browser {number}", email=ANNA) for number in range(3)]
    carriers = carry_all_else(each_app, office)
    for ended in (2, 1):
        with each_app.app_context():
            tickets.withdraw(found[ended], 1, now())
    ask(each_app)
    carriers.work()
    assert [sent.secret_link for sent in office.taken] == [
        f"http://127.0.0.1:8000{secret_link(each_app, found[number])}" for number in (0, 2, 1)
    ]


def test_a_stranger_who_names_the_address_hides_no_request_of_its_owner(app: Flask, office: PostOffice) -> None:
    mine = filed(app, "the owner's", email=ANNA)
    strange = [filed(app, f"a stranger's {number}", email=ANNA) for number in range(2)]
    carriers = carry_all_else(app, office)
    ask(app)
    carriers.work()
    links = [sent.secret_link for sent in office.taken]
    assert sorted(links) == sorted(f"http://127.0.0.1:8000{secret_link(app, one)}" for one in (mine, *strange))


def test_whoever_turned_mails_off_still_gets_the_link_and_whoever_took_the_address_away_does_not(
    app: Flask, office: PostOffice
) -> None:
    reference = filed(app, email=ANNA)
    carriers = carry_all_else(app, office)
    with app.app_context():
        tickets.turn_mails(reference, now(), on=False)
    ask(app)
    carriers.work()
    assert len(office.taken) == 1
    with app.app_context():
        tickets.set_email(reference, "", now())
    ask(app)
    carriers.work()
    assert len(office.taken) == 1


def test_what_is_missing_or_wrong_is_said_and_nothing_is_written(app: Flask) -> None:
    for changes in ({"order_id": ""}, {"email": ""}, {"email": "anna"}, {"order_id": "1 2"}, {"order_id": "x" * 600}):
        page = Visitor(app).send(ASK, {**ASKED, **changes})
        assert (page.status, list(page.errors)) == (422, list(changes))
    assert Visitor(app).post(ASK, ASKED).status == 400
    assert rows(app, Notice) == [0]


def test_who_asks_too_often_is_told_when_to_come_back(app_with: AppWith) -> None:
    app = app_with(limits="links_address=3/3600 links_email=99/3600")
    statuses = [ask(app, order_id=str(number), email=f"a{number}@example.com").status for number in range(3)]
    page = ask(app, email="other@example.com")
    assert (statuses, page.status) == ([303] * 3, 429)
    assert 0 < int(page.headers["Retry-After"]) <= timedelta(hours=1).total_seconds()
    assert page.form(ASK).fields["email"] == "other@example.com"
    assert Visitor(app, address="192.0.2.7").send(ASK, ASKED).status == 303
    assert rows(app, Notice) == [4]


def test_one_request_s_address_is_not_written_to_too_often_whoever_asks(app_with: AppWith) -> None:
    app = app_with(limits="links_address=99/3600 links_email=2/3600")
    asked = [
        Visitor(app, address=f"192.0.2.{number}").send(ASK, {**ASKED, "email": email}).status
        for number, email in enumerate((ANNA, ANNA.upper(), "Anna@example.com", "eve@example.com"))
    ]
    assert asked == [303, 303, 303, 303], "the answer tells nothing"
    assert [notice.recipient for notice in mails(app)] == [ANNA, ANNA.upper(), "eve@example.com"]
    Visitor(app).send(ASK, {**ASKED, "order_id": "another", "email": ANNA})
    assert len(mails(app)) == 4, "nobody uses up what another order may ask"
