"""Public pages beside nginx with the same bytes, and beside a view that says hello: `python -m bench.pages`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import click

from bench.nginx import nginx
from bench.portals import HOST, POLICY, Server, answering, portal, same_server
from bench.rounds import in_turn
from bench.table import Row, markdown, rate
from bench.wrk import Page, ask
from portal.policy import Status
from tests.databases import SQLiteFiles

OF_NGINX, OF_HELLO = 0.7, 3.0
GROUPS = {
    "policy page": [POLICY],
    "chooser's answers": [
        f"/{language}/cancellation/answer?status={status}" for language in ("uk", "en") for status in Status
    ],
    "embed page": [f"{POLICY}/embed"],
}
"""What is measured together: addresses that are asked for in turn."""
NOT_COPIED = ("date", "server", "connection", "content-length", "content-type", "etag", "transfer-encoding")
WARM = 1.0


class Answer(NamedTuple):
    """What a server sent."""

    status: int
    headers: dict[str, str]
    body: bytes


def measure(rounds: int, seconds: float, names: Iterable[str] = tuple(GROUPS)) -> list[Row]:
    """Return the lines of public pages of these groups: with their bytes, and where the browser has them already."""
    with tempfile.TemporaryDirectory(prefix="portal-pages-") as folder, SQLiteFiles(Path(folder)).migrated() as url:
        ours = portal(url, Path(folder))
        hello = same_server("bench.hello:app", {}, Path(folder), "/")
        with answering(ours, hello):
            files = _copied(ours, Path(folder))
            with answering(files):
                return [row for name in names for row in _lines(name, ours, hello, files, rounds, seconds)]


def _lines(name: str, ours: Server, hello: Server, files: Server, rounds: int, seconds: float) -> list[Row]:
    mine = [Page(path) for path in GROUPS[name]]
    copies = [Page(_name(path)) for path in GROUPS[name]]
    asked = {
        "portal": (ours, mine),
        "nginx": (files, copies),
        "portal 304": (ours, [_known(ours, page) for page in mine]),
        "nginx 304": (files, [_known(files, page) for page in copies]),
        "hello": (hello, [Page("/")]),
    }
    for server, pages in asked.values():
        ask(server.url, pages, WARM)
    found = in_turn({key: partial(ask, server.url, pages, seconds) for key, (server, pages) in asked.items()}, rounds)
    return [
        rate(name, found["portal"], found["nginx"], OF_NGINX, "nginx"),
        rate(f"{name}, 304", found["portal 304"], found["nginx 304"], OF_NGINX, "nginx"),
        rate(name, found["portal"], found["hello"], OF_HELLO, "hello"),
    ]


def _copied(ours: Server, folder: Path) -> Server:
    """Return nginx with what the portal answers, in files as the portal compressed it."""
    headers = {}
    for path in (path for group in GROUPS.values() for path in group):
        answer = get(ours, path)
        assert answer.status == 200, (path, answer)
        assert answer.headers["content-encoding"] == "gzip", (path, answer.headers)
        Path(folder, _name(path)[1:] + ".gz").write_bytes(answer.body)
        headers[_name(path)] = answer.headers
    blocks = (_location(name, folder, sent) for name, sent in headers.items())
    return nginx("".join(blocks), folder, _name(POLICY))


def _location(name: str, folder: Path, sent: dict[str, str]) -> str:
    copied = {key: value for key, value in sent.items() if key not in (*NOT_COPIED, "content-encoding")}
    lines = [
        f"root {folder};",
        "gzip_static always;",
        *(f'add_header {key} "{value}";' for key, value in copied.items()),
    ]
    return f"location = {name} {{ {' '.join(lines)} }}\n"


def _known(server: Server, page: Page) -> Page:
    """Return a page as whoever has it asks for it; the server says that it is unchanged."""
    known = Page(page.path, get(server, page.path).headers["etag"])
    assert get(server, *known).status == 304, (server.url, known)
    return known


def get(server: Server, path: str, tag: str = "") -> Answer:
    """Return what a server sends to a browser that has a page of this entity tag, or none."""
    headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": tag} if tag else {})
    with closing(HTTPConnection(HOST, server.port, timeout=10)) as connection:
        connection.request("GET", path, headers=headers)
        sent = connection.getresponse()
        return Answer(sent.status, {key.lower(): value for key, value in sent.getheaders()}, sent.read())


def _name(path: str) -> str:
    return "/" + "".join(letter if letter.isalnum() else "-" for letter in path.strip("/"))


@click.command()
@click.option("--rounds", default=5, type=click.IntRange(1), show_default=True)
@click.option("--seconds", default=3.0, type=click.FloatRange(0.1), show_default=True)
def main(rounds: int, seconds: float) -> None:
    """Measure public pages."""
    click.echo(markdown(measure(rounds, seconds)))


if __name__ == "__main__":
    main()
