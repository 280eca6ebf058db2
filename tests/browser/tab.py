"""What a browser's page must not do: complain, break, ask another host, scroll sideways, shut people out."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from tests.build import older

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
RUN_AXE = "async ([within, options]) => (await axe.run(within, options)).violations"
TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.body.querySelectorAll("*")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + "." + e.className)"""


class Watch:
    """Collects the faults of a context's pages; `url` is the portal's address."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.faults: list[str] = []
        self._host = urlsplit(url).netloc
        self._answered_badly: set[str] = set()
        context.on("console", self._said)
        context.on("weberror", lambda fault: self.faults.append(f"script broke: {fault.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        expected = (
            message.text.startswith("Failed to load resource") and message.location["url"] in self._answered_badly
        )
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"console, at {message.location['url']}: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != self._host:
            self.faults.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        """Remember a page that is an error page: the browser complains of its status, and the test wants it."""
        if response.request.is_navigation_request() and 400 <= response.status < 500:
            self._answered_badly.add(response.url)


def axe(page: Page, within: str = "html") -> None:
    """Assert that axe finds nothing on the page, or in the part of it that a selector names (needs JavaScript)."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE, [within, AXE_OPTIONS])
    lines = [f"{v['id']}: {v['help']}: {_place(node)}" for v in found for node in v["nodes"]]
    assert not lines, f"{page.url}: axe found\n- " + "\n- ".join(lines)


def no_sideways_scroll(page: Page) -> None:
    """Assert that nothing of the page lies beyond the window's right edge."""
    wide = page.evaluate(TOO_WIDE)
    assert not wide, f"{page.url}: scrolls sideways at {page.viewport_size}: {wide}"


def wait_a_minute(page: Page, minutes: int = 1) -> None:
    """Make the form on the page a minute older: one that comes back at once counts as a program's.

    Fewer than 0 `minutes` make it younger, so that even a slow machine sends it too soon.
    """
    field = page.locator("input[name=submission]")
    field.evaluate("(field, older) => { field.value = older }", older(field.input_value(), timedelta(minutes=minutes)))


def _place(node: dict[str, Any]) -> str:
    why = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"{' '.join(map(str, node['target']))} ({'; '.join(why)})"
