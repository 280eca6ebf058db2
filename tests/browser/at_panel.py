"""A portal that reads a panel, in the browser's tests: its pages, what stands behind them, its members of staff."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Locator, Page

from portal import create_app, tickets
from portal.cancellation import CancelState
from portal.clock import now
from portal.extensions import begin_writing, db
from portal.models import Cancellation, Staff
from portal.policy import Status, Verdict
from tests import at_panel
from tests.browser import server
from tests.browser.behind import MARIA, Behind
from tests.browser.steps import new_order
from tests.build import AT_PANEL, settings_for
from tests.databases import running
from tests.stored import filed, policy, secret_link, state, ticket, work

MATCH = "Wrote from the account's e-mail."
TEXT = "We ask for it."
MOST_TABS = 120


class AtPanel:
    """A portal that reads a panel, and one request that its page is about."""

    def __init__(self, portal: server.Portal, app: Flask) -> None:
        self.portal, self.app, self.behind = portal, app, Behind(app)
        self.order = self.reference = ""

    def file(self, *, pending: timedelta | None = None, **more: Any) -> str:
        """File a request for a new order, which the panel showed as pending so long ago; return its reference."""
        self.order = new_order()
        self.reference = filed(self.app, self.order, order_id=self.order, **more)
        if pending is not None:
            self.shows(Status.PENDING, ago=pending)
        return self.reference

    def shows(self, status: Status, **more: Any) -> None:
        """Have the panel show this status of the order."""
        at_panel.shows(self.app, status, order=self.order, **more)

    def waits(self, since: timedelta) -> None:
        """Have staff wait for the panel since so long ago."""
        at_panel.waits(self.app, since, self.order)

    def accept(self) -> None:
        """Have staff accept the request on what the panel shows just now."""
        self.shows(Status.PENDING)
        given = tickets.Answer(verdict=Verdict.ACCEPT_FULL, text=TEXT, matched_by=MATCH)
        self._staff(
            lambda ref, staff, seen: tickets.answer(ref, staff, given, policy(self.app), seen, now(), reads=True)
        )

    def credit(self, amount: str) -> None:
        """Have staff record a credit of so many dollars."""
        paid = tickets.Paid(amount=Decimal(amount), currency="USD")
        self._staff(lambda ref, staff, seen: tickets.record_credit(ref, staff, paid, "", seen, now()))

    def canceled_before(self, state: CancelState, said: str) -> None:
        """Have a cancellation of the order have come to this end, with these words of the panel."""
        with self.app.app_context():
            begin_writing()  # a worker writes too
            about = ticket(self.reference)
            order = {"order_id": self.order, "order_key": about.order_key, "ticket_id": about.id}
            when = {"asked_at": now(), "sent_at": now(), "ended_at": now(), "tries": 1}
            db.session.add(Cancellation(name=f"{self.order}.{state}", state=state, said=said, raw="", **order, **when))
            db.session.commit()

    def _staff(self, do: Callable[[str, Staff, int], object]) -> None:
        work(self.app, self.reference, do, MARIA)

    def open(self, page: Page, email: str = MARIA) -> None:
        """Open the page of the request as a member of staff."""
        self.behind.sign_in(page, email)
        page.goto(f"/staff/tickets/{self.reference}")

    def customers(self, page: Page, language: str = "uk") -> None:
        """Open the page of the request as its customer."""
        page.goto(secret_link(self.app, self.reference))
        page.goto(f"/{language}/tickets/{self.reference}")

    @property
    def state(self) -> str:
        """The state that the request is in."""
        return state(self.app, self.reference)


@contextmanager
def served(folder: Path, panel: str) -> Iterator[AtPanel]:
    """Serve a portal, with a worker and the demonstration's staff, that reads the panel at this address."""
    with server.running(folder, panel=panel) as portal:
        portal.flask("demo")
        settings = settings_for(portal.environment["PORTAL_DATABASE_URL"], public_url=portal.url, **AT_PANEL)
        with running(create_app(settings)) as app:
            yield AtPanel(portal, app)


def accept(page: Page, verdict: str = "accept_full") -> None:
    """Fill in an acceptance and send it."""
    page.locator(f"#answer [value={verdict}]").check()
    page.locator("#answer-text").fill(TEXT)
    page.locator("#answer-matched_by").fill(MATCH)
    send(page)


def send(page: Page) -> None:
    """Send the answer."""
    page.locator("#answer .button:not(.quiet)").click()


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until this has the focus."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")
