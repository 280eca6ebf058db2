"""A cancellation is sent once though its worker is killed, whenever that is; what nobody knows is unknown."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import select, update

from bench.smtp_server import HOST, Kill
from bench.workers import Workers
from portal import create_app, tickets
from portal.cancellation import CancelState
from portal.clock import now
from portal.demo.orders import Fault, Order
from portal.demo.panel import KEY, Panel, served
from portal.extensions import begin_writing, db
from portal.models import Cancellation, Ticket
from tests.build import PUBLIC_URL, SECRET_KEYS, settings_for
from tests.cancelling import ORDER, Desk
from tests.databases import running
from tests.secrecy import WORDS, secrets, told
from tests.stored import state

pytestmark = pytest.mark.long
WITHIN = 60
"""Seconds in which whatever is waited for happens."""


@dataclass
class Deadly(Panel):
    """A panel that answers each cancellation within `around`, at whose end whoever asked may be killed."""

    around: Callable[[], AbstractContextManager[object]] = nullcontext

    def _body(self, body: bytes, fault: Fault | None, environ: dict[str, Any]) -> Iterator[bytes]:
        with self.around() if self.calls[-1].get("action") == "cancel" else nullcontext():
            yield from super()._body(body, fault, environ)


class Scene:
    """A shop at whose panel a worker is to cancel an order."""

    def __init__(self, database_url: str, folder: Path, opened: ExitStack) -> None:
        self.app = opened.enter_context(running(create_app(settings_for(database_url))))
        self.desk = Desk(self.app, now())
        self.reference = self.desk.accepted(**WORDS)
        self.desk.ask(self.reference)
        self.order = Order({"status": "In progress", "remains": "640"})
        self.shop = Deadly({ORDER: self.order})
        self.url = opened.enter_context(served(self.shop))
        self.workers = Workers([], folder)
        opened.callback(self.workers.stop)
        self._bare = {
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_MAIL_FOLDER": str(folder / "mail"),
            "PORTAL_PUBLIC_URL": PUBLIC_URL,
            "PORTAL_SECRET_KEYS": " ".join(f"{key.id}:{key.secret}" for key in SECRET_KEYS),
            "PORTAL_PANEL_KIND": "api-v2",
            "PORTAL_PANEL_KEY": KEY,
        }

    def start(self, url: str) -> None:
        """Start a worker at the panel of this address."""
        self.workers.start([{**self._bare, "PORTAL_PANEL_URL": url}])

    def kill(self) -> None:
        """Kill the worker, and start another."""
        self.workers.kill(0, Kill.ANY)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        ends, never = monotonic() + WITHIN, Event()
        while not holds():
            assert monotonic() < ends, self.workers.log()
            never.wait(0.02)

    def calls(self, action: str) -> int:
        """Return how many such calls came to the panel."""
        return sum(call.get("action") == action for call in list(self.shop.calls))

    def looked(self) -> None:
        """Wait until a worker looked for cancellations, found none, and went on to read the order."""
        before = self.calls("status")

        def read() -> bool:
            with self.app.app_context():
                if tickets.waiting_since(ORDER) is None:  # also where one that was just being read was the answer
                    tickets.ask(ORDER, now())
            return self.calls("status") > before

        self.until(read)

    def end_hold(self) -> None:
        """Let the time pass in which the cancellation counts as being sent."""
        with self.app.app_context():
            begin_writing()
            held = Cancellation.state == CancelState.SENDING
            db.session.execute(update(Cancellation).where(held).values(next_at=now(), held_until=now()))
            db.session.commit()

    def ends(self, times: int, *states: CancelState) -> None:
        """See to it that nothing more is sent, now or when the hold ends, and that it ends as unknown, or so."""
        self.looked()
        assert self.calls("cancel") == times
        self.end_hold()
        self.until(lambda: self.desk.states()[0] is not CancelState.SENDING)
        self.looked()
        assert (self.calls("cancel"), self.order.taken) == (times, times)
        assert self.desk.states()[0] in (CancelState.UNKNOWN, *states)
        assert state(self.app, self.reference) == "cancel_sent"
        assert told(secrets(self.app, self.reference), self.workers.log()) == set()
        assert self.workers.died == 0


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as opened:
        yield Scene(database_url, tmp_path, opened)


def test_killed_before_it_sent_anything(scene: Scene) -> None:
    with socket.create_server((HOST, 0)) as mute:  # whoever wants to speak TLS with it waits
        mute.settimeout(WITHIN)
        scene.start(f"https://{HOST}:{mute.getsockname()[1]}")
        spoken, _ = mute.accept()
        while scene.desk.states() != [CancelState.SENDING]:
            spoken.close()
            spoken, _ = mute.accept()
        scene.kill()
        spoken.close()
    scene.workers.stop()
    scene.start(scene.url)
    scene.ends(0)


def test_killed_while_the_panel_takes_it(scene: Scene) -> None:
    scene.shop.faults = {"cancel": Fault.SLOW}
    scene.start(scene.url)
    scene.until(lambda: scene.order.taken > 0)
    scene.kill()
    scene.shop.faults = {}
    scene.ends(1)


@pytest.mark.parametrize("locked", [True, False], ids=["and recorded nothing", "and maybe recorded it"])
def test_killed_when_the_panel_answered(scene: Scene, *, locked: bool) -> None:
    killed = Event()

    @contextmanager
    def killing() -> Iterator[None]:
        with scene.app.app_context():
            if locked:  # whoever would record something now has to wait
                begin_writing()
                db.session.execute(select(Ticket.id).with_for_update())
            yield
            scene.kill()
            db.session.rollback()
        killed.set()

    scene.shop.around = killing
    scene.start(scene.url)
    scene.until(killed.is_set)
    scene.ends(1, *([] if locked else [CancelState.TAKEN]))


def test_killed_when_no_answer_came(scene: Scene) -> None:
    scene.shop.faults = {"cancel": Fault.DROPPED}
    scene.start(scene.url)
    scene.until(lambda: scene.desk.states() == [CancelState.UNKNOWN])
    scene.kill()
    scene.shop.faults = {}
    scene.ends(1)
