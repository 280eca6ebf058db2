"""The portal behind nginx as docs/running.md sets it up: what customers see, what is counted, logged and kept off."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from bench.portals import answering, portal
from portal import create_app
from portal.evidence import MOST_BYTES
from portal.views import FORM_BYTES
from tests import nginx, page_checks
from tests.build import HANDOVER_KEY, settings_for, upload
from tests.databases import SQLiteFiles, running
from tests.filing import NEW, filed_with, page_of, pictures_on, secret_path, sent_with, stored_tickets
from tests.handing import come, file_handed, token
from tests.over_the_wire import Line, Reached
from tests.postgresql import free_port
from tests.visitor import Visitor

pytestmark = pytest.mark.long
FORGED = "203.0.113.77"
LIMITS = "calls_address=3/3600 filings_browser=1000/3600 filings_address=1000/3600 screenshots_address=1000/3600"
AWAY = ("Портал зараз не відповідає", "The portal does not answer at the moment")
TOO_LARGE = ("Ви надіслали забагато даних", "What you sent is too large")


@dataclass(frozen=True)
class Site:
    """nginx, the portal behind it, and the portal's own code on the same database."""

    front: nginx.Front
    app: Flask
    portal_log: Path

    def visitor(self, language: str = "en") -> Visitor:
        """Return somebody's browser."""
        return Visitor(Line(self.front.https, trusted=self.front.trusted), base_url=self.front.url, language=language)

    def logged(self) -> str:
        """Return all that nginx and the portal wrote."""
        return self.front.log() + self.portal_log.read_text()


@pytest.fixture(scope="module")
def site(on_sqlite: tuple[SQLiteFiles], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A portal behind nginx; few calls of the API are allowed an address."""
    folder, ports = tmp_path_factory.mktemp("site"), (free_port(), free_port())
    url = f"https://{nginx.NAME}:{ports[1]}"
    with on_sqlite[0].migrated() as database:
        served = portal(
            database,
            folder,
            "--no-worker",
            PORTAL_PUBLIC_URL=url,
            PORTAL_PROXIES="1",
            PORTAL_LIMITS=LIMITS,
            PORTAL_HANDOVER_KEYS=f"{HANDOVER_KEY.id}:{HANDOVER_KEY.secret}",
            PORTAL_SMTP_URL="smtp://127.0.0.1:9",  # nobody is to have mail
            PORTAL_MAIL_FROM="help@example.com",
        )
        code = create_app(settings_for(database, public_url=url, proxies=1))
        with answering(served), nginx.running(folder, ports, [served.port]) as front, running(code) as app:
            yield Site(front, app, served.log)


def test_customers_get_the_policy_on_https_and_are_led_there_from_http(site: Site) -> None:
    customer = site.visitor().client
    got = customer.get("/en/cancellation", base_url=site.front.url, headers={"Accept-Encoding": "br"})
    assert (got.status_code, got.headers["Content-Encoding"]) == (200, "br")
    known = {"Accept-Encoding": "br", "If-None-Match": got.headers["ETag"]}
    assert customer.get("/en/cancellation", base_url=site.front.url, headers=known).status_code == 304
    with closing(Reached(nginx.NAME, site.front.http, None)) as connection:
        connection.request("GET", "/en/tickets/new?status=pending", headers={"Host": nginx.NAME})
        answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"{site.front.url}/en/tickets/new?status=pending")


def test_a_ticket_is_filed_with_a_screenshot_of_five_megabytes(site: Site) -> None:
    large, customer = grain(), site.visitor()
    page = filed_with(customer, upload(content=large), order_id="BEHIND-1")
    assert any(cookie.startswith("__Host-") for cookie in page.headers.getlist("Set-Cookie"))
    (picture,) = pictures_on(page)
    assert customer.visit(picture).headers["Content-Type"] == "image/webp"
    assert [ticket.order_id for ticket in stored_tickets(site.app)].count("BEHIND-1") == 1


def test_the_longest_hand_over_passes(site: Site) -> None:
    customer = site.visitor()
    page = come(customer, token(order_id="BEHIND-2", link="https://example.com/" + "x" * 1900, aud=site.front.url))
    assert file_handed(customer, page, link=None).status == 303


def test_a_forged_address_changes_neither_limit_nor_log(site: Site) -> None:
    asked = {"status": "pending"}
    forged = [
        site.visitor().open(
            "/api/v1/eligibility",
            method="POST",
            json=asked,
            headers={"X-Forwarded-For": f"{FORGED}, 203.0.113.{last}", "X-Forwarded-Host": "evil.example"},
        )
        for last in range(4)
    ]
    assert [page.status for page in forged] == [200, 200, 200, 429]
    assert "203.0.113" not in site.logged()
    assert "evil.example" not in site.logged()


def test_neither_log_holds_a_secret_link(site: Site) -> None:
    customer = site.visitor()
    answer = sent_with(customer, order_id="BEHIND-3")
    confirmation = customer.visit(str(answer.location))
    link = secret_path(confirmation)
    assert site.visitor().visit(link).path == page_of(confirmation)
    assert link.rpartition("/")[2] not in site.logged()
    assert re.search(r" 200 GET [\d.]+ \d+ 127\.0\.0\.1:\d+ 200$", site.front.log(), re.MULTILINE)


def test_as_much_as_the_portal_takes_reaches_it(site: Site) -> None:
    status, page = announced(site.front, NEW, FORM_BYTES, whole=True)
    assert status == 400
    assert "Your browser did not send the cookie of this form" in page


def test_who_sends_more_is_told_at_once_in_both_languages(site: Site) -> None:
    status, page = announced(site.front, NEW, FORM_BYTES + 1)
    assert status == 413
    assert all(words in page for words in TOO_LARGE)


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_is_for_the_machine_itself_is_refused_from_outside(site: Site, path: str) -> None:
    with closing(Reached(nginx.NAME, site.front.https, site.front.trusted)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 404
        assert b"nginx" in answer.read()


def test_while_the_portal_is_away_nginx_says_so(tmp_path: Path) -> None:
    with nginx.running(tmp_path, (free_port(), free_port()), [free_port()]) as front:
        told = [announced(front, NEW, length, whole=True) for length in (0, 2_000_000)]
    assert [status for status, _ in told] == [502, 502]
    assert all(words in page for _, page in told for words in AWAY)


@pytest.mark.parametrize("path", sorted(nginx.AWAY.glob("*.html")), ids=lambda path: path.name)
def test_what_nginx_says_is_a_page_like_any_other(path: Path) -> None:
    page_checks.check(path.read_text(encoding="utf-8"), url="https://help.example.com/", status=502)


def grain() -> bytes:
    """Return a screenshot of almost 5 MB: what a camera sees in the dark."""
    file, side = BytesIO(), 1275
    Image.frombytes("RGB", (side, side), secrets.token_bytes(3 * side * side)).save(file, "PNG")
    assert 4_800_000 < file.tell() < MOST_BYTES
    return file.getvalue()


def announced(front: nginx.Front, path: str, length: int, *, whole: bool = False) -> tuple[int, str]:
    """Post a body of so many bytes, or only say so and wait; return the answer's status and words."""
    with closing(Reached(nginx.NAME, front.https, front.trusted)) as connection:
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(length))
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.endheaders(b"=" * length if whole else None)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
