"""How a call of a webhook is answered, and what follows: taken, tried again, or never again."""

from __future__ import annotations

import socket
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event, Thread
from time import monotonic

import pytest
from flask import Flask

from portal import webhooks
from portal.clock import now
from portal.concerns import Carrier
from portal.keys import Keyring
from portal.notices.calls import WITHIN, call
from portal.outbox import HELD, PAUSES, Fault
from tests.build import KEYS
from tests.colleague import Colleague
from tests.hook_server import Answer, dripping, hooks, raw, status
from tests.postgresql import free_port
from tests.shift import SOON, Shift, written
from tests.standard_webhooks import verify
from tests.stored import filed
from tests.test_webhooks import added

SECRET = "whsec_" + "s" * 44
LIMITS = {"waits": 0.3, "within": 0.6}


def closed(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def drip_tls(listening: socket.socket) -> None:
    """Promise one caller a long record of TLS, and send it drop by drop until the caller is gone."""
    taken, never = listening.accept()[0], Event()
    with taken, suppress(OSError):
        taken.sendall(b"\x16\x03\x03\x40\x00\x02")
        while not never.wait(0.02):
            taken.sendall(b"\x00")


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_an_answer_of_2xx_takes_a_call(app: Flask, code: int) -> None:
    with hooks(status(code)) as hook:
        added(app, hook)
        filed(app)
        Shift(app).work()
    (notice,) = written(app, Carrier.WEBHOOK)
    assert (notice.state, notice.tries) == ("sent", 1)


@pytest.mark.parametrize(
    ("answer", "fault", "detail"),
    [
        (status(301, Location="/elsewhere"), Fault.NOT_NOW, "301"),
        (status(307, Location="/elsewhere"), Fault.NOT_NOW, "307"),
        (status(400), Fault.NOT_NOW, "400"),
        (status(404), Fault.NOT_NOW, "404"),
        (status(429), Fault.NOT_NOW, "429"),
        (status(500), Fault.NOT_NOW, "500"),
        (closed, Fault.UNREACHABLE, "RemoteDisconnected"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Fault.UNREACHABLE, "BadStatusLine"),
        (raw(b"\0\xff" * 50_000), Fault.UNREACHABLE, "LineTooLong"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200), Fault.UNREACHABLE, "HTTPException"),
    ],
)
def test_any_other_answer_is_not_followed_and_counts_as_not_taken(
    app: Flask, answer: Answer, fault: Fault, detail: str
) -> None:
    with hooks(answer) as hook:
        added(app, hook)
        filed(app)
        shift = Shift(app)
        shift.work()
        assert [call.path for call in hook.calls] == ["/hooks"]
    (notice,) = written(app, Carrier.WEBHOOK)
    assert (notice.state, notice.fault, notice.detail) == ("waiting", fault, detail)
    assert notice.next_at == shift.at + PAUSES[0]


def test_a_call_is_tried_again_with_growing_pauses_under_one_id_and_then_given_up(each_app: Flask) -> None:
    with hooks(status(500)) as hook:
        secret = added(each_app, hook)
        filed(each_app)
        shift = Shift(each_app)
        shift.work()
        for tries, pause in enumerate(PAUSES, 1):
            shift.work(pause - SOON)
            assert len(hook.calls) == tries
            shift.work(SOON)
            assert len(hook.calls) == tries + 1
            verify(secret, dict(hook.calls[-1].headers.items()), hook.calls[-1].body, shift.at.timestamp())
        shift.work(timedelta(days=7))
    assert len(hook.calls) == len(PAUSES) + 1
    assert len({call.headers["webhook-id"] for call in hook.calls}) == len({call.body for call in hook.calls}) == 1
    (notice,) = written(each_app, Carrier.WEBHOOK)
    assert (notice.state, notice.fault, notice.detail) == ("given_up", Fault.NOT_NOW, "500")


def test_what_the_server_takes_at_last_was_sent(each_app: Flask) -> None:
    with hooks(status(503)) as hook:
        added(each_app, hook)
        filed(each_app)
        shift = Shift(each_app)
        shift.work()
        hook.answer = status(204)
        shift.work(PAUSES[0])
        shift.work(timedelta(days=1))
        assert len(hook.calls) == 2
    (notice,) = written(each_app, Carrier.WEBHOOK)
    assert (notice.state, notice.fault, notice.tries) == ("sent", None, 2)


def test_an_answer_of_410_withdraws_the_webhook(each_app: Flask) -> None:
    with hooks(status(410)) as hook, hooks() as other:
        added(each_app, hook)
        added(each_app, other)
        reference = filed(each_app)
        filed(each_app, order_id="2")
        shift = Shift(each_app)
        shift.work()
        Colleague(each_app).act(reference, "take")
        shift.work(timedelta(minutes=1))
        assert (len(hook.calls), len(other.calls)) == (1, 3)
    with each_app.app_context():
        assert [webhook.withdrawn_at is None for webhook in webhooks.listed()] == [False, True]
    states = [notice.state for notice in written(each_app, Carrier.WEBHOOK) if notice.recipient == "1"]
    assert states == ["dropped", "dropped"]


