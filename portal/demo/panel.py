"""A panel of our own that speaks API v2, and can be told to fail: `make demo` and tests have it on this machine.

`python -m portal.demo.panel --port 9000` serves the orders of the demonstration's tickets.
"""

from __future__ import annotations

import argparse
import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse

from portal.demo.orders import BEFORE, INCORRECT, LEFT_OUT, Fault, Order, orders_of_the_tickets, services

KEY = "the-key-of-the-demonstration"
HERE = "127.0.0.1"
_JSON, _PAGE = "application/json", "text/html; charset=utf-8"
_CONNECTION = "panel.connection"
_DRIPS = 0.02
"""Seconds between the drops of an answer that drips."""

INSTEAD: dict[Fault, tuple[int, str, bytes]] = {
    Fault.MAINTENANCE: (503, _PAGE, b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"),
    Fault.CHALLENGE: (200, _PAGE, b"<!doctype html><title>Just a moment...</title><script>challenge()</script>"),
    Fault.TOO_MANY: (429, _PAGE, b"<!doctype html><title>Too many requests</title>"),
    Fault.TOO_MANY_JSON: (429, _JSON, b'{"error":"Too many requests"}'),
    Fault.BROKEN: (500, _PAGE, b"<!doctype html><title>Server error</title>"),
    Fault.BROKEN_JSON: (500, _JSON, b'{"error":"Internal error"}'),
    Fault.MOVED: (302, _PAGE, b"<!doctype html><title>Moved</title>"),
    Fault.WRONG_KEY: (401, _JSON, b'{"error":"Invalid API key"}'),
    Fault.EMPTY: (200, _JSON, b""),
    Fault.WRONG: (200, _JSON, b'{"status":"success"}'),
}


@dataclass(frozen=True)
class Call:
    """One call as it came."""

    address: str
    headers: dict[str, str]
    fields: list[tuple[str, str]]

    def get(self, name: str) -> str:
        """Return a field, "" where it is not there."""
        return dict(self.fields).get(name, "")


@dataclass
class Panel:
    """The panel, as a WSGI app. `faults` are those to come until told otherwise, by action, "" for every one.

    `calls` are all that came, `ended` is set when it is served no longer.
    """

    orders: dict[str, Order]
    services: list[dict[str, Any]] = field(default_factory=services)
    key: str = KEY
    faults: dict[str, Fault] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    ended: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call, or fail as told."""
        with self._lock:
            call = _read(environ)
            self.calls.append(call)
            fault = self._fault(call)
            said = None if fault in BEFORE else json.dumps(self._answer(call)).encode()
        status, kind, body = INSTEAD.get(fault, (200, _JSON, said or b"")) if fault else (200, _JSON, said or b"")
        headers = [("Content-Type", kind), *([("Location", "/elsewhere")] if fault is Fault.MOVED else [])]
        if fault is not Fault.DRIPS:
            headers.append(("Content-Length", str(len(body))))
        if fault is Fault.SLOW:
            self.ended.wait()
        if fault in (Fault.CUT, Fault.DROPPED):
            _cut(environ)
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return self._body(body, fault, environ)

    def _body(self, body: bytes, fault: Fault | None, environ: dict[str, Any]) -> Iterator[bytes]:
        if fault is Fault.CUT_IN_BODY:
            yield body[: len(body) // 2]
            _cut(environ)
            return
        yield body
        while fault is Fault.DRIPS and not self.ended.wait(_DRIPS):
            yield b" "

    def _fault(self, call: Call) -> Fault | None:
        action = call.get("action")
        ids = (call.get("order") or call.get("orders")).split(",")
        of_orders = [self.orders[id_].faults[action] for id_ in ids if action in self._order(id_).faults]
        return next(iter([f for f in (self.faults.get(action), self.faults.get("")) if f] + of_orders), None)

    def _order(self, id_: str) -> Order:
        return self.orders.get(id_) or Order(LEFT_OUT, refuses=INCORRECT)

    def _answer(self, call: Call) -> Any:
        if call.get("key") != self.key:
            return {"error": "Invalid API key"}
        match call.get("action"):
            case "balance":
                return {"balance": "100.84292", "currency": "USD"}
            case "services":
                return self.services
            case "status" if call.get("order"):
                return self._one(call.get("order"))
            case "status":
                return self._several(call.get("orders").split(","))
            case "cancel":
                return self._canceled(call.get("orders").split(","))
        return {"error": "Incorrect request"}

    def _one(self, id_: str) -> Any:
        said = self._order(id_).asked()
        if said is LEFT_OUT:
            return {"error": INCORRECT}
        return {"error": said} if isinstance(said, str) else said

    def _several(self, ids: list[str]) -> dict[str, Any]:
        said = {id_: self.orders[id_].asked() if id_ in self.orders else {"error": INCORRECT} for id_ in ids}
        return {id_: item for id_, item in said.items() if item is not LEFT_OUT}

    def _canceled(self, ids: list[str]) -> Any:
        said = [self._order(id_).canceled(id_) for id_ in ids]
        return said[0] if len(said) == 1 else said


def _read(environ: dict[str, Any]) -> Call:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    headers = {name[5:].replace("_", "-").lower(): said for name, said in environ.items() if name.startswith("HTTP_")}
    address = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".removesuffix("?")
    return Call(address, headers | {"content-type": environ["CONTENT_TYPE"]}, parse_qsl(body, keep_blank_values=True))


def _cut(environ: dict[str, Any]) -> None:
    with suppress(OSError):
        environ[_CONNECTION].shutdown(socket.SHUT_RDWR)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def get_environ(self) -> dict[str, Any]:
        return super().get_environ() | {_CONNECTION: self.connection}

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


@contextmanager
def served(panel: Panel, door: socket.socket | None = None) -> Iterator[str]:
    """Serve a panel on this machine until the end of the block; yield its address.

    `door` is a socket that listens; else it is served on a free port.
    """
    with _Server((HERE, 0), _Handler, bind_and_activate=False) as server:
        _open(server, door or socket.create_server((HERE, 0)))
        server.set_app(panel)
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        try:
            yield f"http://{HERE}:{server.server_port}"
        finally:
            panel.ended.set()
            server.shutdown()
            serving.join()


def _open(server: WSGIServer, door: socket.socket) -> None:
    server.socket.close()
    server.socket = door
    server.server_name, server.server_port = door.getsockname()[:2]
    server.setup_environ()


def serve(door: socket.socket) -> None:
    """Serve the demonstration's panel by a socket that listens, until told to end."""
    with served(Panel(orders_of_the_tickets()), door), suppress(KeyboardInterrupt):
        Event().wait()


def main() -> None:
    """Serve the demonstration's panel at a port of this machine."""
    parser = argparse.ArgumentParser(prog="portal.demo.panel", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    serve(socket.create_server((HERE, parser.parse_args().port)))


if __name__ == "__main__":
    main()
