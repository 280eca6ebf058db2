"""What becomes of a mail that a server does not take: tried again, refused for good, or left to rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask

from portal.concerns import NoticeState
from portal.notices.post import Server
from portal.outbox import PAUSES, Fault
from portal.worker.loop import RESTS
from tests.carrying import ANNA, QUICK, Carriers, mails, states
from tests.colleague import Colleague
from tests.filing import file, page_of
from tests.post_office import DROPS, HANGS, PATIENCE, PostOffice, greeting_without_end
from tests.stored import filed
from tests.visitor import Visitor

WAITING, SENT, REFUSED = NoticeState.WAITING, NoticeState.SENT, NoticeState.REFUSED
SECOND = timedelta(seconds=1)
ORDERS = ("1", "2", "3", "4")


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with PostOffice() as office:
        yield office


def filed_by_four(app: Flask) -> list[str]:
    """File four requests with an address each; return the addresses."""
    addresses = [f"customer{order}@example.com" for order in ORDERS]
    for order, email in zip(ORDERS, addresses, strict=True):
        filed(app, f"browser {order}", order_id=order, email=email)
    return addresses


def recipients(office: PostOffice) -> list[str]:
    """Return to whom mails were taken, in order of the alphabet."""
    return sorted(one for handed in office.taken for one in handed.recipients)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_mail_that_is_not_taken_now_is_tried_after_growing_pauses_until_it_is_given_up(
    app: Flask, office: PostOffice, command: str
) -> None:
    filed(app, email=ANNA)
    carriers = Carriers(app, office)
    office.answers = {command: "451 4.7.1 Greylisted,\tcome back"}
    carriers.work()
    for number, pause in enumerate(PAUSES, 1):
        (notice,) = mails(app)
        assert (notice.state, notice.tries, notice.fault) == (WAITING, number, Fault.NOT_NOW)
        assert notice.detail == "451 4.7.1 Greylisted, come back"
        assert notice.next_at == carriers.clock() + pause
        carriers.clock.at += pause - SECOND
        carriers.work()
        assert mails(app)[0].tries == number
        carriers.work(seconds=1)
    (notice,) = mails(app)
    assert (notice.state, notice.tries, notice.next_at) == (NoticeState.GIVEN_UP, len(PAUSES) + 1, None)
    office.answers = {}
    carriers.work(days=30)
    assert office.taken == []
    assert sorted(PAUSES) == list(PAUSES)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_mail_that_is_taken_at_a_later_try_is_sent_once(app: Flask, office: PostOffice, command: str) -> None:
    filed(app, email=ANNA)
    carriers = Carriers(app, office)
    for answer in ("451 Later", "452 Full", ""):
        office.answers = {command: answer} if answer else {}
        carriers.work(hours=1)
    carriers.work(days=1)
    (notice,) = mails(app)
    assert (notice.state, notice.tries, notice.fault, notice.detail) == (SENT, 3, None, "")
    assert recipients(office) == [ANNA]


FOR_GOOD = [
    ("RCPT", "550 5.1.1 No such user", Fault.REFUSED),
    ("RCPT", "552 5.2.2 Mailbox full", Fault.REFUSED),
    ("RCPT", "550 No such user here", Fault.REFUSED),
    ("DATA", "554 5.7.1 Spam", Fault.UNWANTED),
]


@pytest.mark.parametrize(("command", "answer", "fault"), FOR_GOOD)
def test_what_is_refused_for_good_is_not_tried_again_and_staff_see_why(
    app: Flask, office: PostOffice, command: str, answer: str, fault: Fault
) -> None:
    customer = Visitor(app)
    path = page_of(file(customer, email=ANNA))
    carriers = Carriers(app, office)
    office.answers = {command: answer}
    carriers.work()
    office.answers = {}
    carriers.work(days=5)
    (notice,) = mails(app)
    assert (notice.state, notice.tries, notice.fault, notice.detail) == (REFUSED, 1, fault, answer)
    assert office.taken == []
    told = "was refused" in customer.visit(path).says("#mails")
    assert told is (fault is Fault.REFUSED), "only what is wrong with the address is the customer's to mend"
    olena = Colleague(app)
    for page in (olena.ticket(path.rpartition("/")[2]), olena.visit("/staff/notices")):
        assert answer in page.text


def test_a_server_that_will_not_relay_for_us_is_no_fault_of_the_address(app: Flask, office: PostOffice) -> None:
    customer = Visitor(app)
    path = page_of(file(customer, email=ANNA))
    carriers = Carriers(app, office)
    office.answers = {"RCPT": "554 5.7.1 Relay access denied"}
    carriers.work()
    assert "was refused" not in customer.visit(path).says("#mails")
    office.answers = {}
    carriers.work(minutes=1)
    assert len(office.taken) == 1


def test_one_mail_that_is_not_taken_keeps_no_other_from_its_way(app: Flask, office: PostOffice) -> None:
    filed_by_four(app)
    carriers = Carriers(app, office)
    office.answers = {"RCPT": "451 Later"}
    carriers.work()
    assert [notice.tries for notice in mails(app)] == [1, 1, 1, 1]


OURS = {
    "MAIL is refused for good": ("MAIL", "550 5.7.1 We know no such sender", Fault.NOT_NOW),
    "the server closes at MAIL": ("MAIL", "421 4.3.2 Closing", Fault.NOT_NOW),
    "the server closes at RCPT": ("RCPT", "421 4.3.2 Closing", Fault.NOT_NOW),
    "the server closes at DATA": ("DATA", "421 4.3.2 Closing", Fault.NOT_NOW),
    "the line drops at MAIL": ("MAIL", DROPS, Fault.UNREACHABLE),
    "the line drops at RCPT": ("RCPT", DROPS, Fault.UNREACHABLE),
    "the line drops at DATA": ("DATA", DROPS, Fault.UNREACHABLE),
    "the server hangs at MAIL": ("MAIL", HANGS, Fault.UNREACHABLE),
    "the server hangs at RCPT": ("RCPT", HANGS, Fault.UNREACHABLE),
    "the server hangs at DATA": ("DATA", HANGS, Fault.UNREACHABLE),
}


@pytest.mark.parametrize("what", OURS)
def test_all_mails_rest_where_the_fault_is_not_theirs_and_none_is_lost(
    app: Flask, office: PostOffice, what: str
) -> None:
    command, answer, fault = OURS[what]
    addresses = filed_by_four(app)
    carriers = Carriers(app, office)
    office.answers = {command: answer}
    carriers.work()
    assert [notice.tries for notice in mails(app)] == [1, 0, 0, 0]
    assert mails(app)[0].fault == fault
    carriers.clock.at += RESTS[0] - SECOND
    carriers.work()
    assert [notice.tries for notice in mails(app)] == [1, 0, 0, 0]
    carriers.work(seconds=1)
    assert [notice.tries for notice in mails(app)] == [1, 1, 0, 0]
    office.answers = {}
    carriers.work(minutes=2)
    assert states(app) == [SENT] * 4
    assert recipients(office) == addresses


def test_a_server_that_is_down_is_asked_ever_more_seldom_and_gets_all_mails_once_it_is_up(app: Flask) -> None:
    office, addresses = PostOffice(), filed_by_four(app)
    carriers = Carriers(app, office)
    for tries, rest in enumerate((*RESTS, RESTS[-1], RESTS[-1]), 1):
        carriers.work()
        assert sum(notice.tries for notice in mails(app)) == tries
        carriers.clock.at += rest - SECOND
        carriers.work()
        assert sum(notice.tries for notice in mails(app)) == tries
        carriers.clock.at += SECOND
    assert {notice.fault for notice in mails(app) if notice.tries} == {Fault.UNREACHABLE}
    with office:
        carriers.work(hours=2)
        assert recipients(office) == addresses
        filed(app, "a late browser", order_id="9", email=ANNA)
        carriers.work()
        assert office.taken[-1].recipients == (ANNA,)


def test_a_server_that_starts_anew_between_two_mails_is_found_again(app: Flask, office: PostOffice) -> None:
    addresses = filed_by_four(app)
    carriers = Carriers(app, office)
    carriers.work()
    office.close()
    office.open()
    filed(app, "a late browser", order_id="9", email=ANNA)
    carriers.work()
    assert recipients(office) == sorted([ANNA, *addresses])


def test_many_mails_go_by_one_connection_which_is_closed_in_the_end(app: Flask, office: PostOffice) -> None:
    filed_by_four(app)
    Carriers(app, office).work()
    assert len(office.taken) == 4
    assert len({handed.connection for handed in office.taken}) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # the server is on loopback
def test_name_and_password_are_given_and_a_wrong_one_lets_all_mails_rest(app: Flask) -> None:
    addresses = filed_by_four(app)
    with PostOffice(signed_in=True) as office:
        wrong = Carriers(app, Server(office.url.replace("any@", "one@"), **QUICK))
        wrong.work()
        assert [notice.tries for notice in mails(app)] == [1, 0, 0, 0]
        assert mails(app)[0].detail.startswith("535 ")
        Carriers(app, office).work(hours=1)
        assert recipients(office) == addresses


@pytest.mark.parametrize("within", [0, 0.3], ids=["before there is a connection", "while it greets"])
def test_a_server_that_greets_without_end_is_cut_off_by_the_limit_of_the_whole(within: float) -> None:
    with greeting_without_end() as url:
        server = Server(url, waits=PATIENCE, within=within)
        found: list[Fault | None] = []
        asks = Thread(target=lambda: found.append(server.check().fault), daemon=True)
        asks.start()
        asks.join(PATIENCE)
        assert found == [Fault.UNREACHABLE]


def test_what_a_worker_logs_names_nobody(app: Flask, office: PostOffice) -> None:
    reference = filed(app, email=ANNA)
    carriers = Carriers(app, office)
    office.answers = {"RCPT": f"550 5.1.1 <{ANNA}> is nobody here"}
    carriers.work()
    logged = repr(carriers.log.lines)
    assert "notice not sent" in logged
    assert [word for word in (ANNA, reference, "1048576", "/t/", office.url) if word in logged] == []


def test_staff_learn_of_the_mail_server_from_the_mails_themselves(app: Flask, office: PostOffice) -> None:
    filed_by_four(app)
    carriers, olena = Carriers(app, office), Colleague(app)
    office.answers = {"MAIL": "421 4.3.2 Closing"}
    carriers.work()
    assert "“Mail” does not work" in olena.visit("/staff/").text
    office.answers = {}
    carriers.work(minutes=2)
    assert "“Mail” does not work" not in olena.visit("/staff/").text
