"""What every page must be in every window: sound to axe, without sideways scroll, its targets large enough."""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import Frame, Page

from tests.browser.tab import axe, no_sideways_scroll

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (360, 1280)
NARROWEST = 320
SMALL_TARGETS = """() =>
  [...document.querySelectorAll("button, input, select, textarea, summary, .button, nav a, header a")]
  .map(e => [e, (["radio", "checkbox"].includes(e.type) ? e.closest(".choice") ?? e : e).getBoundingClientRect()])
  .filter(([e, box]) => e.type !== "hidden" && !e.closest(".trap") && box.width > 0 && box.height > 0)
  .filter(([e, box]) => box.height < 43.5 || box.width < 24)
  .map(([e, box]) => `${e.outerHTML.slice(0, 120)}: ${box.width} × ${box.height}`)"""
"""Buttons, fields, choices and the links of navigation lower than 44 px; links within text are as high as the text."""


def sound(page: Page, within: str = "html", *frames: Frame) -> None:
    """Assert that people can use the page, or a part of it: by axe, light and dark, phone and desk, and by a ruler.

    What its `frames` show is held to the same.
    """
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            axe(page, within)
            for frame in frames:
                axe(frame)
    page.set_viewport_size({"width": NARROWEST, "height": 800})
    everything: tuple[Page | Frame, ...] = (page, *frames)
    for shown in everything:
        no_sideways_scroll(shown)
        small = shown.evaluate(SMALL_TARGETS)
        assert not small, f"{shown.url}: lower than 44 px:\n" + "\n".join(small)
