"""nginx before a portal that breaks off: what is read is asked of the other one, what was sent is not sent again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests import nginx
from tests.over_the_wire import Reached
from tests.postgresql import free_port

pytestmark = pytest.mark.long
TIMES = 6


@contextmanager
def portal(asked: Counter[str], *, answers: bool) -> Iterator[int]:
    """Give the port of what stands for a portal: it counts what it is asked, and answers 200, or breaks off."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._heard()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._heard()

        def _heard(self) -> None:
            asked[self.command] += 1
            self.close_connection = True
            if answers:
                self.send_response(200)
                self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def statuses(front: nginx.Front, method: str, path: str) -> list[int]:
    """Return what so many requests are answered."""
    found = []
    for _ in range(TIMES):
        with closing(Reached("127.0.0.1", front.https, None)) as connection:
            connection.request(method, path, b"a=b" if method == "POST" else None)
            found.append(connection.getresponse().status)
    return found


@pytest.mark.parametrize("path", ["/", "/en/tickets/new", "/static/portal.css"])
def test_what_is_read_is_asked_again_and_what_is_sent_never(tmp_path: Path, path: str) -> None:
    asked = Counter[str]()
    with ExitStack() as used:
        ports = [used.enter_context(portal(asked, answers=answers)) for answers in (True, False)]
        front = used.enter_context(nginx.running(tmp_path, (free_port(), free_port()), ports, tls=False))
        assert statuses(front, "GET", path) == [200] * TIMES
        sent = statuses(front, "POST", path)
    assert asked["GET"] > TIMES
    assert asked["POST"] == TIMES
    assert sorted(sent) == [200] * (TIMES // 2) + [502] * (TIMES // 2)


def test_what_could_not_be_sent_is_sent_to_the_other(tmp_path: Path) -> None:
    asked = Counter[str]()
    with ExitStack() as used:
        ports = [used.enter_context(portal(asked, answers=True)), free_port()]
        front = used.enter_context(nginx.running(tmp_path, (free_port(), free_port()), ports, tls=False))
        assert statuses(front, "POST", "/en/tickets/new") == [200] * TIMES
    assert asked["POST"] == TIMES
