"""Fixtures of the browser's tests: a real server, one Chromium, a fresh context for each page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from portal import create_app
from tests.browser import at_panel, server
from tests.browser import site as another
from tests.browser.behind import Behind
from tests.browser.tab import Watch
from tests.build import settings_for
from tests.databases import running
from tests.postgresql import free_port

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PageAt = Callable[..., Page]
ShopPage = Callable[..., Page]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site() -> Iterator[another.Site]:
    """Another site, whose pages show the policy."""
    with another.running() as site:
        yield site


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory, site: another.Site) -> Iterator[server.Portal]:
    """The portal, served as `make demo` does, on an SQLite file of its own; the tests of the browser share it."""
    with server.running(tmp_path_factory.mktemp("portal"), sites=site.url) as portal:
        portal.flask("demo")
        yield portal


@pytest.fixture(scope="session")
def behind(portal: server.Portal) -> Iterator[Behind]:
    """What stands behind the served pages: the portal's own code, on the same database."""
    settings = settings_for(portal.environment["PORTAL_DATABASE_URL"], public_url=portal.url)
    with running(create_app(settings)) as app:
        yield Behind(app)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[at_panel.AtPanel]:
    """A portal at whose panel nobody answers: what the panel says is put into the database by the test."""
    with at_panel.served(tmp_path_factory.mktemp("desk"), f"http://127.0.0.1:{free_port()}") as desk:
        yield desk


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    executable = shutil.which("chromium")
    assert executable, "No Chromium here: install it (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def page_at(portal: server.Portal, chromium: Browser) -> Iterator[PageAt]:
    """Open pages: `page_at(width=1280, scheme="light", javascript=True, language="en")`, each a browser of its own.

    `of` is the portal that they are of, where it is not the shared one. The test fails if any of them breaks,
    asks another host than the portal and those `beside` it, or complains of more than what is `expected`.
    """
    opened: list[tuple[Page, Watch]] = []

    def open_page(
        width: int = 1280,
        scheme: str = "light",
        *,
        javascript: bool = True,
        language: str = "en",
        of: server.Portal = portal,
        height: int = 800,
        beside: Sequence[str] = (),
        expected: Sequence[str] = (),
    ) -> Page:
        context = chromium.new_context(
            base_url=of.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=javascript,
            locale=language,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        watch = Watch(context, of.url, *beside, expected=expected)
        page = context.new_page()
        opened.append((page, watch))
        return page

    yield open_page
    for page, _ in opened:
        page.context.close()
    faults = [fault for _, watch in opened for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def lines(portal: server.Portal) -> another.Lines:
    """The lines that the document gives to sites, filled in."""
    return another.Lines(portal.url)


@pytest.fixture
def shop_page(page_at: PageAt, site: another.Site, portal: server.Portal) -> ShopPage:
    """Open a page of the other site: `shop_page(body, "#status-pending", language="uk", width=360)`.

    `at` is the site's address; `page_at` takes all that is not told here.
    """

    def open_page(body: str, to: str = "", *, at: str = site.url, language: str = "en", **browser: Any) -> Page:
        page = page_at(beside=(site.url, site.refused), **browser)
        page.goto(at + site.page(body, portal.url, language=language) + to)
        return page

    return open_page
