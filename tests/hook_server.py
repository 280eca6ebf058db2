"""A real HTTP server on this machine that the portal calls, and what it was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Call:
    """One call as it came."""

    path: str
    headers: Message
    body: bytes


@dataclass
class Hooks:
    """A server that answers each call in the same way, until told otherwise; `ended` is set when it ends."""

    answer: Answer
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """An address at this server."""
        return f"http://127.0.0.1:{self.port}/hooks"


def status(code: int, **headers: str) -> Answer:
    """Answer with this status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    return answer


def raw(said: bytes) -> Answer:
    """Answer with these bytes, and close the connection."""
    return lambda handler: _write(handler, said)


def dripping(hooks: Hooks, first: bytes, drop: bytes, every: float = 0.02) -> Answer:
    """Answer with these bytes, and then with a drop every so often until the caller is gone."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        _write(handler, first)
        while not hooks.ended.wait(every):
            _write(handler, drop)

    return answer


@contextmanager
def hooks(answer: Answer | None = None) -> Iterator[Hooks]:
    """Serve on a free port until the end of the block; unless told, answer that all is well."""
    made = Hooks(answer or status(204))
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(made)) as server:
        server.daemon_threads = True
        made.port = server.server_port
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield made
        finally:
            made.ended.set()
            server.shutdown()
            serving.join()


def _write(handler: BaseHTTPRequestHandler, said: bytes) -> None:
    handler.wfile.write(said)
    handler.wfile.flush()


def _handler(hooks: Hooks) -> type[BaseHTTPRequestHandler]:
    """Return a handler that keeps each call, and answers it as the server does then."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooks.calls.append(Call(self.path, self.headers, body))
            with suppress(OSError):  # the caller is free to go
                hooks.answer(self)

        def do_GET(self) -> None:
            hooks.calls.append(Call(self.path, self.headers, b""))
            status(204)(self)

        def log_message(self, *_said: Any) -> None:
            """Say nothing."""

    return Handler
