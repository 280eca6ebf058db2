"""What people do in the browser: fill in the ticket form, send it, answer as staff."""

from __future__ import annotations

from itertools import count
from typing import Any

from playwright.sync_api import FilePayload, Page

from tests.browser.tab import wait_a_minute
from tests.build import picture, typed

_orders = count(7_000_001)


def new_order() -> str:
    """Return the ID of an order that no ticket names yet."""
    return str(next(_orders))


def screenshot(name: str = "screen.png", size: int = 0) -> FilePayload:
    """Return a picture to choose in a form; `size` makes the file larger by so many bytes."""
    return {"name": name, "mimeType": "image/png", "buffer": picture() + bytes(size)}


def fill_in(page: Page, **changes: Any) -> None:
    """Fill in the ticket form on the page: all that `typed` gives, changed as said."""
    for name, value in typed(**changes).items():
        fields = page.locator(f"[name={name}]")
        if isinstance(value, bool):
            fields.set_checked(value)
        elif value is not None and fields.first.get_attribute("type") == "radio":
            page.locator(f"[name={name}][value={value}]").check()
        elif value is not None:
            fields.fill(value)


def send(page: Page, minutes: int = 1) -> None:
    """Send the ticket form on the page as someone does who took so long over it."""
    wait_a_minute(page, minutes)
    page.locator(".button:not([hidden])").last.click()
    page.wait_for_load_state()


def file_ticket(page: Page, language: str = "en", **changes: Any) -> str:
    """File a ticket; return its secret link."""
    page.goto(f"/{language}/tickets/new")
    fill_in(page, **changes)
    send(page)
    return secret_link(page)


def secret_link(page: Page) -> str:
    """Return the secret link that the confirmation shows."""
    return page.locator("#secret-link").input_value()
