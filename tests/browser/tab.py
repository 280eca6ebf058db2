"""What a browser's page must not do: complain, break, ask another host, scroll sideways, shut people out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Page, Request, Response

from tests.build import older

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
RUN_AXE = "async ([within, options]) => (await axe.run(within, options)).violations"
TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.body.querySelectorAll("*")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + "." + e.className)"""


class Watch:
    """Collects the faults of a context's pages.

    `urls` are the addresses that they may ask: the portal's, and those of further hosts. Of what is `expected`, words
    of the browser's own, they may complain.
    """

    def __init__(self, context: BrowserContext, *urls: str, expected: Sequence[str] = ()) -> None:
        self.faults: list[str] = []
        self._hosts = {urlsplit(url).netloc for url in urls}
        self._expected = expected
        self._answered_badly: set[str] = set()
        context.on("console", self._said)
        context.on("weberror", lambda fault: self.faults.append(f"script broke: {fault.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        expected = any(words in message.text for words in self._expected) or (
            message.text.startswith("Failed to load resource") and message.location["url"] in self._answered_badly
        )
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"console, at {message.location['url']}: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc not in self._hosts:
            self.faults.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        """Remember a page that is an error page: the browser complains of its status, and the test wants it."""
        if response.request.is_navigation_request() and 400 <= response.status < 500:
            self._answered_badly.add(response.url)


def axe(page: Page | Frame, within: str = "html") -> None:
    """Assert that axe finds nothing on a page or a frame, or in the part that a selector names (needs JavaScript)."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, [within, AXE_OPTIONS])
    lines = [f"{v['id']}: {v['help']}: {_place(node)}" for v in found for node in v["nodes"]]
    assert not lines, f"{page.url}: axe found\n- " + "\n- ".join(lines)


def no_sideways_scroll(page: Page | Frame) -> None:
    """Assert that nothing of a page or a frame lies beyond its right edge."""
    wide = page.evaluate(TOO_WIDE)
    at = page.evaluate("() => `${innerWidth} × ${innerHeight}`")
    assert not wide, f"{page.url}: scrolls sideways at {at}: {wide}"


def wait_a_minute(page: Page, minutes: int = 1) -> None:
    """Make the form on the page a minute older: one that comes back at once counts as a program's.

    Fewer than 0 `minutes` make it younger, so that even a slow machine sends it too soon.
    """
    field = page.locator("input[name=submission]")
    field.evaluate("(field, older) => { field.value = older }", older(field.input_value(), timedelta(minutes=minutes)))


def _place(node: dict[str, Any]) -> str:
    why = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"{' '.join(map(str, node['target']))} ({'; '.join(why)})"
