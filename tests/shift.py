"""A worker in tests: at a time that the test tells, by the ways that it names."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import notices
from portal.clock import now
from portal.concerns import Carrier
from portal.extensions import db
from portal.keys import Keyring
from portal.models import Check, Notice
from portal.panel import ByHand
from portal.worker import PanelWork, Worker

SOON = timedelta(seconds=1)


class Lines:
    """A log: what was said in it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __getattr__(self, level: str) -> Any:
        return lambda event, **more: self.said.append(f"{level} {event} {more}")


class Shift:
    """A worker's shift: `at` is its time; `settings` are changed as named."""

    def __init__(self, app: Flask, *, keys: Keyring | None = None, at: datetime | None = None, **settings: Any) -> None:
        made = app.extensions["portal"]
        self.app, self.at, self.log = app, at or now(), Lines()
        self.ways = notices.ways(made.settings.model_copy(update=settings), keys or made.keys)
        panel = PanelWork(ByHand(), made.content.policy, lambda: self.at, self.log)
        self._worker = Worker(self.ways, panel, lambda: self.at, self.log)

    def check(self) -> None:
        """Check the ways, as a worker does at its start."""
        with self.app.app_context():
            self._worker.check()

    def work(self, after: timedelta = SOON) -> None:
        """Carry all that is due so much later."""
        self.at += after
        with self.app.app_context():
            while self._worker.turn():
                db.session.remove()


def written(app: Flask, carrier: Carrier) -> list[Notice]:
    """Return the notices that travel by this carrier, the first first."""
    with app.app_context():
        return list(db.session.scalars(select(Notice).where(Notice.carrier == carrier).order_by(Notice.id)))


def checks(app: Flask) -> dict[str, Check]:
    """Return what was found of each way, by what staff see of it."""
    with app.app_context():
        return {check.shown: check for check in db.session.scalars(select(Check))}
