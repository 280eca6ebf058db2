"""What breaks at the panel in a way that nobody thought of: it is kept to itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal import notices
from portal.clock import now
from portal.concerns import Carrier, NoticeState
from portal.extensions import db
from portal.models import Notice
from portal.panel import ByHand
from portal.policy import Status
from portal.readings import Reading
from portal.worker import PanelWork, Worker
from tests.carrying import Emptied
from tests.panel_shift import ORDER, Standing, due, readings
from tests.shift import Lines
from tests.stored import filed, policy

UNWRITTEN = "\ud800"
"""A text that no database keeps."""


class Breaking(ByHand):
    """A panel whose adapter breaks."""

    reads, shown = True, "panel.example"

    def orders(self, ids: Sequence[str]) -> dict[str, Reading]:
        """Break."""
        raise RuntimeError


class Odd(Breaking):
    """A panel whose answer for one order cannot be kept."""

    def orders(self, ids: Sequence[str]) -> dict[str, Reading]:
        """Return what can be kept of all orders but one."""
        said = {id_: Reading(status=Status.PENDING, shown="Pending", raw="{}") for id_ in ids}
        return said | {ORDER: Reading(raw=UNWRITTEN)}


def test_an_adapter_that_breaks_keeps_no_notice_from_its_way(app: Flask, tmp_path: Path) -> None:
    filed(app, email="anna@example.com")
    made, clock, log = app.extensions["portal"], Standing(), Lines()
    ways = notices.ways(made.settings.model_copy(update={"mail_folder": tmp_path}), made.keys)
    with app.app_context():
        Worker(ways, PanelWork(Breaking(), policy(app), clock, log), clock, log).run(Emptied())
        mails = select(Notice.state).where(Notice.carrier == Carrier.MAIL)
        assert db.session.scalars(mails).all() == [NoticeState.SENT]


@pytest.mark.parametrize("other", ["1", "zzz"])
def test_an_answer_that_cannot_be_kept_keeps_no_other_order_from_being_read(each_app: Flask, other: str) -> None:
    due(each_app, ORDER, other, at=now())
    clock, log = Standing(), Lines()
    work = PanelWork(Odd(), policy(each_app), clock, log)
    with each_app.app_context():
        for _ in range(3):
            work.turn()
            clock.passes(seconds=1)
    assert (len(readings(each_app, ORDER)), len(readings(each_app, other))) == (0, 1)
    assert "error reading broke {'error': 'UnicodeEncodeError'}" in log.said
