"""The policy as a page of another site shows it: the element there, its frame, and what stands inside."""

from __future__ import annotations

import math

from playwright.sync_api import Frame, Locator, Page, expect

WIDTH = "element => element.clientWidth"
CONTENT = "body => body.getBoundingClientRect().height"
SHIFTS = """() => new Promise(done => {
  const seen = [];
  new PerformanceObserver(list => seen.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
  const told = () => done(seen.filter(one => !one.hadRecentInput).reduce((sum, one) => sum + one.value, 0));
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(told)));
})"""
"""How far the content of a page or a frame moved by itself, since its beginning."""

HEARD = """many => { window.heard = new Promise(done => {
  let left = many;
  addEventListener("message", () => --left || setTimeout(done));
}) }"""
"""Begins to count the messages that reach a window; `heard` comes when so many did and were dealt with."""


class Embedded:
    """One element of a page, the first unless told."""

    def __init__(self, page: Page, number: int = 0) -> None:
        self._page = page
        self.element = page.locator("cancellation-policy").nth(number)
        self.link = self.element.locator("a:visible")
        self.outside = self.element.locator("iframe")
        self.inside = self.outside.content_frame
        self.answer = self.inside.locator("#answer")

    def shown(self) -> Embedded:
        """Wait until the policy stands there."""
        expect(self.outside).to_have_class("ready")
        expect(self.inside.locator("h1")).to_be_visible()
        return self

    def frame(self) -> Frame:
        """Return the frame that shows the policy now."""
        element = self.outside.element_handle()
        frame = element.content_frame()
        assert frame is not None
        return frame

    def fits(self) -> int:
        """Assert that the frame is as wide as its place and as high as what it holds; return its height."""
        expect(self.inside.locator("html")).to_have_js_property("clientWidth", self.element.evaluate(WIDTH))
        height: int = math.ceil(self.inside.locator("body").evaluate(CONTENT))
        expect(self.outside).to_have_css("height", f"{height}px")
        expect(self.inside.locator("html")).to_have_js_property("scrollHeight", height)
        return height

    def choose(self, status: str) -> None:
        """Choose a status by the keyboard, which no scrolling misleads, and wait for the answer."""
        self.status(status).press("Space")
        expect(self.answer.locator(".answer")).to_be_visible()

    def status(self, status: str) -> Locator:
        """Return the choice of a status."""
        return self.inside.locator(f"[name=status][value={status}]")

    def set(self, name: str, value: str) -> None:
        """Set an attribute of the element."""
        self.element.evaluate("(element, [name, value]) => element.setAttribute(name, value)", [name, value])

    def colour(self, colour: str) -> None:
        """Assert what stands behind the policy."""
        expect(self.inside.locator("body")).to_have_css("background-color", colour)

    def leads_to(self, id_: str) -> None:
        """Assert that a fact is marked, and stands at the top of the window."""
        fact = self.inside.locator(f"#{id_}:target")
        expect(fact).to_be_in_viewport()
        expect(fact).to_have_css("background-color", "rgb(255, 243, 196)")
        box = fact.bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= self._page.evaluate("innerHeight") - min(box["height"], 200)