def test_what_waits_for_a_webhook_that_is_withdrawn_is_dropped(each_app: Flask) -> None:
    with hooks(status(500)) as hook:
        added(each_app, hook)
        filed(each_app)
        shift = Shift(each_app)
        shift.work()
        with each_app.app_context():
            webhooks.withdraw(1, now())
        shift.work(PAUSES[0])
        assert len(hook.calls) == 1
    (notice,) = written(each_app, Carrier.WEBHOOK)
    assert (notice.state, notice.fault) == ("dropped", Fault.NOT_SET)


def test_staff_see_why_a_webhook_whose_key_was_taken_away_is_not_called(each_app: Flask) -> None:
    with hooks() as hook:
        secret = added(each_app, hook, keys=Keyring(KEYS.keys[1:]))
        filed(each_app)
        shift = Shift(each_app, keys=Keyring(KEYS.keys[:1]))
        shift.work()
        assert hook.calls == []
        olena = Colleague(each_app)
        page = olena.visit("/staff/notices")
        assert "It is no longer set up." in page.text
        answer = olena.send_form(page, {}, form="/staff/notices/2/again")
        assert answer.status == 303
        shift = Shift(each_app)
        shift.work()
        verify(secret, dict(hook.calls[0].headers.items()), hook.calls[0].body, shift.at.timestamp())


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 20", b"HTTP/1.1 100 Continue\r\na: "])
def test_a_server_that_answers_drop_by_drop_holds_a_worker_no_longer_than_a_call_may_take(begun: bytes) -> None:
    with hooks() as hook:
        hook.answer = dripping(hook, begun, b"x")
        from_here = monotonic()
        result = call(hook.url, SECRET, "a", b"{}", now(), **LIMITS)
        assert monotonic() - from_here < 5
    assert result.fault is Fault.UNREACHABLE


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with hooks() as hook:
        hook.answer = dripping(hook, b"", b"")
        result = call(hook.url, SECRET, "a", b"{}", now(), **LIMITS)
    assert (result.fault, result.detail) == (Fault.UNREACHABLE, "TimeoutError")


def test_how_long_a_server_talks_after_it_took_a_call_does_not_matter() -> None:
    with hooks() as hook:
        hook.answer = dripping(hook, b"HTTP/1.1 200 OK\r\n\r\n", b"x")
        assert call(hook.url, SECRET, "a", b"{}", now(), waits=60, within=60).fault is None


def test_a_server_of_https_that_drips_its_half_of_the_handshake_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        dripped = Thread(target=drip_tls, args=(listening,))
        dripped.start()
        from_here = monotonic()
        assert call(url, SECRET, "a", b"{}", now(), **LIMITS).fault is Fault.UNREACHABLE
        assert monotonic() - from_here < 5
        dripped.join()


def test_a_server_of_https_that_speaks_no_tls_is_not_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        assert call(url, SECRET, "a", b"{}", now(), **LIMITS).fault is Fault.UNREACHABLE
    with hooks() as hook:
        result = call(hook.url.replace("http", "https"), SECRET, "a", b"{}", now(), **LIMITS)
    assert (result.fault, result.detail) == (Fault.UNREACHABLE, "SSLError")


def test_a_server_that_is_not_there_is_tried_again() -> None:
    for url in (f"http://127.0.0.1:{free_port()}/", f"https://{'a' * 64}.example/"):
        result = call(url, SECRET, "a", b"{}", now(), **LIMITS)
        assert (result.fault, result.for_good, result.dropped) == (Fault.UNREACHABLE, False, False)


def test_a_call_may_take_far_less_time_than_a_worker_may_hold_it() -> None:
    assert timedelta(seconds=WITHIN) < HELD / 2


def test_the_address_is_called_with_its_query() -> None:
    with hooks() as hook:
        assert call(f"{hook.url}?a=b&c=%20", SECRET, "T-1.2.hook.3", b"{}", now()).fault is None
    (made,) = hook.calls
    assert (made.path, made.headers["webhook-id"]) == ("/hooks?a=b&c=%20", "msg_T-1_2_hook_3")


def test_a_server_that_does_not_answer_holds_up_nothing_else(app: Flask) -> None:
    with hooks(closed) as dead, hooks() as good:
        added(app, dead)
        for order in range(5):
            filed(app, f"browser {order}", order_id=str(order))
        added(app, good)
        filed(app, "the last", order_id="6")
        Shift(app).work()
        assert (len(dead.calls), len(good.calls)) == (1, 1)
