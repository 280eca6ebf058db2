"""One call of another server: what is sent, what is read of the answer, and what is known when it fails."""

from __future__ import annotations

import socket
from http.server import BaseHTTPRequestHandler
from time import monotonic

import pytest

from portal.http_call import Answered, NoAnswer, NotSent, call
from tests.hook_server import Answer, Hooks, dripping, hooks, raw, status
from tests.postgresql import free_port
from tests.test_webhook_tries import closed

MOST = 1000
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def called(url: str, most: int = MOST, waits: float = 60, within: float = 60) -> Answered:
    """Call with times that no sound answer needs."""
    return call(url, {"X-Kind": "a"}, b"said", waits=waits, within=within, most=most)


def cut_in(said: bytes) -> Answer:
    """Answer with these bytes, and close the connection."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(said)
        closed(handler)

    return answer


def fault(hook: Hooks, waits: float = 60, within: float = 60) -> str:
    """Return why a call of this server has no answer."""
    with pytest.raises(NoAnswer) as raised:
        called(hook.url, waits=waits, within=within)
    assert len(hook.calls) == 1
    return raised.value.detail


def test_a_call_is_one_post_with_its_headers_and_its_body() -> None:
    with hooks(raw(LENGTH % 2 + b"ok")) as hook:
        assert called(f"{hook.url}?a=b") == Answered(status=200, body=b"ok")
    (made,) = hook.calls
    assert (made.path, made.body, made.headers["X-Kind"]) == ("/hooks?a=b", b"said", "a")
    assert made.headers["Host"] == f"127.0.0.1:{hook.port}"


@pytest.mark.parametrize("code", [200, 204, 301, 307, 404, 429, 500, 503])
def test_each_status_is_an_answer_and_no_way_on_is_followed(code: int) -> None:
    with hooks(status(code, Location="/elsewhere")) as hook:
        assert called(hook.url).status == code
        assert len(hook.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [LENGTH % 3 + b"abc", CHUNKED + b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nabc"],
    ids=["of a length", "in chunks", "to the end"],
)
def test_a_body_is_read_whole_up_to_the_most_that_is_taken(answer: bytes) -> None:
    with hooks(cut_in(answer)) as hook:
        assert called(hook.url, most=3).body == b"abc"
        assert called(hook.url, most=0).body == b""
        with pytest.raises(NoAnswer, match="TooLarge"):
            called(hook.url, most=2)


def test_a_body_without_an_end_is_read_no_further_than_the_most_that_is_taken() -> None:
    with hooks() as hook:
        hook.answer = dripping(hook, b"HTTP/1.1 200 OK\r\n\r\n", b"x" * MOST, every=0)
        assert fault(hook) == "TooLarge"


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (cut_in(b""), "RemoteDisconnected"),
        (cut_in(b"SSH-2.0-OpenSSH_9.2\r\n"), "BadStatusLine"),
        (cut_in(LENGTH % 9 + b"abc"), "IncompleteRead"),
        (cut_in(LENGTH % 9), "IncompleteRead"),
        (cut_in(CHUNKED + b"5\r\nab"), "IncompleteRead"),
        (cut_in(CHUNKED + b"2\r\nab\r\n"), "IncompleteRead"),
        (cut_in(CHUNKED + b"two\r\nab\r\n"), "IncompleteRead"),
        (cut_in(LENGTH % (MOST + 1) + b"x" * (MOST + 1)), "TooLarge"),
    ],
)
def test_an_answer_that_is_not_whole_is_none_and_the_call_is_not_made_again(answer: Answer, detail: str) -> None:
    with hooks(answer) as hook:
        assert fault(hook) == detail


@pytest.mark.parametrize(
    "begun", [b"", b"HTTP/1.1 20", b"HTTP/1.1 100 Continue\r\na: ", b"HTTP/1.1 200 OK\r\n\r\n[]", LENGTH % 900 + b"[]"]
)
def test_an_answer_that_drips_is_cut_in_time_and_is_none_though_its_beginning_could_be_read(begun: bytes) -> None:
    with hooks() as hook:
        hook.answer = dripping(hook, begun, b" ")
        from_here = monotonic()
        assert fault(hook, within=1) == "TimeoutError"
        assert monotonic() - from_here < 5


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with hooks() as hook:
        hook.answer = dripping(hook, b"", b"")
        assert fault(hook, waits=1) == "TimeoutError"


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("http://127.0.0.1:{free}/", "ConnectionRefusedError"),
        ("https://127.0.0.1:{taken}/", "SSLError"),
        (f"https://{'a' * 64}.example/", "UnicodeError"),
        ("http://127.0.0.1:{taken}/a b", "InvalidURL"),
        ("http://127.0.0.1:{taken}/\N{CYRILLIC SMALL LETTER A}", "UnicodeEncodeError"),
        ("http://127.0.0.1:99999/", "ValueError"),
    ],
)
def test_without_a_connection_or_a_request_nothing_is_sent(url: str, detail: str) -> None:
    with hooks() as hook:
        with pytest.raises(NotSent) as raised:
            called(url.format(free=free_port(), taken=hook.port))
        assert raised.value.detail == detail
        assert hook.calls == []


def test_a_header_of_two_lines_is_not_sent() -> None:
    with hooks() as hook:
        with pytest.raises(NotSent, match="ValueError"):
            call(hook.url, {"X-Kind": "a\r\nX-More: b"}, b"", waits=60, within=60, most=0)
        assert hook.calls == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_call_whose_time_is_over_when_it_is_connected_is_not_sent(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotSent):
        called(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/", within=0)


def test_whether_it_is_still_in_time_is_asked_once_connected_before_anything_is_sent() -> None:
    asked = []

    def no() -> bool:
        asked.append(len(hook.calls))
        return False

    with hooks() as hook:
        with pytest.raises(NotSent, match="TooLate"):
            call(hook.url, {}, b"", waits=60, within=60, most=0, in_time=no)
        with pytest.raises(NotSent, match="ConnectionRefusedError"):
            call(f"http://127.0.0.1:{free_port()}/", {}, b"", waits=60, within=60, most=0, in_time=no)
        assert (asked, hook.calls) == ([0], [])
