"""Carrying notices in tests: a worker with a clock that stands, and what became of each notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.clock import now
from portal.concerns import Carrier, NoticeState
from portal.extensions import db
from portal.models import Notice
from portal.notices import Ways
from portal.notices.channels import channels
from portal.notices.post import Post, Server
from portal.panel import ByHand, Panel
from portal.worker import PanelWork, Worker
from tests.post_office import PostOffice

SENDER = "help@shop.example"
ANNA = "anna@example.com"
QUICK = {"waits": 0.4, "within": 2.0}


@dataclass
class Clock:
    """A clock that goes only when it is told to; it begins a little later than all that was done before."""

    at: datetime = field(default_factory=lambda: now() + timedelta(minutes=1))

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.at

    def passes(self, **time: float) -> None:
        """Let so much time pass."""
        self.at += timedelta(**time)


class Log:
    """What a worker logs, kept."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, **more: Any) -> None:
        """Keep a line."""
        self.lines.append((event, more))

    warning = error = info


class Emptied(Event):
    """A flag that is set once the worker would wait for more to come."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for nothing."""
        self.set()
        return True


class Carriers:
    """Workers of an app, all by one clock; `post` is where its mails go, `panel` what they ask of orders."""

    def __init__(self, app: Flask, post: PostOffice | Post, panel: Panel | None = None, **changes: Any) -> None:
        portal = app.extensions["portal"]
        own = {"mail_from": SENDER, "answer_target": None, **changes}
        settings = portal.settings.model_copy(update=own)
        self.app, self.clock, self.log = app, Clock(), Log()
        self.ways = Ways(
            settings=settings,
            keys=portal.keys,
            post=Server(post.url, **QUICK) if isinstance(post, PostOffice) else post,
            channels=channels(settings.staff_channels),
        )
        self.panel = PanelWork(panel or ByHand(), portal.content.policy, self.clock, self.log)
        self.worker = Worker(self.ways, self.panel, self.clock, self.log, files=portal.files)

    def work(self, **passes: float) -> None:
        """Let so much time pass, and the worker do all that is due then."""
        self.clock.passes(**passes)
        with self.app.app_context():
            self.worker.run(Emptied())


def notices(app: Flask, *conditions: Any) -> list[Notice]:
    """Return the notices as they are, oldest first."""
    with app.app_context():
        found = list(db.session.scalars(select(Notice).where(*conditions).order_by(Notice.id)).unique())
        db.session.expunge_all()
        return found


def mails(app: Flask) -> list[Notice]:
    """Return the notices that travel by mail."""
    return notices(app, Notice.carrier == Carrier.MAIL)


def states(app: Flask) -> list[NoticeState]:
    """Return the states of all mails."""
    return [notice.state for notice in mails(app)]
