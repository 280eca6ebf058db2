"""One HTTP call of another server: within a time and a size, never again by itself, and what is known when it fails."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from queue import Empty, SimpleQueue
from threading import Event, Thread, Timer
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

_FAULTS = (OSError, HTTPException, ValueError)


class CallFault(Exception):
    """A call that has no answer; `detail` is the kind of the fault, and nothing of what was sent."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotSent(CallFault):
    """Nothing was sent: no connection came about, or not in time."""


class NoAnswer(CallFault):
    """Something was sent, and no whole answer came in time that can be read: what the server did is not known."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a server answered; the body is empty where it was not to be read."""

    status: int
    body: bytes


def _always() -> bool:
    return True


def call(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    waits: float,
    within: float,
    most: int,
    in_time: Callable[[], bool] = _always,
) -> Answered:
    """POST a body and return the answer, whatever its status; a way on is not followed. Raises `NotSent`, `NoAnswer`.

    Each wait for the server is at most `waits` seconds, and the whole call `within`. An answer's body of more than
    `most` bytes counts as none; with 0 it is not read. `in_time` is asked once connected, just before the first byte
    is written: where it says no, nothing is.
    """
    ends = monotonic() + within
    with ExitStack() as opened:
        try:
            line = _connected(url, waits, ends, opened)
            expired = opened.enter_context(_cut_at(ends, line.sock))
            _begin(line, url, headers, len(body))
            if isinstance(line.sock, ssl.SSLSocket):
                line.sock.do_handshake()
        except _FAULTS as error:
            raise NotSent(type(error).__name__) from None
        if not in_time() or monotonic() >= ends:
            raise NotSent("TooLate")
        return _sent(line, body, most, expired)


def _sent(line: HTTPConnection, body: bytes, most: int, expired: Event) -> Answered:
    """Send what was begun, and read the answer: from here on, nobody knows what the server has of it."""
    try:
        line.endheaders(body)
        with line.getresponse() as answer:
            said = _read(answer, most)
            status = answer.status
    except _FAULTS as error:
        raise NoAnswer("TimeoutError" if expired.is_set() else type(error).__name__) from None
    if most and expired.is_set():  # it ended because we cut it
        raise NoAnswer("TimeoutError")
    return Answered(status=status, body=said)


def _read(answer: HTTPResponse, most: int) -> bytes:
    if not most:
        return b""
    said = answer.read(most + 1)
    if len(said) > most:
        raise NoAnswer("TooLarge")
    if answer.length:
        raise IncompleteRead(b"", answer.length)
    return said


def _begin(line: HTTPConnection, url: str, headers: Mapping[str, str], length: int) -> None:
    """Put the head of the request together; none of it is written yet."""
    at = urlsplit(url)
    line.auto_open = 0
    line.putrequest("POST", f"{at.path or '/'}?{at.query}".removesuffix("?"))
    for name, value in {**headers, "Content-Length": str(length)}.items():
        line.putheader(name, value)


def _connected(url: str, waits: float, ends: float, opened: ExitStack) -> HTTPConnection:
    """Return a connection whose socket is open; where it will speak TLS, no hand was shaken yet."""
    at = urlsplit(url)
    secure = at.scheme == "https"
    host, port = at.hostname or "", at.port or (443 if secure else 80)
    context = ssl.create_default_context() if secure else None
    line = HTTPSConnection(host, port, context=context) if secure else HTTPConnection(host, port)
    opened.callback(line.close)
    line.sock = _socket(host, port, waits, ends)
    if context:
        line.sock = context.wrap_socket(line.sock, server_hostname=host, do_handshake_on_connect=False)
    return line


def _socket(host: str, port: int, waits: float, ends: float) -> socket.socket:
    """Connect to the first of a host's addresses that takes it."""
    fault: OSError = TimeoutError()
    for family, kind, protocol, _, address in _addresses(host, port, min(waits, ends - monotonic())):
        left = ends - monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(min(waits, left))
            sock.connect(address)
        except OSError as error:
            sock.close()
            fault = error
        else:
            sock.settimeout(waits)
            return sock
    raise fault


def _addresses(host: str, port: int, waits: float) -> list[Any]:
    """Return the addresses of a host; who is asked for them sets no limit, so a thread waits for that."""
    found: SimpleQueue[list[Any] | OSError | ValueError] = SimpleQueue()

    def ask() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            found.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=max(0, waits))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


@contextmanager
def _cut_at(ends: float, sock: socket.socket) -> Iterator[Event]:
    """Cut a connection at a moment, however slowly it is spoken on; yield what is set then."""
    expired = Event()

    def cut() -> None:
        expired.set()
        with suppress(OSError):  # that of TLS stays as it is for whoever waits for it, and sees its end
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = Timer(max(0, ends - monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
