"""Notices from where they are written to where they arrive, while workers are killed and the mail server is busy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic

from flask import Flask
from sqlalchemy import select

from bench.smtp_server import HOST, Book, Kill, Mail, serving
from bench.workers import Workers
from portal import create_app, evidence, tickets
from portal.clock import now
from portal.concerns import Carrier, NoticeState
from portal.extensions import db
from portal.filing import Filing
from portal.keys import digest, random_token
from portal.models import Notice
from tests.build import PUBLIC_URL, SECRET_KEYS, settings_for
from tests.databases import running
from tests.stored import RIGHT

NO_PICTURE = 999_999
"""A picture that is not there: a filing with it fails when its event and its notices are written."""
ROLLED_BACK_IN = 5
"""After so many filings, one is rolled back."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is done: how many notices, by how many workers, how many of them are killed when, in what rhythm.

    No more than `ahead` notices wait at once, so that filing and sending meet all the time. What has not arrived
    `within` so many seconds counts as lost.
    """

    notices: int
    workers: int
    kills: dict[Kill, int]
    ahead: int
    held: float = 5.0
    first_pause: float = 0.02
    within: float

    def plan(self, chance: Random) -> dict[int, Kill]:
        """Return at which mail whoever sent it is killed, at random."""
        kills = [kill for kill, times in self.kills.items() for _ in range(times)]
        return dict(zip(chance.sample(range(1, self.notices + 1), len(kills)), kills, strict=True))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it; `states` are those of the mails' notices in the database."""

    committed: set[Mail]
    taken: list[Mail]
    rolled_back: int
    busy: Counter[str]
    killed: Counter[Kill]
    died: int
    states: Counter[NoticeState]
    complaints: dict[str, int]
    seconds: float
    log: str = field(repr=False)

    @property
    def lost(self) -> set[Mail]:
        """The mails of committed filings that did not arrive."""
        return self.committed - set(self.taken)

    @property
    def strange(self) -> set[Mail]:
        """The mails that arrived and should not have been written, or for another recipient."""
        return set(self.taken) - self.committed

    @property
    def doubled(self) -> int:
        """How many mails arrived more than once, with the same Message-ID for the same recipient."""
        return sum(times > 1 for times in Counter(self.taken).values())

    def faults(self, most_doubled: int) -> list[str]:
        """Return what does not hold, in sentences; none where all is well."""
        states = {state.value: number for state, number in self.states.items()}
        laws = {
            f"{len(self.lost)} notices did not arrive": not self.lost,
            f"{len(self.strange)} mails arrived that nobody committed": not self.strange,
            f"{self.doubled} mails arrived more than once, at most {most_doubled} may": self.doubled <= most_doubled,
            f"the database says of the notices: {states}": self.states == {NoticeState.SENT: len(self.committed)},
            f"{self.died} workers died of themselves": not self.died,
            f"the workers complained: {self.complaints}": not any(self.complaints.values()),
        }
        return [said for said, holds in laws.items() if not holds]


COMPLAINTS = ('"unreachable"', "notice broke", "the database did not answer", "Traceback")
"""What no worker has reason to say: the server is there all the time, and so is the database."""


def deliver(database_url: str, folder: Path, load: Load, chance: Random) -> Outcome:
    """File, send and kill until every notice arrived and the database says so, or the time is up."""
    begun = monotonic()
    workers = Workers(["--held", str(load.held), "--first-pause", str(load.first_pause)], folder)
    book = Book(chance, load.plan(chance), workers.kill, load.workers)
    with running(create_app(settings_for(database_url))) as app:
        with _at_work(workers, book, load, database_url):
            filed = _Filed(app)
            for number in range(load.notices):
                _until(lambda: len(filed.committed - set(book.taken)) < load.ahead, begun + load.within, workers)
                filed.commit(number)
                if number % ROLLED_BACK_IN == 0:
                    filed.roll_back(number)
            _until(lambda: not _waiting(app), begun + load.within, workers)
            seconds = monotonic() - begun
        return Outcome(
            committed=filed.committed,
            taken=book.taken,
            rolled_back=filed.rolled_back,
            busy=book.busy,
            killed=workers.killed,
            died=workers.died,
            states=_states(app),
            complaints={words: workers.said(words) for words in COMPLAINTS},
            seconds=seconds,
            log=workers.log(),
        )


class _Filed:
    """What was filed, one customer a ticket: what was committed, and how often something was rolled back."""

    def __init__(self, app: Flask) -> None:
        self.committed: set[Mail] = set()
        self.rolled_back = 0
        self._app = app

    def commit(self, number: int) -> None:
        """File a ticket, whose customer wants mails."""
        recipient = f"customer-{number}@example.com"
        with self._app.app_context():
            reference = self._file(f"C{number}", recipient)
        self.committed.add(Mail(f"<{reference}.1@{HOST}>", recipient))

    def roll_back(self, number: int) -> None:
        """File a ticket, and roll it back when its notice is written."""
        recipient = f"rolled-back-{number}@example.com"
        with self._app.app_context():
            try:
                self._file(f"R{number}", recipient, NO_PICTURE)
            except evidence.Gone:  # when its event and its notices were written
                self.rolled_back += 1

    def _file(self, order_id: str, recipient: str, *pictures: int) -> str:
        portal = self._app.extensions["portal"]
        filed = tickets.file(
            Filing(**{**RIGHT, "order_id": order_id, "email": recipient}),
            tickets.Filer(browser=digest(recipient), language="en"),
            pictures=pictures,
            this=tickets.Try(submission=digest(random_token())),
            policy=portal.content.policy,
            keys=portal.keys,
            at=now(),
        )
        return filed.reference


@contextmanager
def _at_work(workers: Workers, book: Book, load: Load, database_url: str) -> Iterator[None]:
    with serving(book, load.workers) as ports:
        workers.start([_environment(database_url, port) for port in ports])
        try:
            yield
            book.close()
        finally:
            workers.stop()


def _environment(database_url: str, port: int) -> dict[str, str]:
    return {
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_MAIL_FROM": "help@example.com",
        "PORTAL_PUBLIC_URL": PUBLIC_URL,
        "PORTAL_SECRET_KEYS": " ".join(f"{key.id}:{key.secret}" for key in SECRET_KEYS),
        "PORTAL_SMTP_URL": f"smtp://{HOST}:{port}",
    }


def _until(holds: Callable[[], bool], ends: float, workers: Workers) -> None:
    """Wait until something holds, or the time is up; start workers again that died."""
    never = Event()
    while not holds() and monotonic() < ends:
        workers.look()
        never.wait(0.02)


def _waiting(app: Flask) -> bool:
    with app.app_context():
        found = db.session.scalar(select(Notice.id).where(Notice.state == NoticeState.WAITING).limit(1))
        return found is not None


def _states(app: Flask) -> Counter[NoticeState]:
    with app.app_context():
        return Counter(db.session.scalars(select(Notice.state).where(Notice.carrier == Carrier.MAIL)).all())
